"""OMS002: every YAML tag is one that is installed."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import Kind


def find(project: Project) -> Iterator[Fault]:
    """Tags that YAML has no constructor for."""
    for kind, fault in project.unreadable:
        if kind is Kind.TAG:
            yield fault


RULE = Rule(
    code="OMS002",
    title="Every tag is one that is installed",
    cause="A tag is misspelt, or its plugin is not installed. Sceptre ends with a traceback.",
    remedy="correct its name, or install what brings it; README lists the tags",
    scope=Scope.ENVIRONMENT,
    find=find,
)
