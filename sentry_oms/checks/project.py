"""What is checked: stacks, and what they depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sentry_oms.checks.stack_file import StackFile, Unreadable
from sentry_oms.checks.values import Values


@dataclass(frozen=True)
class Project:
    """What is checked.

    Args:
        root: the project's directory.
        stacks: those that are checked, by name.
        known: those, and what they depend on.
        environment: the environment, where all of it is checked.
        unreadable: what of config could not be read.
    """

    root: Path
    stacks: tuple[StackFile, ...]
    known: Mapping[str, StackFile]
    environment: str | None = None
    unreadable: tuple[Unreadable, ...] = ()

    @cached_property
    def values(self) -> Values:
        """What is known of the values that the stacks pass each other."""
        return Values(self.known)

    def upstream(self, file: StackFile) -> set[str]:
        """The names of all that a stack waits for."""
        found: set[str] = set()
        todo = [file.stack]
        while todo:
            for dependency in todo.pop().dependencies:
                if dependency.name not in found:
                    found.add(dependency.name)
                    todo.append(dependency)
        return found
