"""The last lines of a run: the counts, the causes of failures, and how to resume."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from sentry_oms.executor.events import Ended, Event, Interrupted, Run
from sentry_oms.executor.states import State
from sentry_oms.executor.words import STYLES, count, duration, names_by, state_of


class Summary:
    """Prints the summary at the end of a run, and a line on Ctrl-C."""

    def __init__(self, console: Console, resume: str) -> None:
        self._console = console
        self._resume = resume

    def __call__(self, event: Event, run: Run) -> None:
        """Listen to a run."""
        if isinstance(event, Interrupted):
            self._print(_interrupted(run, event.times), "yellow")
        elif isinstance(event, Ended):
            found = Counter(state_of(stack, run) for stack in run)
            counts = ", ".join(f"{number} {word}" for word, number in found.items())
            seconds = duration(event.at - run.started)
            self._print(f"{run.command}: {counts or 'nothing to do'}, in {seconds}")
            for line, style in self._details(run):
                self._print(line, style)

    def _details(self, run: Run) -> Iterator[tuple[str, str]]:
        path = run.critical_path()
        if run.those(State.COMPLETE) and len(path) > 1:
            steps = (f"{s.name} {duration(s.seconds(s.ended or 0))}" for s in path)
            yield f"critical path: {' > '.join(steps)}", "dim"
        if len(run.stacks) > 1:
            for cause, names in names_by(lambda one: one.cause, run.those(State.FAILED)):
                yield f"failed: {names}: {cause}", STYLES[State.FAILED]
        for blocker, names in names_by(lambda one: one.blocked_by, run.those(State.SKIPPED)):
            yield f"not started: {names} (after {blocker})", STYLES[State.SKIPPED]
        interrupted = run.those(State.INTERRUPTED)
        left = [stack.name for stack in interrupted if stack.started is None]
        if left:
            yield f"not started: {', '.join(left)} (interrupted)", STYLES[State.SKIPPED]
        for stack in interrupted:
            if stack.started is not None:
                goes_on = f"CloudFormation goes on {stack.doing} it" if stack.doing else "was read"
                yield f"no longer watched: {stack.name}: {goes_on}", STYLES[State.SKIPPED]
        if run.those(State.FAILED, State.SKIPPED, State.INTERRUPTED):
            yield f"resume: {self._resume}", "bold"

    def _print(self, words: str, style: str = "") -> None:
        self._console.print(Text(words, style))


def _interrupted(run: Run, times: int) -> str:
    running = [stack.name for stack in run.those(State.RUNNING)]
    if times > 1 or not running:
        return "Interrupted."
    return (
        f"Interrupted: nothing new is started, and {count(len(running), 'stack')} "
        f"({', '.join(running)}) watched to the end. Ctrl-C again stops watching."
    )
