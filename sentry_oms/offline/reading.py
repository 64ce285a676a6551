"""Reading of config by Sceptre itself, so that the check sees what a launch does.

Sceptre stops at the first file that it can't read. Then this module reads each file alone and
reports each mistake. The stacks that can be read are checked all the same.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from jinja2 import TemplateSyntaxError
from sceptre.config.reader import ConfigReader
from sceptre.context import SceptreContext
from sceptre.exceptions import (
    InvalidHookArgumentTypeError,
    InvalidHookArgumentValueError,
    InvalidResolverArgumentError,
    SceptreException,
)
from sceptre.helpers import sceptreise_path
from sceptre.plan.plan import SceptrePlan
from sceptre.stack import Stack

from sentry_oms.names import BOOTSTRAP
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project
from sentry_oms.offline.source import Source
from sentry_oms.offline.stack_file import Kind, StackFile, Unreadable

ARGUMENT_ERRORS = (
    InvalidHookArgumentTypeError,
    InvalidHookArgumentValueError,
    InvalidResolverArgumentError,
)


class UnknownEnvironment(SceptreException):
    """Raised if config/ has no such folder."""


def read_environment(root: Path, environment: str) -> Project:
    """Read an environment's stacks and their dependencies; keep the parts that can't be read.

    The account's folder is read like an environment.

    Raises:
        UnknownEnvironment: the message lists the environments.
    """
    root = root.resolve()
    refuse_unknown(root, environment)
    context = SceptreContext(str(root), environment)
    try:
        plan = SceptrePlan(context)
    except Exception as error:  # Errors of Sceptre, Jinja, YAML and tags.
        return _by_file(root, environment, context, error)
    return _project(root, plan.graph, environment, ())


def refuse_unknown(root: Path, environment: str) -> None:
    """Check that the name is an environment, or the account's folder.

    Raises:
        UnknownEnvironment: the message lists the environments.
    """
    if environment not in groups(root):
        known = environments(root)
        there = f"its environments are {', '.join(known)}" if known else "it has no environment"
        raise UnknownEnvironment(f"'{environment}' is not in config: {there}")


def of_stacks(stacks: Iterable[Stack]) -> Project:
    """Return the project of stacks that Sceptre has read, with their dependencies."""
    given = list(stacks)
    root = Path(given[0].stack_group_config["project_path"]) if given else Path()
    known: dict[str, Stack] = {}
    todo = list(given)
    while todo:
        stack = todo.pop()
        if stack.name not in known:
            known[stack.name] = stack
            todo += stack.dependencies
    files = {name: StackFile(root, stack) for name, stack in sorted(known.items())}
    checked = {stack.name for stack in given}
    return Project(root, tuple(f for f in files.values() if f.name in checked), files)


def environments(root: Path) -> list[str]:
    """Return the folders of config/ with stack files, except the account's."""
    return [name for name in groups(root) if name != BOOTSTRAP]


def groups(root: Path) -> list[str]:
    """Return the folders of config/ with stack files."""
    folders = (path for path in (root / "config").glob("*") if path.is_dir())
    return sorted(path.name for path in folders if any(path.glob("*.yaml")))


def _project(
    root: Path, stacks: Iterable[Stack], environment: str, unreadable: Iterable[Unreadable]
) -> Project:
    by_name = {stack.name: stack for stack in stacks}
    known = {name: StackFile(root, stack) for name, stack in sorted(by_name.items())}
    own = tuple(file for name, file in known.items() if name.startswith(f"{environment}/"))
    return Project(root, own, known, environment, tuple(unreadable))


def _by_file(root: Path, environment: str, context: SceptreContext, error: Exception) -> Project:
    reading = _Reading(root, context)
    reading.read(environment)
    if not reading.unreadable:
        # Each file can be read alone, but not all together.
        place = Source.read(root, f"config/{environment}/config.yaml")
        reading.add(Kind.CONFIG, Fault(place, "", str(error)))
    return _project(root, reading.stacks.values(), environment, reading.unreadable)


