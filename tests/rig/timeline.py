"""Writes of stacks and the ends of held operations, in seconds since the control was set."""

from __future__ import annotations

import time
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """An event of a stack."""

    at: float
    event: str
    stack: str


class Timeline:
    """The events since the last start."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Forget all events, and count seconds from now."""
        self._started_at = time.monotonic()
        self._first_write_at: float | None = None
        self._entries: list[Entry] = []

    def add(self, event: str, stack: str, moment: float) -> None:
        """Add an event that happened at a moment of the monotonic clock."""
        self._entries.append(Entry(moment - self._started_at, event, stack))

    def wrote(self, action: str, stack: str, moment: float, *, accepted: bool) -> None:
        """Add a write that arrived at a moment."""
        self.add(action if accepted else f"{action} refused", stack, moment)
        if accepted and self._first_write_at is None:
            self._first_write_at = self._entries[-1].at

    def as_json(self) -> dict[str, Any]:
        """Return the events, the first accepted write and the seconds since the start."""
        return {
            "elapsed": time.monotonic() - self._started_at,
            "first_write_at": self._first_write_at,
            "timeline": [entry._asdict() for entry in self._entries],
        }
