"""What a check found: one mistake, where it is, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Finding:
    """One mistake.

    Args:
        file: relative to the project, such as config/dev/task-oms.yaml.
        line: in that file; 1 where the field has none of its own.
        code: the rule's, such as OMS043.
        field: such as ``parameters.Cpu``; empty where the file as a whole is at fault.
        message: what is wrong.
        remedy: what to do.
        stack: such as dev/task-oms; None where it is of no stack.
    """

    file: str
    line: int
    code: str
    field: str
    message: str
    remedy: str
    stack: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.code} {self.text}"

    @property
    def text(self) -> str:
        """Field, message and remedy, in one line."""
        parts = [self.field, self.message, self.remedy]
        return " ".join(": ".join(filter(None, parts)).split())

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON has it."""
        return asdict(self)
