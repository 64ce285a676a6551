"""``make bench``, or ``python -m tools.bench [--write]``: exit 1 if a target is missed."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from sentry_oms.offline.dependencies import dependencies
from tools.bench import runs
from tools.bench.aws import ROOT, CommandError
from tools.bench.durations import DELETE_SHARE, critical_path, minutes, rollout_minutes
from tools.bench.report import lifecycle_rows, overhead_rows, page

TIMES = {True: 3, False: 1}
"""The number of runs of each command, by whether with this project's executor."""


def main() -> int:
    """Run everything, print the page, and return 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/PERFORMANCE.md too")
    write = parser.parse_args().write
    graph = dependencies(ROOT, runs.ENVIRONMENT)
    create, rollout = critical_path(graph, minutes), critical_path(graph, rollout_minutes)
    paths = {"create": create, "delete": create * DELETE_SHARE, "rollout": rollout}
    print("create, rollout and delete", file=sys.stderr)
    lifecycles = {
        ours: [runs.lifecycle(ours=ours) for _ in range(often)] for ours, often in TIMES.items()
    }
    print("launches without a change, and diffs", file=sys.stderr)
    rows = lifecycle_rows(lifecycles, paths) + overhead_rows(runs.overhead(TIMES))
    text = page(rows, date.today(), TIMES)
    print(text)
    if write:
        (ROOT / "docs/PERFORMANCE.md").write_text(text)
    return 0 if all(row.passed for row in rows) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CommandError as error:
        sys.exit(f"bench: {error}")
