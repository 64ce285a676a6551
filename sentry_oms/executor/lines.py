"""A run as plain lines, for a log: CI, pipes, ``--debug``."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from sentry_oms.executor.events import Changed, Event, Run, Started, Tick
from sentry_oms.executor.states import State
from sentry_oms.executor.words import STYLES, count, duration, sentence

SILENCE_SECONDS = 60
"""After so long without a line, one says what runs."""


class Lines:
    """Prints a line when a stack begins to be written, and one when it is over."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = 0.0

    def __call__(self, event: Event, run: Run) -> None:
        """Listen to a run."""
        if isinstance(event, Started):
            self._say(event.at, run, f"{run.command} of {count(len(run.stacks), 'stack')}")
        elif isinstance(event, Changed) and _is_news(event):
            stack = event.stack
            self._say(event.at, run, sentence(stack, run), STYLES.get(stack.state, ""))
        elif isinstance(event, Tick) and event.at - self._last >= SILENCE_SECONDS:
            self._say(event.at, run, _running(run, event.at))

    def _say(self, at: float, run: Run, words: str, style: str = "") -> None:
        self._last = at
        clock = f"[{duration(at - run.started)}]".rjust(9)
        self._console.print(Text(f"{clock} ").append(words, style))


class StillReading:
    """Says once a minute what a command that only reads still waits for; else nothing."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = 0.0

    def __call__(self, event: Event, run: Run) -> None:
        """Listen to a run."""
        if isinstance(event, Started):
            self._last = event.at
        elif isinstance(event, Tick) and event.at - self._last >= SILENCE_SECONDS:
            self._last = event.at
            running = ", ".join(stack.name for stack in run.those(State.RUNNING))
            since = duration(event.at - run.started)
            self._console.print(
                Text(f"{run.command}: AWS is still asked about {running} ({since})")
            )


def _is_news(event: Changed) -> bool:
    if event.stack.state is State.RUNNING:
        return event.stack.doing is not None
    return event.stack.state not in (State.WAITING, State.READY)


def _running(run: Run, now: float) -> str:
    running = ", ".join(
        f"{stack.name} ({duration(stack.seconds(now))})" for stack in run.those(State.RUNNING)
    )
    waiting = len(run.those(State.WAITING, State.READY))
    return f"still running: {running}; {waiting} waiting"
