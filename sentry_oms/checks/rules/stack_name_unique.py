"""OMS011: no two stacks of an account and a region share a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.rules.environment_named import is_misnamed
from sentry_oms.checks.stack_file import StackFile


def find(project: Project) -> Iterator[Fault]:
    """The second stack of a name, and each after it."""
    first: dict[Any, StackFile] = {}
    checked = {file.name for file in project.stacks}
    for file in project.known.values():
        if is_misnamed(file):
            continue  # OMS008 tells it.
        stack = file.stack
        key = (stack.external_name, stack.region, stack.profile, repr(stack._sceptre_role))
        holder = first.setdefault(key, file)
        if holder is not file and checked & {file.name, holder.name}:
            message = f"{stack.external_name} is the name of {holder.name}.yaml too"
            yield file.fault("stack_name", message)


RULE = Rule(
    code="OMS011",
    title="No two stacks share a name",
    cause=(
        "A stack file was copied and its `stack_name` not changed. Both would be one stack on AWS: "
        "each launch would replace all that the other one made."
    ),
    remedy="give each its own",
    scope=Scope.STACKS,
    find=find,
)
