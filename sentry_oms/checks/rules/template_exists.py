"""OMS030: every stack's template exists."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import Kind


def find(project: Project) -> Iterator[Fault]:
    """Templates for which this does not hold."""
    for file in project.stacks:
        unreadable = file.rendering.unreadable
        if unreadable and unreadable.kind is Kind.TEMPLATE_MISSING:
            yield unreadable.fault


RULE = Rule(
    code="OMS030",
    title="Every stack's template exists",
    cause=("`template.path` names a file that is not there."),
    remedy="correct the path: it is relative to templates/",
    scope=Scope.STACKS,
    find=find,
)
