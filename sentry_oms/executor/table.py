"""A live table of a run, for a terminal: state, duration and dependencies of each stack."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from rich.console import Console, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sentry_oms.executor.events import Changed, Ended, Event, Run, StackRun, Started
from sentry_oms.executor.states import State
from sentry_oms.executor.words import STYLES, count, duration, reason, sentence, state_of

REFRESHES_PER_SECOND = 4
BESIDE_THE_STACKS = 6
"""Lines of a terminal that the table's frame and the lines below it need."""


class LiveTable:
    """Redraws the table during the run, and leaves it on the screen at the end."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console = console
        self._clock = clock
        self._live: Live | None = None

    def __call__(self, event: Event, run: Run) -> None:
        """Listen to a run."""
        if isinstance(event, Started):
            self._live = Live(
                get_renderable=lambda: self._draw(run),
                console=self._console,
                refresh_per_second=REFRESHES_PER_SECOND,
            )
            self._live.start()
            _log_above(self._live)
        elif isinstance(event, Changed) and event.stack.state is State.FAILED:
            # In full, because the table may cut it short.
            self._console.print(Text(sentence(event.stack, run), STYLES[State.FAILED]))
        elif isinstance(event, Ended) and self._live:
            self._live.stop()
            _log_above(None)

    def _draw(self, run: Run) -> RenderableType:
        now = self._clock() if run.ended is None else run.ended
        table = Table(box=None, pad_edge=False, expand=False)
        for heading in ("stack", "", "time", ""):
            table.add_column(heading, no_wrap=True, overflow="ellipsis")
        fitting = _fitting(run, self._console.height - BESIDE_THE_STACKS)
        for stack in fitting:
            time = duration(stack.seconds(now)) if stack.started is not None else ""
            style = STYLES.get(stack.state, "")
            table.add_row(
                stack.name, Text(state_of(stack, run), style), time, Text(reason(stack, run))
            )
        left_out = len(run.stacks) - len(fitting)
        if left_out:
            table.add_row(f"and {count(left_out, 'stack')} more", "", "", "")
        table.add_row(
            f"{run.command}, {duration(now - run.started)}",
            f"{len(run.those(State.COMPLETE, State.UNCHANGED))} of {len(run.stacks)} done",
            "",
            "",
            style="bold",
        )
        return table


def _fitting(run: Run, lines: int) -> list[StackRun]:
    """Return the stacks that fit on the screen: running and failed ones before waiting ones."""
    if len(run.stacks) <= lines:
        return list(run)
    rank = {State.RUNNING: 0, State.FAILED: 0, State.READY: 1, State.WAITING: 1}
    kept = sorted(run, key=lambda stack: rank.get(stack.state, 2))[: max(lines, 1)]
    return [stack for stack in run if stack in kept]


def _log_above(live: Live | None) -> None:
    """Print Sceptre's log above the live table instead of through it; None restores it."""
    for handler in logging.getLogger("sceptre").handlers:
        if isinstance(handler, logging.StreamHandler):
            # While a Live runs, rich replaces sys.stderr and prints above the table.
            handler.setStream(sys.stderr if live else sys.__stderr__)
