"""The record of a run, and the events that its listeners receive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sentry_oms.executor.states import Outcome, State


@dataclass
class StackRun:
    """One stack in a run. Times are in seconds of the run's clock."""

    name: str
    waits_for: frozenset[str]
    state: State = State.WAITING
    doing: str | None = None
    """creating, updating or deleting; None until something is written."""
    started: float | None = None
    ended: float | None = None
    outcome: Outcome | None = None
    blocked_by: str | None = None
    """The failed stack because of which this one was skipped."""

    @property
    def cause(self) -> str:
        """Why it failed; empty if it did not."""
        return (self.outcome and self.outcome.cause) or ""

    def seconds(self, now: float) -> float:
        """Return how long it ran, or has run until now."""
        return 0.0 if self.started is None else (self.ended or now) - self.started


@dataclass
class Run:
    """A command over its stacks. Only the ready queue changes it."""

    command: str
    stacks: dict[str, StackRun]
    started: float
    ended: float | None = None
    interrupts: int = 0

    @classmethod
    def of(cls, command: str, waits_for: Mapping[str, frozenset[str]], now: float) -> Run:
        """Return a run in which no stack has started."""
        stacks = {name: StackRun(name, frozenset(before)) for name, before in waits_for.items()}
        return cls(command, stacks, now)

    def those(self, *states: State) -> list[StackRun]:
        """Return the stacks in one of the states, in the order of the plan."""
        return [stack for stack in self.stacks.values() if stack.state in states]

    def unfinished(self, stack: StackRun) -> list[str]:
        """Return the dependencies that a stack still waits for."""
        return [name for name in sorted(stack.waits_for) if not self.stacks[name].state.is_done]

    def critical_path(self) -> list[StackRun]:
        """Return the chain of stacks that determined the run's duration, first to last."""
        finished = [stack for stack in self if stack.ended is not None]

        def end(stack: StackRun) -> float:
            return stack.ended or 0.0

        path: list[StackRun] = []
        last = max(finished, key=end, default=None)
        while last is not None:
            path.insert(0, last)
            before = [self.stacks[name] for name in last.waits_for]
            last = max((s for s in before if s.ended is not None), key=end, default=None)
        return path

    def __iter__(self) -> Iterator[StackRun]:
        return iter(self.stacks.values())


@dataclass(frozen=True)
class Started:
    """The run begins."""

    at: float


@dataclass(frozen=True)
class Changed:
    """A stack changed its state, or CloudFormation accepted a write to it."""

    at: float
    stack: StackRun


@dataclass(frozen=True)
class Tick:
    """Time has passed."""

    at: float


@dataclass(frozen=True)
class Interrupted:
    """Ctrl-C or SIGTERM, for the first or for the second time."""

    at: float
    times: int


@dataclass(frozen=True)
class Ended:
    """The run is over."""

    at: float


Event = Started | Changed | Tick | Interrupted | Ended
Listener = Callable[[Event, Run], None]
