"""The rules of the check, one a file."""
