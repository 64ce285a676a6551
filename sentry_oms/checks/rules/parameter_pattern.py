"""OMS043: a value matches the template's pattern, as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentry_oms.checks.parameter_values import given_values
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope


def find(project: Project) -> Iterator[Fault]:
    """Values, and items of lists, that AllowedPattern does not match."""
    for given in given_values(project):
        pattern = given.declared.get("AllowedPattern")
        for item in given.items if pattern else ():
            if not _matches(str(pattern), item):
                yield given.fault(f"'{item}' does not match {pattern}")


def _matches(pattern: str, item: str) -> bool:
    try:
        return re.fullmatch(pattern, item) is not None
    except re.error:
        return True  # Java's patterns are not all Python's.


RULE = Rule(
    code="OMS043",
    title="A value matches the template's pattern",
    cause=(
        "The template gives a pattern for the parameter, and the value does not match it. "
        "CloudFormation would refuse the stack, after those before it were changed."
    ),
    remedy="write it as the pattern asks",
    scope=Scope.STACKS,
    find=find,
)
