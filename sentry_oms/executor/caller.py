"""The caller of a command: Sceptre's command line, or a Python program.

A Python program gets results and exceptions: nothing is printed, and nothing ends its process. On
the command line stdout belongs to the data that a command prints, if it prints any.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import click
from rich.console import Console
from rich.text import Text
from sceptre.exceptions import SceptreException

from sentry_oms.checks.finding import Finding
from sentry_oms.executor.words import count

INTERRUPTED_EXIT = 130
"""The exit code that shells use for a process ended by SIGINT."""


class ConfigFindings(SceptreException):
    """The check of the config has findings; the message holds them, a line each."""


@dataclass(frozen=True)
class Caller:
    """The caller of a command; a Python program has no ``context``."""

    context: click.Context | None

    @classmethod
    def current(cls) -> Caller:
        """Return the caller of the current command."""
        context = click.get_current_context(silent=True)
        # A server may itself be a command of click.
        is_sceptres = context and isinstance(context.obj, dict) and "project_path" in context.obj
        return cls(context if is_sceptres else None)

    @property
    def console(self) -> Console:
        """The console for the lines of a run."""
        return self._console(is_stderr=self._prints_data())

    @property
    def beside(self) -> Console:
        """The console for output that is not the command's result."""
        return self._console(is_stderr=True)

    @property
    def again(self) -> str:
        """The command line that resumes the command."""
        return " ".join(["sceptre" if self.context else sys.argv[0], *sys.argv[1:]])

    def refuse(self, findings: Sequence[Finding]) -> NoReturn:
        """End the command because of the findings.

        Raises:
            SystemExit: on the command line, after they are printed.
            ConfigFindings: otherwise.
        """
        found = count(len(findings), "finding")
        last = f"{found}: nothing was changed. docs/CHECKS.md has each code."
        message = "\n".join([*map(str, findings), last])
        if self.context is None:
            raise ConfigFindings(message)
        self.console.print(Text(message))
        sys.exit(1)

    def interrupt(self) -> NoReturn:
        """End the command after Ctrl-C."""
        if self.context is None:
            raise KeyboardInterrupt
        sys.exit(INTERRUPTED_EXIT)

    def _prints_data(self) -> bool:
        """Whether the command prints data for a program, or change sets (``update -c``)."""
        if self.context is None:
            return False
        is_text = self.context.obj.get("output_format", "text") == "text"
        return not is_text or bool(self.context.params.get("change_set"))

    def _console(self, *, is_stderr: bool) -> Console:
        has_colour = self.context is None or not self.context.obj.get("no_colour")
        return Console(
            stderr=is_stderr,
            quiet=self.context is None,
            no_color=None if has_colour else True,
            highlight=False,
            soft_wrap=True,
        )
