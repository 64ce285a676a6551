"""States of a stack in a run, and the outcome of a command on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sentry_oms.executor.drift.model import StackDrift


class State(str, Enum):
    """State of a stack in a run, as in the report."""

    WAITING = "waiting"
    """For its dependencies."""
    READY = "ready"
    """For a slot, because of ``--max-concurrency``."""
    RUNNING = "running"
    COMPLETE = "complete"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Not started, because a dependency failed."""
    INTERRUPTED = "interrupted"
    """Not started, or no longer watched, because of Ctrl-C."""

    @property
    def is_done(self) -> bool:
        """Whether its dependents may start."""
        return self in (State.COMPLETE, State.UNCHANGED)


@dataclass(frozen=True)
class Outcome:
    """Outcome of the command for one stack."""

    state: State
    result: Any = None
    """The return value of Sceptre's action."""
    operation: str | None = None
    """created, updated or deleted; None if nothing was written."""
    cause: str | None = None
    """Why it failed, as one line."""
    error: Exception | None = None
    drift: StackDrift | None = None
    """Of a drift command that CloudFormation answered."""
