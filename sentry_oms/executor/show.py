"""Choose how a run is displayed: a table on a terminal, lines elsewhere, then the summary."""

from __future__ import annotations

import logging
import time

from rich.console import Console

from sentry_oms.executor.events import Listener
from sentry_oms.executor.lines import Lines
from sentry_oms.executor.summary import Summary
from sentry_oms.executor.table import LiveTable


def listeners(console: Console, resume: str) -> list[Listener]:
    """Return the listeners that display a run; ``resume`` is the command line that resumes it."""
    # The log of --debug would scroll the table away.
    debugging = logging.getLogger("sceptre").isEnabledFor(logging.DEBUG)
    on_screen = console.is_terminal and not console.is_dumb_terminal and not debugging
    follow: Listener = LiveTable(console, time.monotonic) if on_screen else Lines(console)
    return [follow, Summary(console, resume)]
