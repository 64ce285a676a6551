"""YAML tags that act before or after an operation on a stack, one file each."""
