"""``python -m tools.lint.iam``: the IAM table alone; exit 1 if there is a finding."""

from __future__ import annotations

import sys

from tools.lint.iam.linter import lint
from tools.lint.report import show

if __name__ == "__main__":
    sys.exit(show([lint()]))
