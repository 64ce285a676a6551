"""OMS042: a value is one of those that the template allows."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.parameter_values import given_values
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope


def find(project: Project) -> Iterator[Fault]:
    """Values that are not among AllowedValues."""
    for given in given_values(project):
        allowed = [_text(value) for value in given.declared.get("AllowedValues", [])]
        for item in given.items if allowed else ():
            if item not in allowed:
                choices = ", ".join(value or "nothing" for value in allowed)
                yield given.fault(f"'{item}' is not allowed", f"use one of {choices}")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


RULE = Rule(
    code="OMS042",
    title="A value is one of those allowed",
    cause="The template lists the values that a parameter may have, and this is none of them.",
    remedy="use one of those allowed",
    scope=Scope.STACKS,
    find=find,
)
