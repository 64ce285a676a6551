"""Follow a page from its first line to its last."""

from __future__ import annotations

from collections.abc import Iterable

from tests.readme.machine import Ran, Shell
from tests.readme.page import Command, Edit, Step


class BrokenPromiseError(Exception):
    """A command did not end as the page says."""


Taken = Ran | Edit
"""A step that was taken: a command with what it printed, or an edit that was made."""


def walk(steps: Iterable[Step], shell: Shell) -> list[Taken]:
    """Take the steps one after the other; each as it went.

    Raises:
        BrokenPromiseError: a command ended with another exit code; nothing after it was run.
        PageError: an edit can't be made.
    """
    return [_taken(step, shell) for step in steps]


def _taken(step: Step, shell: Shell) -> Taken:
    if isinstance(step, Edit):
        file = shell.clone / step.path
        file.write_text(step.applied(file.read_text()))
        return step
    return _kept_promise(step, shell.run(step.text))


def _kept_promise(promised: Command, ran: Ran) -> Ran:
    if ran.code != promised.code:
        raise BrokenPromiseError(
            f"`{ran.command}` ended with {ran.code}, and the page says {promised.code}:\n{ran.said}"
        )
    return ran
