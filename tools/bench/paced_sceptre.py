"""Sceptre with its waits scaled: ``python -m tools.bench.paced_sceptre FACTOR ARGUMENTS...``.

If a minute of AWS takes a second, a wait of four seconds would be four minutes: so the waits of
both executors, and nothing else, are multiplied by the same factor.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import Any

from sceptre.cli import cli
from sceptre.plan import actions

from sentry_oms.executor import pace


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
    """Scale the waits of stock Sceptre and of our executor."""
    actions.time = ScaledTime(factor)
    pace.PACE = replace(
        pace.PACE, shortest=pace.PACE.shortest * factor, longest=pace.PACE.longest * factor
    )


if __name__ == "__main__":
    scale(float(sys.argv[1]))
    sys.argv = ["sceptre", *sys.argv[2:]]
    cli()
