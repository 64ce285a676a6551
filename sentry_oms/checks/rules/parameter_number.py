"""OMS045: a number is one, and within the template's bounds."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.parameter_values import Given, given_values
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope


def find(project: Project) -> Iterator[Fault]:
    """Values of number parameters that are none, or below MinValue, or above MaxValue."""
    for given in given_values(project):
        if given.declared.get("Type") in ("Number", "List<Number>"):
            for item in given.items:
                yield from _faults(given, item)


def _faults(given: Given, item: str) -> Iterator[Fault]:
    try:
        number = float(item)
    except ValueError:
        yield given.fault(f"'{item}' is no number")
        return
    least, most = given.declared.get("MinValue"), given.declared.get("MaxValue")
    if least is not None and number < float(least):
        yield given.fault(f"{item} is less than {least}")
    if most is not None and number > float(most):
        yield given.fault(f"{item} is more than {most}")


RULE = Rule(
    code="OMS045",
    title="A number is within its bounds",
    cause="A parameter of type Number has a value that is no number, or is out of bounds.",
    remedy="write a number within the bounds",
    scope=Scope.STACKS,
    find=find,
)
