"""Sceptre with scaled waits: ``python -m tools.bench.paced_sceptre FACTOR ARGUMENTS...``.

The benchmark scales AWS's minutes to seconds, so it scales the waits of both executors alike.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from types import SimpleNamespace

from sceptre.cli import cli
from sceptre.plan import actions

from sentry_oms.executor import pace


def scale(factor: float) -> None:
    """Scale the waits of stock Sceptre and of this project's executor."""
    actions.time = SimpleNamespace(**vars(time))
    actions.time.sleep = lambda seconds: time.sleep(seconds * factor)
    pace.PACE = replace(
        pace.PACE, shortest=pace.PACE.shortest * factor, longest=pace.PACE.longest * factor
    )


if __name__ == "__main__":
    scale(float(sys.argv[1]))
    sys.argv = ["sceptre", *sys.argv[2:]]
    cli()
