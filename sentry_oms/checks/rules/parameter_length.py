"""OMS044: a value is as long as the template asks."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.parameter_values import given_values
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope


def find(project: Project) -> Iterator[Fault]:
    """Values shorter than MinLength or longer than MaxLength."""
    for given in given_values(project):
        length = len(given.whole)
        shortest, longest = given.declared.get("MinLength"), given.declared.get("MaxLength")
        if shortest is not None and length < int(shortest):
            yield given.fault(f"has {length} characters, and needs {shortest}")
        if longest is not None and length > int(longest):
            yield given.fault(f"has {length} characters, and may have {longest}")


RULE = Rule(
    code="OMS044",
    title="A value is as long as the template asks",
    cause="The value is shorter than the parameter's MinLength, or longer than its MaxLength.",
    remedy="write a value of that length",
    scope=Scope.STACKS,
    find=find,
)
