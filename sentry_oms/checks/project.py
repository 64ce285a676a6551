"""What is checked: stacks, and what they depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sentry_oms.checks.folding import fold
from sentry_oms.checks.stack_file import StackFile, Unreadable
from sentry_oms.checks.values import Values
from sentry_oms.templates import Template


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

    @cached_property
    def deployed(self) -> Mapping[str, Template]:
        """Each stack's template as its environment gets it, by the stack's name.

        What only AWS knows is stood in for, across stacks too. A stack whose template can't be
        read, or that a launch passes by, is left out.
        """
        values = Values(self.known, stand_ins=True)
        return {
            file.name: fold(file.template, values.evaluator(file))
            for file in self.stacks
            if file.template and file.is_launched
        }

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
