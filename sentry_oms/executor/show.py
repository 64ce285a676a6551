"""Who shows a run to the person: a table on a terminal, lines elsewhere, and the last lines."""

from __future__ import annotations

import logging
import time

from rich.console import Console

from sentry_oms.executor.events import Listener
from sentry_oms.executor.lines import Lines
from sentry_oms.executor.summary import Summary
from sentry_oms.executor.table import LiveTable


def listeners(console: Console, resume: str) -> list[Listener]:
    """The listeners for a console, and for the command line that resumes the run.

    ``--debug`` writes more than a table can stand above.
    """
    debugging = logging.getLogger("sceptre").isEnabledFor(logging.DEBUG)
    on_screen = console.is_terminal and not console.is_dumb_terminal and not debugging
    follow: Listener = LiveTable(console, time.monotonic) if on_screen else Lines(console)
    return [follow, Summary(console, resume)]
