"""What is compared: a row for each target, with ours, stock Sceptre's, and what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.command import Measured
from benchmarks.lifecycle import Lifecycle
from benchmarks.overhead import Overhead

CREATE_SHARE = 1.05
DELETE_SHARE = 1.05
ROLLOUT_SHARE = 1.08
NOOP_CALLS = 44
NOOP_SECONDS = 2.5
DIFF_CALLS = 85
DIFF_SECONDS = 3.0
TEN_TIMES = 4.0
TEN_MIB = 200.0


@dataclass(frozen=True)
class Row:
    """One line of the table. ``ours`` is None where there is no executor of ours."""

    what: str
    unit: str
    ours: float | None
    stock: float
    most: float
    """The most that ours may be."""
    path: float | None = None
    """The critical path, where there is one."""

    @property
    def passed(self) -> bool | None:
        """Whether ours is within the target; None where it is not there to be judged."""
        return None if self.ours is None else self.ours <= self.most


Variants = Mapping[bool, Sequence[Measured]]
"""The runs of a command, by whether they are ours."""


def lifecycle_rows(
    runs: Mapping[bool, Sequence[Lifecycle]],
    paths: Mapping[str, float],
    seconds_a_minute: float,
) -> list[Row]:
    """Create, delete and rollout, in minutes of AWS from the first write to the exit.

    Args:
        runs: by whether they are ours.
        paths: the critical path of each, in minutes.
        seconds_a_minute: how long a minute was played.
    """
    titles = {
        "create": ("create from empty", CREATE_SHARE),
        "delete": ("delete", DELETE_SHARE),
        "rollout": ("rollout of the three services", ROLLOUT_SHARE),
    }

    def net(one: Measured) -> float:
        return (one.net_seconds or 0.0) / seconds_a_minute

    return [
        _row(
            title,
            "min",
            {ours: [getattr(one, name) for one in some] for ours, some in runs.items()},
            net,
            most=share * paths[name],
            path=paths[name],
        )
        for name, (title, share) in titles.items()
    ]


def overhead_rows(overhead: Mapping[bool, Overhead], version_seconds: float) -> list[Row]:
    """A launch that changes nothing and a diff, in seconds beyond ``--version`` and in calls."""

    def beyond(one: Measured) -> float:
        return one.seconds - version_seconds

    noop = {ours: one.noop for ours, one in overhead.items()}
    diff = {ours: one.diff for ours, one in overhead.items()}
    return [
        _row("no-op launch, 16 stacks, beyond --version", "s", noop, beyond, NOOP_SECONDS),
        _row("no-op launch, 16 stacks", "calls", noop, _calls, NOOP_CALLS),
        _row("diff, 16 stacks, beyond --version", "s", diff, beyond, DIFF_SECONDS),
        _row("diff, 16 stacks", "calls", diff, _calls, DIFF_CALLS),
    ]


def ten_times_rows(
    overhead: Mapping[bool, Overhead], ten_times: Mapping[bool, Measured]
) -> list[Row]:
    """A launch of ten environments that changes nothing."""
    runs = {ours: [one] for ours, one in ten_times.items()}
    of_16 = {ours: median(run.seconds for run in one.noop) for ours, one in overhead.items()}
    ours, stock = ten_times.get(True), ten_times[False]
    return [
        Row(
            "no-op launch, 160 stacks, to that of 16",
            "times",
            ours.seconds / of_16[True] if ours else None,
            stock.seconds / of_16[False],
            TEN_TIMES,
        ),
        _row(
            "no-op launch, 160 stacks, peak memory", "MiB", runs, lambda one: one.peak_mib, TEN_MIB
        ),
    ]


def _row(
    what: str,
    unit: str,
    runs: Variants,
    value: Callable[[Measured], float],
    most: float,
    path: float | None = None,
) -> Row:
    medians = {ours: median(map(value, some)) for ours, some in runs.items()}
    return Row(what, unit, medians.get(True), medians[False], most, path)


def _calls(one: Measured) -> float:
    return one.calls
