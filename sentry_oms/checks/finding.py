"""A finding: one mistake, where it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One mistake.

    Args:
        file: relative to the project, such as config/dev/task-oms.yaml.
        line: in that file; 1 if the field has no line of its own.
        code: the rule's, such as OMS043.
        field: such as ``parameters.Cpu``; empty for the file as a whole.
        message: the problem.
        remedy: what to do.
        stack: such as dev/task-oms, if the file belongs to one stack.
        accepted: the reason of the suppression that accepts it.
    """

    file: str
    line: int
    code: str
    field: str
    message: str
    remedy: str
    stack: str | None = None
    accepted: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.code} {self.text}"

    @property
    def text(self) -> str:
        """Field, message and remedy, in one line."""
        parts = [self.field, self.message, self.remedy]
        return " ".join(": ".join(filter(None, parts)).split())
