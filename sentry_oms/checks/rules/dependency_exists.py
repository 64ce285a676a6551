"""OMS003: every stack file that a stack depends on exists."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import Kind


def find(project: Project) -> Iterator[Fault]:
    """Dependencies, by tag or by ``dependencies``, that lead to no file."""
    for kind, fault in project.unreadable:
        if kind is Kind.DEPENDENCY:
            yield fault


RULE = Rule(
    code="OMS003",
    title="Every stack file that is depended on exists",
    cause="A tag or `dependencies` names a stack file that is not in config/.",
    remedy="correct the path: it is relative to config/ and ends in .yaml",
    scope=Scope.ENVIRONMENT,
    find=find,
)
