"""The targets, and docs/PERFORMANCE.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from statistics import median
from typing import NamedTuple

from tools.bench.aws import Measured
from tools.bench.runs import LATENCY_SECONDS, SECONDS_A_MINUTE, Run

RATIOS = {
    "create": ("create from empty", 1.05),
    "delete": ("delete", 1.05),
    "rollout": ("rollout of the three services", 1.08),
}
"""The most that this project's executor may take, as a multiple of the critical path."""

LIMITS = {"noop": ("no-op launch, 16 stacks", 2.5, 44), "diff": ("diff, 16 stacks", 3.0, 85)}
"""The most seconds and API calls that it may take."""

PLACES = {"x critical path": 3, "s": 2, "calls": 0}
"""Decimal places by unit."""

PAGE = """\
# Performance

How long commands take over the stacks of dev: with this project's executor (ours), and with stock
Sceptre's (the same project without the line `executor:` in config.yaml). No executor can be faster
than the critical path, which is computed from the project's graph with the durations in
`tools/bench/durations.py`. `make bench WRITE=1` writes this page.

|  | unit | ours | stock | at most | target |
| --- | --- | ---: | ---: | ---: | --- |
{rows}

- {day}, {cores} cores, Python {python}, Sceptre {sceptre}, ministack {ministack}.
- Create, delete and rollout: a minute of AWS takes {minute:g} s, and the waits of both executors
  are scaled alike; the time that Python takes is not scaled. They run from the first write that AWS
  accepts to the exit of the command.
- No-op launch and diff: {latency:.0f} ms a call, nothing scaled, without the seconds that
  `sceptre --version` takes.
- Medians of {ours} runs of ours and {stock} of stock.

The page does not show a run on AWS: the durations are typical and the same in every run, and AWS
throttles.
"""

Runs = Mapping[bool, Sequence[Run]]
"""Runs by whether they are with this project's executor."""


class Row(NamedTuple):
    """A row of the table; ``most`` is the target of ours."""

    what: str
    unit: str
    ours: float
    stock: float
    most: float

    @property
    def passed(self) -> bool:
        """Whether ours is within the target."""
        return self.ours <= self.most

    def __str__(self) -> str:
        numbers = " | ".join(f"{value:.{PLACES[self.unit]}f}" for value in self[2:])
        return f"| {self.what} | {self.unit} | {numbers} | {'pass' if self.passed else 'FAIL'} |"


def lifecycle_rows(runs: Runs, paths: Mapping[str, float]) -> list[Row]:
    """Return the rows of create, delete and rollout; ``paths`` are in minutes."""

    def row(name: str, title: str, most: float) -> Row:
        seconds = paths[name] * SECONDS_A_MINUTE
        ratios = _medians(runs, name, lambda one: (one.net_seconds or 0.0) / seconds)
        return Row(title, "x critical path", *ratios, most)

    return [row(name, title, most) for name, (title, most) in RATIOS.items()]


def overhead_rows(runs: Runs) -> list[Row]:
    """Return the rows of a no-op launch and a diff."""
    start = median(one["version"].seconds for some in runs.values() for one in some)
    rows = []
    for name, (what, most_seconds, most_calls) in LIMITS.items():
        seconds = _medians(runs, name, lambda one: one.seconds - start)
        rows.append(Row(what, "s", *seconds, most_seconds))
        rows.append(Row(what, "calls", *_medians(runs, name, lambda one: one.calls), most_calls))
    return rows


def page(rows: Sequence[Row], day: date, times: Mapping[bool, int]) -> str:
    """Return the page; ``times`` is the number of runs, by whether with our executor."""
    return PAGE.format(
        rows="\n".join(map(str, rows)),
        day=day.isoformat(),
        cores=os.cpu_count(),
        python=platform.python_version(),
        sceptre=version("sceptre"),
        ministack=version("ministack"),
        minute=SECONDS_A_MINUTE,
        latency=LATENCY_SECONDS * 1000,
        ours=times[True],
        stock=times[False],
    )


def _medians(runs: Runs, name: str, value: Callable[[Measured], float]) -> tuple[float, float]:
    ours, stock = (median(value(one[name]) for one in runs[which]) for which in (True, False))
    return ours, stock
