"""OMS004: no stack waits for itself, not by way of others either."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import Kind


def find(project: Project) -> Iterator[Fault]:
    """Each way round that leads back."""
    for kind, fault in project.unreadable:
        if kind is Kind.CYCLE:
            yield fault


RULE = Rule(
    code="OMS004",
    title="No stack waits for itself",
    cause="Stacks read each other's outputs in a circle, so that none of them can be first.",
    remedy="take one of these dependencies out",
    scope=Scope.ENVIRONMENT,
    find=find,
)
