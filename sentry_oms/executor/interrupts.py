"""Handling of Ctrl-C and SIGTERM while a command runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what CI systems and ``kill`` send."""


def exit_code(signum: int) -> int:
    """Return the exit code that shells use for a process ended by a signal: 130 or 143."""
    return 128 + signum


@contextmanager
def on_interrupt(call: Callable[[], None]) -> Iterator[list[int]]:
    """Call ``call`` on each of the signals, and restore the former handlers at the end.

    Yields the signals received so far. Does nothing outside of the main thread, where Python allows
    no signal handlers.
    """
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received
        return

    def handle(signum: int, _: object) -> None:
        received.append(signum)
        call()

    before = {one: signal.signal(one, handle) for one in SIGNALS}
    try:
        yield received
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
