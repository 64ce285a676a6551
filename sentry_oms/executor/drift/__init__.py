"""What ``sceptre drift detect`` and ``drift show`` find: stack, resource, property, exit code.

``reading`` judges what Sceptre's action returned, ``masking`` and ``meant`` say what is shown of a
difference and whether it counts, ``summary`` puts the run into lines, and ``ending`` prints them
after Sceptre's own answer and sets the exit code. docs/DRIFT.md is the person's page.
"""
