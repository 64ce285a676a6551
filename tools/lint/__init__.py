"""The programs of ``make lint``: linters of templates, the IAM table, reachability."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
