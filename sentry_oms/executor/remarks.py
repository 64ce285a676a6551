"""Remarks of hooks about several stacks, in one line at the end of a run."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from sentry_oms.aws.no_image import NO_IMAGE_YET, no_image_yet
from sentry_oms.aws.view import View
from sentry_oms.executor.events import Ended, Event, Run


class Remarks:
    """Prints the services that have no image yet."""

    def __init__(self, console: Console, view: View) -> None:
        self._console = console
        self._view = view

    def __call__(self, event: Event, _: Run) -> None:
        """Listen to a run."""
        if isinstance(event, Ended) and (services := self._view.noted(NO_IMAGE_YET)):
            self._console.print(Text(no_image_yet(services), "yellow"))
