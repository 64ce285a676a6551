"""What is compared: a row for each target."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from tools.bench.runs import SECONDS_A_MINUTE, Run

SHARES = {
    "create": ("create from empty", 1.05),
    "delete": ("delete", 1.05),
    "rollout": ("rollout of the three services", 1.08),
}
"""Of the critical path, the most that ours may take."""

LIMITS = {"noop": ("no-op launch, 16 stacks", 2.5, 44), "diff": ("diff, 16 stacks", 3.0, 85)}
"""The most seconds and calls that ours may take."""

Runs = Mapping[bool, Sequence[Run]]
"""Runs by whether they are with our executor."""


class Row(NamedTuple):
    """One line of the table; ``most`` is the target of ours, ``path`` the critical path."""

    what: str
    unit: str
    ours: float
    stock: float
    most: float
    path: float | None = None

    @property
    def passed(self) -> bool:
        """Whether ours is within the target."""
        return self.ours <= self.most

    def cells(self) -> list[str]:
        """The row as text."""
        places = 0 if self.unit == "calls" else 2
        values = (self.ours, self.stock, self.path)
        numbers = ["-" if value is None else f"{value:.{places}f}" for value in values]
        ratios = ["-" if not self.path else f"{value / self.path:.3f}" for value in self[2:4]]
        most, verdict = f"{self.most:.{places}f}", "pass" if self.passed else "FAIL"
        return [self.what, self.unit, *numbers, *ratios, most, verdict]


def lifecycle_rows(runs: Runs, paths: Mapping[str, float]) -> list[Row]:
    """Create, delete and rollout, in minutes of AWS; ``paths`` are the critical paths, as long."""

    def minutes(one: Run, name: str) -> float:
        return (one[name].net_seconds or 0.0) / SECONDS_A_MINUTE

    return [
        Row(title, "min", *_medians(runs, name, minutes), share * paths[name], paths[name])
        for name, (title, share) in SHARES.items()
    ]


def overhead_rows(runs: Runs) -> list[Row]:
    """A launch without a change and a diff, in seconds beyond ``--version`` and in calls."""
    version = median(one["version"].seconds for some in runs.values() for one in some)

    def seconds(one: Run, name: str) -> float:
        return one[name].seconds - version

    def calls(one: Run, name: str) -> float:
        return one[name].calls

    rows = []
    for name, (what, most_seconds, most_calls) in LIMITS.items():
        beyond = f"{what}, beyond --version"
        rows.append(Row(beyond, "s", *_medians(runs, name, seconds), most_seconds))
        rows.append(Row(what, "calls", *_medians(runs, name, calls), most_calls))
    return rows


def _medians(runs: Runs, name: str, value: Callable[[Run, str], float]) -> tuple[float, float]:
    ours, stock = (median(value(one, name) for one in runs[variant]) for variant in (True, False))
    return ours, stock
