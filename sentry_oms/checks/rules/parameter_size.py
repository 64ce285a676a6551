"""OMS046: a value is no larger than a parameter holds.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.parameter_values import given_values
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope

LIMIT = 4096
"""Bytes of a parameter's value; the items of a list are sent with commas between them."""


def find(project: Project) -> Iterator[Fault]:
    """Values of more bytes than that."""
    for given in given_values(project):
        size = len(given.whole.encode())
        if size > LIMIT:
            message = f"is {size:,} bytes, and a parameter holds {LIMIT:,}"
            yield given.file.fault(f"parameters.{given.name}", message)


RULE = Rule(
    code="OMS046",
    title="A value fits into a parameter",
    cause="CloudFormation takes 4,096 bytes as a parameter's value, and this is more.",
    remedy="pass less, or split it over several parameters",
    scope=Scope.STACKS,
    find=find,
)
