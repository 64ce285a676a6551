"""OMS010: every stack has a name of its own that CloudFormation takes.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.rules.setting_known import unknown

NAME = re.compile(r"[A-Za-z][-A-Za-z0-9]{0,127}")


def find(project: Project) -> Iterator[Fault]:
    """A ``stack_name`` that is missing, or that CloudFormation refuses."""
    for file in project.stacks:
        name = file.stack.config.get("stack_name")
        if not name and "stack_name" in unknown(file).values():
            continue  # OMS005 tells it.
        if not name:
            message = f"is missing: Sceptre would call the stack {file.stack.external_name}"
            yield file.fault("stack_name", message, "set it")
        elif not isinstance(name, str) or not NAME.fullmatch(name):
            yield file.fault("stack_name", f"CloudFormation refuses '{name}'")


RULE = Rule(
    code="OMS010",
    title="Every stack has a name that CloudFormation takes",
    cause=(
        "`stack_name` is missing, or has other characters than letters, digits and hyphens, or "
        "more than 128. Without it, Sceptre makes a name of the path, and a second stack of it."
    ),
    remedy="use letters, digits and hyphens, a letter first, at most 128 in all",
    scope=Scope.STACKS,
    find=find,
)
