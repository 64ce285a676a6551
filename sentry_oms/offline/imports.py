"""Imports of exports between stacks, as far as their names are known offline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sentry_oms.offline.project import Project
from sentry_oms.offline.stack_file import StackFile


def named(
    project: Project, file: StackFile, *, all_branches: bool = False
) -> Iterator[tuple[str, Any, str]]:
    """Yield each import whose name is known offline: its place, its expression and the name."""
    evaluator = project.values.evaluator(file)
    for place, expression in evaluator.imports(all_branches=all_branches):
        name = evaluator.value(expression)
        if isinstance(name, str):
            yield place, expression, name


def unnamed(project: Project, file: StackFile) -> Iterator[Any]:
    """Yield each import that config passes an unknown name, so that it may be of any output."""
    evaluator = project.values.evaluator(file)
    for _, expression in evaluator.imports(all_branches=False):
        if not isinstance(evaluator.value(expression), str):
            yield expression


def exporter(project: Project, name: str) -> StackFile | None:
    """Return the stack that exports the name."""
    exports = project.values.exports
    return next((file for file in project.known.values() if name in exports(file)), None)


def owner_of(project: Project, name: str) -> StackFile | None:
    """Return the stack whose name the name of an export, ``<stack>-<output>``, begins with."""
    owners = [f for f in project.known.values() if name.startswith(f"{f.stack.external_name}-")]
    return max(owners, key=lambda file: len(str(file.stack.external_name)), default=None)


def parameter_of(file: StackFile, expression: Any) -> str | None:
    """Return the parameter that config passes and that the name of an import begins with."""
    names = re.findall(r"(?:\$\{|'Ref': ')(\w+)", str(expression))
    return next((name for name in names if name in file.parameters), None)