class _Reading:
    """Reads file by file, with ConfigReader's methods for one file."""

    def __init__(self, root: Path, context: SceptreContext) -> None:
        self.root = root
        self.stacks: dict[str, Stack] = {}
        self.unreadable: list[Unreadable] = []
        self._reader = ConfigReader(context)
        self._groups: dict[str, dict[str, Any] | None] = {}

    def read(self, environment: str) -> None:
        """Read the environment and its dependencies, then connect the stacks."""
        config = self.root / "config"
        todo = [
            path.relative_to(config).as_posix()
            for path in sorted((config / environment).rglob("*.yaml"))
            if not path.name.startswith("config.")
        ]
        seen = set(todo)
        while todo:
            file = todo.pop(0)
            stack = self._stack(file)
            for dependency in stack.dependencies if stack else []:
                if not (config / dependency).is_file():
                    self._missing(file, dependency)
                elif dependency not in seen:
                    seen.add(dependency)
                    todo.append(dependency)
        for stack in self.stacks.values():
            names = dict.fromkeys(sceptreise_path(one) for one in stack.dependencies)
            stack.dependencies = [self.stacks[one] for one in names if one in self.stacks]
        for cycle in _cycles(self.stacks.values()):
            self._cycle(cycle)

    def add(self, kind: Kind, fault: Fault) -> None:
        """Record a fault once."""
        if Unreadable(kind, fault) not in self.unreadable:
            self.unreadable.append(Unreadable(kind, fault))

    def _stack(self, file: str) -> Stack | None:
        folder = str(Path(file).parent.as_posix())
        group = self._group(folder)
        if group is None:
            return None
        try:
            stack = self._reader._construct_stack(file, group)
        except Exception as error:  # Errors of Sceptre, Jinja, YAML and tags.
            self._classify(file, error)
            return None
        self.stacks[file] = stack
        return stack

    def _group(self, folder: str) -> dict[str, Any] | None:
        if folder not in self._groups:
            self._groups[folder] = None
            parents = [parent.as_posix() for parent in reversed(Path(folder).parents)]
            for part in [*(one for one in parents if one != "."), folder]:
                try:
                    self._groups[folder] = self._reader._read(f"{part}/config.yaml")
                except Exception as error:  # As above.
                    self._classify(self._failing_group(part), error)
                    self._groups[folder] = None
                    break
        return self._groups[folder]

    def _failing_group(self, folder: str) -> str:
        try:
            self._reader._read("config.yaml")
        except Exception:  # As above.
            return "config.yaml"
        return f"{folder}/config.yaml"

    def _classify(self, file: str, error: Exception) -> None:
        source = Source.read(self.root, f"config/{file}")
        name = None if file.endswith("config.yaml") else file.removesuffix(".yaml")
        message = str(error).removeprefix(f"{file} - ").removeprefix(f"{name}: ")
        unknown = re.search(r"could not determine a constructor for the tag '(\S+)'", message)
        if unknown:
            line = source.line_of(unknown[1])
            fault = Fault(source, "", f"there is no tag {unknown[1]}", None, name, line)
            self.add(Kind.TAG, fault)
        elif isinstance(error, ARGUMENT_ERRORS) or message.startswith("!"):
            tag = message.split(maxsplit=1)[0]
            fault = Fault(source, "", message, None, name, source.line_of(tag))
            self.add(Kind.ARGUMENT, fault)
        elif lacking := re.match(r"Required attribute '(\w+)' not found", message):
            place = Source.read(self.root, "config/config.yaml")
            self.add(Kind.CONFIG, Fault(place, lacking[1], "is not set, and Sceptre needs it"))
        else:
            line = _line(source, error)
            self.add(Kind.CONFIG, Fault(source, "", _first_cause(error, message), None, name, line))

    def _missing(self, file: str, dependency: str) -> None:
        source = Source.read(self.root, f"config/{file}")
        name = file.removesuffix(".yaml")
        message = f"there is no config/{dependency}"
        stem = Path(dependency).name
        fault = Fault(source, "dependencies", message, None, name, source.line_of(stem))
        self.add(Kind.DEPENDENCY, fault)

    def _cycle(self, cycle: list[Stack]) -> None:
        source = Source.read(self.root, f"config/{cycle[0].name}.yaml")
        following = cycle[1 % len(cycle)]
        way = " -> ".join(stack.name for stack in [*cycle, cycle[0]])
        line = source.line_of(f"{Path(following.name).name}.yaml")
        message = f"wait for each other: {way}"
        fault = Fault(source, "dependencies", message, None, cycle[0].name, line)
        self.add(Kind.CYCLE, fault)


def _cycles(stacks: Iterable[Stack]) -> Iterator[list[Stack]]:
    """Return each cycle, beginning with its first stack by name."""
    done: set[str] = set()

    def visit(stack: Stack, way: list[Stack]) -> Iterator[list[Stack]]:
        if stack in way:
            cycle = way[way.index(stack) :]
            first = cycle.index(min(cycle, key=str))
            yield cycle[first:] + cycle[:first]
        elif stack.name not in done:
            for dependency in sorted(stack.dependencies, key=str):
                yield from visit(dependency, [*way, stack])
            done.add(stack.name)

    for stack in sorted(stacks, key=str):
        yield from visit(stack, [])


def _line(source: Source, error: Exception) -> int:
    """Return the line of an error of Jinja or YAML."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, TemplateSyntaxError):
        return int(cause.lineno)
    if isinstance(cause, yaml.MarkedYAMLError) and cause.problem_mark:
        return _line_of_mark(source, cause.problem_mark)
    frames = traceback.extract_tb(cause.__traceback__) if cause else []
    lines = [one.lineno for one in frames if one.filename.endswith(source.file)]
    return lines[-1] or 1 if lines else 1


def _line_of_mark(source: Source, mark: yaml.Mark) -> int:
    """Find YAML's line in the source, because Jinja moves lines."""
    rendered = (mark.buffer or "").rstrip("\0").splitlines()
    wanted = rendered[mark.line].strip() if mark.line < len(rendered) else ""
    lines = [line.strip() for line in source.text.splitlines()]
    if wanted and wanted in lines:
        return lines.index(wanted) + 1
    return min(int(mark.line) + 1, max(len(lines), 1))


def _first_cause(error: Exception, message: str) -> str:
    """Return the message of Jinja or YAML without the place."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, yaml.MarkedYAMLError):
        return f"is not valid YAML: {cause.problem or cause.context}"
    return message
