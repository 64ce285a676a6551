"""YAML tags that act before or after a stack's operation, one file a tag."""
