"""A fault: a finding that lacks only what its rule says."""

from __future__ import annotations

from dataclasses import dataclass

from sentry_oms.offline.source import Source


@dataclass(frozen=True)
class Fault:
    """An invalid field of a file.

    Args:
        source: the file.
        field: the field in it, such as ``parameters.Cpu``; empty for the file as a whole.
        message: the problem.
        remedy: what to do, unless the rule says it.
        stack: the stack, unless the file belongs to several.
        line: the line, unless the field leads to it.
    """

    source: Source
    field: str
    message: str
    remedy: str | None = None
    stack: str | None = None
    line: int | None = None
