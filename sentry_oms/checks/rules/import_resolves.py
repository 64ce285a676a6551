"""OMS033: every import of a template is an export of a stack of the project.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-importvalue.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import StackFile


def find(project: Project) -> Iterator[Fault]:
    """Imports whose name is known offline, and which no stack exports."""
    for file in project.stacks:
        seen: set[str] = set()
        for place, expression, name in named_imports(project, file):
            owner = owner_of(project, name)
            # A wrong name of a stack is told once, and not for each of its outputs.
            cause = name if owner else parameter_of(file, expression) or name
            if cause in seen or exporter(project, name):
                continue
            seen.add(cause)
            if owner is None:
                yield _nobodys(file, place, expression, name)
            elif owner.template:
                has = ", ".join(sorted(project.values.exports(owner))) or "nothing"
                message = f"imports {name}, which {owner.name}.yaml does not export"
                yield file.template_fault(place, message, f"it exports {has}")


def named_imports(
    project: Project, file: StackFile, *, all_branches: bool = False
) -> Iterator[tuple[str, Any, str]]:
    """Each import whose name is known offline: its place, its expression and the name."""
    evaluator = project.values.evaluator(file)
    for place, expression in evaluator.imports(all_branches=all_branches):
        name = evaluator.value(expression)
        if isinstance(name, str):
            yield place, expression, name


def exporter(project: Project, name: str) -> StackFile | None:
    """The stack that exports the name."""
    exports = project.values.exports
    return next((file for file in project.known.values() if name in exports(file)), None)


def owner_of(project: Project, name: str) -> StackFile | None:
    """The stack that the name, as ``<stack>-<output>``, is meant to be of."""
    owners = [f for f in project.known.values() if name.startswith(f"{f.stack.external_name}-")]
    return max(owners, key=lambda file: len(str(file.stack.external_name)), default=None)


def parameter_of(file: StackFile, expression: Any) -> str | None:
    """The parameter that config passes and that the name of an import begins with."""
    names = re.findall(r"(?:\$\{|'Ref': ')(\w+)", str(expression))
    return next((name for name in names if name in file.parameters), None)


def _nobodys(file: StackFile, place: str, expression: Any, name: str) -> Fault:
    message = f"{name} is imported, and no stack of that name is known here"
    parameter = parameter_of(file, expression)
    if parameter is None:
        return file.template_fault(place, message)
    return file.fault(f"parameters.{parameter}", message)


RULE = Rule(
    code="OMS033",
    title="Every import is exported",
    cause=(
        "`Fn::ImportValue` names an export that no stack of the project has: the output is "
        "misspelt, has no Export, or the parameter with the stack's name is wrong. Names are "
        "worked out from config; those that only AWS knows pass."
    ),
    remedy="pass the stack's name with !stack_output dev/<stack>.yaml::StackName",
    scope=Scope.STACKS,
    find=find,
)
