"""What happened when, in seconds since a benchmark or a test last asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One thing that happened to a stack."""

    at: float
    event: str
    stack: str


class Timeline:
    """Writes of stacks and the ends of what was held, in one clock; empty until started."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started_at: float | None = None
        self._first_write_at: float | None = None
        self._entries: list[Entry] = []

    def start(self) -> None:
        """Forget what was, and count seconds from now."""
        self._started_at = self._clock()
        self._first_write_at = None
        self._entries = []

    def wrote(self, action: str, stack: str, arrived_at: float, *, accepted: bool) -> None:
        """A write arrived at a moment of the clock; a refused one is not the first write."""
        self._add(action if accepted else f"{action} refused", stack, arrived_at)
        if accepted and self._first_write_at is None and self._entries:
            self._first_write_at = self._entries[-1].at

    def add(self, event: str, stack: str) -> None:
        """Something happened now."""
        self._add(event, stack, self._clock())

    def as_json(self) -> dict[str, Any]:
        """Everything since the start, and how long ago that was."""
        return {
            "elapsed": 0.0 if self._started_at is None else self._clock() - self._started_at,
            "first_write_at": self._first_write_at,
            "timeline": [entry._asdict() for entry in self._entries],
        }

    def _add(self, event: str, stack: str, moment: float) -> None:
        if self._started_at is not None:
            self._entries.append(Entry(moment - self._started_at, event, stack))
