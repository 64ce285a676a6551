"""``make bench``, or ``python -m benchmarks [--write]``: exit 1 if a target is missed."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from importlib.util import find_spec

from rich.console import Console

from benchmarks import lifecycle, overhead
from benchmarks.command import CommandError
from benchmarks.durations import DELETE_SHARE, critical_path, minutes, rollout_minutes
from benchmarks.project import ENVIRONMENT, ROOT
from benchmarks.report import Conditions, page, show
from benchmarks.rows import Row, lifecycle_rows, overhead_rows, ten_times_rows
from sentry_oms.dependencies import dependencies

PAGE = ROOT / "docs/PERFORMANCE.md"
OURS, STOCK = True, False


def main() -> int:
    """Run everything, show it, and say by the exit code whether the targets are met."""
    given = _arguments()
    # Rich takes what is no terminal to be 80 columns wide.
    console = Console(width=None if sys.stdout.isatty() else 150)
    start = time.monotonic()

    def say(what: str) -> None:
        console.print(f"[{time.monotonic() - start:5.0f} s] {what}", markup=False, highlight=False)

    runs = {STOCK: given.stock_runs}
    if find_spec("sentry_oms.executor"):
        runs = {OURS: given.runs, **runs}
    say("sceptre --version")
    version_seconds = overhead.version_seconds(given.runs)
    lifecycles = {}
    for ours, times in runs.items():
        say(f"create, rollout and delete by {'ours' if ours else 'stock Sceptre'}, {times} times")
        lifecycles[ours] = [lifecycle.run(given.seconds, ours=ours) for _ in range(times)]
    rows = lifecycle_rows(lifecycles, _paths(), given.seconds)
    say("launches that change nothing, and diffs, of 16 stacks")
    of_one = overhead.of_an_environment(runs)
    rows += overhead_rows(of_one, version_seconds)
    say("launches that change nothing of 160 stacks")
    rows += ten_times_rows(of_one, overhead.of_ten_environments(list(runs)))
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    conditions = Conditions(command, date.today(), given.seconds, version_seconds, runs)
    say("done")
    show(console, rows, conditions)
    if given.write:
        PAGE.write_text(page(rows, conditions))
    return _exit_code(rows)


def _paths() -> dict[str, float]:
    graph = dependencies(ROOT, ENVIRONMENT)
    create = critical_path(graph, minutes)
    return {
        "create": create,
        "delete": create * DELETE_SHARE,
        "rollout": critical_path(graph, rollout_minutes),
    }


def _exit_code(rows: list[Row]) -> int:
    return 1 if any(row.passed is False for row in rows) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/PERFORMANCE.md too")
    parser.add_argument(
        "--seconds",
        type=float,
        default=2.0,
        help="how long a minute of AWS is played (default 2)",
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of ours (default 3)")
    parser.add_argument("--stock-runs", type=int, default=1, help="runs of stock (default 1)")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CommandError as error:
        sys.exit(f"nothing was measured: {error}")
