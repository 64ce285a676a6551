"""``python -m tests.judges.reachability`` judges every environment; exit 1 on any finding."""

from __future__ import annotations

import sys

from tests.judges.reachability.judge import judge
from tests.judges.verdict import show

if __name__ == "__main__":
    sys.exit(show(judge))
