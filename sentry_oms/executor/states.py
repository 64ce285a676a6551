"""What a stack of a run can be, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sentry_oms.executor.drift.model import StackDrift


class State(str, Enum):
    """The states of a stack in a run, as the report names them."""

    WAITING = "waiting"
    """For its own dependencies."""
    READY = "ready"
    """For a place, where ``--max-concurrency`` leaves none."""
    RUNNING = "running"
    COMPLETE = "complete"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Never started, because something that it depends on failed."""
    INTERRUPTED = "interrupted"
    """Never started, or watched no longer, because of Ctrl-C."""

    @property
    def is_done(self) -> bool:
        """Whether its dependents may start."""
        return self in (State.COMPLETE, State.UNCHANGED)


@dataclass(frozen=True)
class Outcome:
    """How the command ended for one stack."""

    state: State
    result: Any = None
    """What Sceptre's action returned."""
    operation: str | None = None
    """created, updated, deleted; None where nothing was written."""
    cause: str | None = None
    """Why it failed, as one line."""
    error: Exception | None = None
    """What was raised, where something was."""
    drift: StackDrift | None = None
    """What was found, where drift was asked for and CloudFormation answered."""
