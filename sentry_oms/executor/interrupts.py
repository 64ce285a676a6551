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
def unwinding() -> Iterator[None]:
    """Raise SystemExit on SIGTERM, which otherwise ends the process without ``finally``."""

    def end(signum: int, _: object) -> None:
        raise SystemExit(exit_code(signum))

    if not _may_handle() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _may_handle() -> bool:
    """Whether Python allows signal handlers here."""
    return threading.current_thread() is threading.main_thread()


@contextmanager
def on_interrupt(call: Callable[[], None]) -> Iterator[list[int]]:
    """Call ``call`` on each of the signals, and restore the former handlers at the end.

    Yields the signals received so far. Does nothing outside of the main thread.
    """
    received: list[int] = []
    if not _may_handle():
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
