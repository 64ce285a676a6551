"""``sceptre drift detect`` and ``drift show``: drift by stack, resource and property; exit code.

docs/DRIFT.md is the user's page.
"""
