"""What is checked: stacks, and what they depend on."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sentry_oms.checks.folding import fold
from sentry_oms.checks.rule import Fault
from sentry_oms.checks.stack_file import StackFile, Unreadable
from sentry_oms.checks.values import Values
from sentry_oms.names import BOOTSTRAP
from sentry_oms.templates import Template


@dataclass(frozen=True)
class Resource:
    """A resource as its environment gets it, what only AWS knows stood in for.

    Args:
        file: the stack that it is of.
        key: its logical ID.
        kind: its type, such as ``AWS::SQS::Queue``.
        properties: its properties.
    """

    file: StackFile
    key: str
    kind: str
    properties: dict[str, Any]

    def fault(self, path: str, message: str, remedy: str | None = None) -> Fault:
        """A fault at a path of its properties."""
        field = f"Resources.{self.key}.Properties" + (f".{path}" if path else "")
        return self.file.template_fault(field, message, remedy)


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

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """The resources of the stacks that are launched, and of templates that no stack uses."""
        values = Values(self.known, stand_ins=True)
        return tuple(
            resource
            for file in (*self.stacks, *self.spare)
            if file.template and file.is_launched
            for resource in _resources(file, file.template, values)
        )

    @cached_property
    def spare(self) -> tuple[StackFile, ...]:
        """Templates that no stack uses: people create stacks of them by hand.

        Those that take no Environment are the account's, and stacks of its own folder.
        """
        if not self.environment or self.environment == BOOTSTRAP or not self.stacks:
            return ()
        used = {file.template_source.file for file in self.stacks}
        paths = sorted(self.root.glob("templates/*/*.json"))
        found = (path.relative_to(self.root).as_posix() for path in paths)
        spare = (self._spare(file) for file in found if file not in used)
        return tuple(one for one in spare if _takes_environment(one))

    def _spare(self, file: str) -> StackFile:
        stack = copy.copy(self.stacks[0].stack)
        stack.name = f"{self.environment}/{Path(file).stem}"
        stack.external_name = f"sentry-{Path(file).stem}-{self.environment}"
        stack._parameters = {"Environment": self.environment}
        stack._sceptre_user_data = {}
        stack._template_handler_config = {"path": file.removeprefix("templates/")}
        stack._ignore = stack._obsolete = False
        stack._template = None
        return StackFile(self.root, stack)

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


def _takes_environment(file: StackFile) -> bool:
    return not file.template or "Environment" in file.section("Parameters")


def _resources(file: StackFile, template: Template, values: Values) -> Iterator[Resource]:
    folded = fold(template, values.evaluator(file))
    for key, resource in folded.get("Resources", {}).items():
        kind, properties = resource.get("Type"), resource.get("Properties", {})
        if isinstance(kind, str) and isinstance(properties, dict):
            yield Resource(file, key, kind, properties)
