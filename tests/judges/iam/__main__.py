"""``python -m tests.judges.iam`` judges the table; exit 1 where anything deviates."""

from __future__ import annotations

import sys
import time

from tests.judges.iam.judge import judge


def main() -> int:
    """Print what was judged and what was found."""
    since = time.monotonic()
    verdict = judge()
    for finding in verdict.findings:
        print(finding, file=sys.stderr)
    for line in verdict.summary:
        print(line)
    print(f"{time.monotonic() - since:.1f} s")
    return 1 if verdict.findings else 0


if __name__ == "__main__":
    sys.exit(main())
