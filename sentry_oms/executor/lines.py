"""A run as plain lines, for a log: CI, pipes, ``--debug``."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from sentry_oms.executor.events import Changed, Event, Run, StackRun, Started, Tick
from sentry_oms.executor.states import State
from sentry_oms.executor.words import STYLES, count, duration, sentence

SILENCE_SECONDS = 60
"""After this time without a line, one lists the running stacks."""


class Lines:
    """Prints a line when CloudFormation accepts a write to a stack, and one when it ends."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = 0.0

    def __call__(self, event: Event, run: Run) -> None:
        """Listen to a run."""
        if isinstance(event, Started):
            self._print(event.at, run, f"{run.command} of {count(len(run.stacks), 'stack')}")
        elif isinstance(event, Changed) and _is_news(event.stack):
            stack = event.stack
            self._print(event.at, run, sentence(stack, run), STYLES.get(stack.state, ""))
        elif isinstance(event, Tick) and event.at - self._last >= SILENCE_SECONDS:
            running = ", ".join(
                f"{stack.name} ({duration(stack.seconds(event.at))})"
                for stack in run.those(State.RUNNING)
            )
            waiting = len(run.those(State.WAITING, State.READY))
            self._print(event.at, run, f"still running: {running}; {waiting} waiting")

    def _print(self, at: float, run: Run, words: str, style: str = "") -> None:
        self._last = at
        clock = f"[{duration(at - run.started)}]".rjust(9)
        self._console.print(Text(f"{clock} ").append(words, style))


class StillReading:
    """Prints once a minute the stacks that a reading command still waits for."""

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
            words = f"{run.command}: still waiting for AWS: {running} ({since})"
            self._console.print(Text(words))


def _is_news(stack: StackRun) -> bool:
    if stack.state is State.RUNNING:
        return stack.doing is not None
    return stack.state not in (State.WAITING, State.READY)
