"""``python -m tools.lint.iam`` judges the table; exit 1 where anything deviates."""

from __future__ import annotations

import sys

from tools.lint.iam.linter import judge
from tools.lint.verdict import show

if __name__ == "__main__":
    sys.exit(show(judge))
