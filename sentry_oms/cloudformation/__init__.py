"""CloudFormation templates: read, evaluated, folded, with placeholders, and their types."""
