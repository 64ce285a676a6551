"""Sceptre with its waits scaled: ``python -m benchmarks.paced_sceptre FACTOR ARGUMENTS...``.

Where a minute of AWS is played in a second, a wait of four seconds would be four minutes: so the
waits of every executor, and nothing else of it, are multiplied by the same factor.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import Any

from sceptre.cli import cli
from sceptre.plan import actions


class ScaledTime:
    """The ``time`` module as one module sees it, with shorter sleeps."""

    def __init__(self, factor: float) -> None:
        self._factor = factor

    def sleep(self, seconds: float) -> None:
        """Sleep for the scaled time."""
        time.sleep(seconds * self._factor)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def scale(factor: float) -> None:
    """Scale the waits of stock Sceptre, and of our executor where there is one."""
    actions.time = ScaledTime(factor)
    try:
        from sentry_oms.executor import pace
    except ModuleNotFoundError:
        return
    pace.PACE = replace(
        pace.PACE, shortest=pace.PACE.shortest * factor, longest=pace.PACE.longest * factor
    )


if __name__ == "__main__":
    scale(float(sys.argv[1]))
    sys.argv = ["sceptre", *sys.argv[2:]]
    cli()
