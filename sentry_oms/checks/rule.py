"""What a rule is, and what it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from sentry_oms.checks.finding import Finding
from sentry_oms.checks.source import Source

if TYPE_CHECKING:
    from sentry_oms.checks.project import Project


class Scope(Enum):
    """What a rule must see of the project."""

    STACKS = "each stack, and what it depends on"
    ENVIRONMENT = "the whole environment; not part of the check before a launch"


@dataclass(frozen=True)
class Fault:
    """What a rule yields: a finding that lacks only what the rule itself says.

    Args:
        source: the file at fault.
        field: the field in it.
        message: what is wrong.
        remedy: what to do, where it is not what the rule says.
        stack: the stack, if it is of one.
        line: where the field does not lead to it.
    """

    source: Source
    field: str
    message: str
    remedy: str | None = None
    stack: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Rule:
    """One rule of the check.

    Args:
        code: stable, such as OMS043; never given to another rule.
        title: what must hold, in a few words.
        cause: how it comes about, and what it would have led to.
        remedy: what to do, in a few words that can end a line.
        scope: what it must see.
        find: yields each fault.
    """

    code: str
    title: str
    cause: str
    remedy: str
    scope: Scope
    find: Callable[[Project], Iterator[Fault]]

    def findings(self, project: Project) -> Iterator[Finding]:
        """Each fault as a finding."""
        for fault in self.find(project):
            yield Finding(
                file=fault.source.file,
                line=fault.line or fault.source.line(fault.field),
                code=self.code,
                field=fault.field,
                message=fault.message,
                remedy=self.remedy if fault.remedy is None else fault.remedy,
                stack=fault.stack,
            )
