"""OMS031: every template is JSON or YAML with resources."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import Kind


def find(project: Project) -> Iterator[Fault]:
    """Templates for which this does not hold."""
    for file in project.stacks:
        unreadable = file.rendering.unreadable
        if unreadable and unreadable.kind is Kind.TEMPLATE_MALFORMED:
            yield unreadable.fault


RULE = Rule(
    code="OMS031",
    title="Every template can be read",
    cause=("A template is neither JSON nor YAML, or has no Resources."),
    remedy="correct the template",
    scope=Scope.STACKS,
    find=find,
)
