"""What a linter of workflows is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT


class Fault(NamedTuple):
    """One place that breaks one rule.

    Args:
        file: relative to the project.
        line: in it; 1 where the linter names none.
        rule: as the linter calls it.
        message: what is wrong, as the linter words it.
    """

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.rule}: {' '.join(self.message.split())}"


class Said(NamedTuple):
    """What came of one run of a linter.

    Args:
        rules: how many rules it ran.
        faults: what it found.
        skips: the rules that it did not run, with the reason.
    """

    rules: int
    faults: Sequence[Fault]
    skips: Sequence[str] = ()


class Linter(NamedTuple):
    """One tool.

    Args:
        name: as a person knows it.
        lint: reads workflows, and files for Dependabot.
    """

    name: str
    lint: Callable[[Sequence[Path]], Said]


def shown(path: str) -> str:
    """A path as the others write it."""
    file = Path(path)
    return str(file.relative_to(ROOT)) if file.is_absolute() else str(file)


def is_workflow(path: Path) -> bool:
    """Whether it is a workflow, and not a file for Dependabot."""
    return path.stem != "dependabot"
