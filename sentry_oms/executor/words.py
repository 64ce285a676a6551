"""The wording of a run, on a terminal and in a log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from sentry_oms.executor.events import Run, StackRun
from sentry_oms.executor.states import State

STYLES = {
    State.COMPLETE: "green",
    State.UNCHANGED: "dim",
    State.FAILED: "bold red",
    State.SKIPPED: "yellow",
    State.INTERRUPTED: "yellow",
    State.RUNNING: "cyan",
}

_UNCHANGED = {"delete": "did not exist", "create": "exists already"}


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3:05`` or ``1:02:03``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def count(number: int, thing: str) -> str:
    """``1 stack``, ``2 stacks``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def names_by(
    key: Callable[[StackRun], str | None], stacks: Iterable[StackRun]
) -> Iterator[tuple[str | None, str]]:
    """Yield each value of the key with the names of its stacks."""
    found: defaultdict[str | None, list[str]] = defaultdict(list)
    for stack in stacks:
        found[key(stack)].append(stack.name)
    return ((value, ", ".join(names)) for value, names in found.items())


def state_of(stack: StackRun, run: Run) -> str:
    """Return a stack's state or outcome in a word or two."""
    if stack.state is State.RUNNING:
        return stack.doing or "running"
    if stack.state is State.COMPLETE:
        return (stack.outcome.operation if stack.outcome else None) or "done"
    if stack.state is State.UNCHANGED:
        return _UNCHANGED.get(run.command, "unchanged")
    if stack.state is State.SKIPPED:
        return "not started"
    if stack.state is State.INTERRUPTED:
        return "not started" if stack.started is None else "no longer watched"
    return str(stack.state.value)


def reason(stack: StackRun, run: Run) -> str:
    """Return why a stack is in its state: what it waits for, or the cause; empty if neither."""
    if stack.state is State.WAITING:
        return f"waits for {', '.join(run.unfinished(stack))}"
    if stack.state is State.READY:
        return "waits for a slot"
    if stack.state is State.FAILED:
        return stack.cause
    if stack.state is State.SKIPPED:
        return f"{stack.blocked_by} failed"
    if stack.state is State.INTERRUPTED:
        return f"CloudFormation goes on {stack.doing} it" if stack.doing else "interrupted"
    return ""


def sentence(stack: StackRun, run: Run) -> str:
    """Return a stack's line in a log."""
    words = f"{stack.name} {state_of(stack, run)}"
    if stack.state is State.COMPLETE and stack.ended is not None:
        words += f" in {duration(stack.seconds(stack.ended))}"
    why = reason(stack, run)
    return f"{words}: {why}" if why else words
