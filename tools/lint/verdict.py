"""What a judge of this package says, and how it is printed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import NamedTuple


class NotInstalledError(Exception):
    """A tool that a judge needs is not there."""


class Verdict(NamedTuple):
    """What a judge says.

    Args:
        name: of the judge, with its version.
        rules: how many rules it ran: the table's rows.
        findings: what deviates, a line each.
        skips: what it passed over, with the reason.
        summary: for people, a line each.
        control: how it is known that it can fail, in two words.
        files: how many it was given, where that is not every template of every environment.
    """

    name: str
    rules: int
    findings: list[str]
    skips: list[str]
    summary: list[str]
    control: str = "make test"
    files: int | None = None


def show(judge: Callable[[], Verdict]) -> int:
    """Print what was judged and what was found; 1 where anything was."""
    since = time.monotonic()
    try:
        verdict = judge()
    except NotInstalledError as error:
        print(error, file=sys.stderr)
        return 1
    for finding in verdict.findings:
        print(finding, file=sys.stderr)
    for line in verdict.summary:
        print(line)
    print(f"{verdict.name}, {time.monotonic() - since:.1f} s")
    return 1 if verdict.findings else 0
