"""What comes after Sceptre's own answer: the summary on stderr, and an exit code that says it.

Sceptre's command prints the answer and then ends with the number of stacks that it could not check
(``sceptre/cli/drift.py``): 0 where there is drift. click calls what a command's context is given
for its end after that, and an exit from there is the one that counts.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from sentry_oms.executor.drift.summary import exit_code, lines
from sentry_oms.executor.events import Run

Stack = Any
"""A ``sceptre.stack.Stack``."""


def end_with(run: Run, context: click.Context, console: Console) -> None:
    """Let Sceptre's command, when it has printed its answer, end with what was found."""

    def end() -> None:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, SystemExit):
            return
        for line in lines(run):
            console.print(Text(line))
        sys.exit(exit_code(run))

    context.call_on_close(end)


def answers(run: Run, stacks: Mapping[str, Stack]) -> dict[Stack, Any]:
    """What Sceptre's command prints: what each stack answered, where it did."""
    return {
        stacks[one.name]: one.outcome.result
        for one in run
        if one.outcome and one.outcome.error is None
    }
