"""``python -m tests.judges.iam`` judges the table; exit 1 where anything deviates."""

from __future__ import annotations

import sys

from tests.judges.iam.judge import judge
from tests.judges.verdict import show

if __name__ == "__main__":
    sys.exit(show(judge))
