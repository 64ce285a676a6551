"""OMS032: every template can be rendered."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import Kind


def find(project: Project) -> Iterator[Fault]:
    """Templates for which this does not hold."""
    for file in project.stacks:
        unreadable = file.rendering.unreadable
        if unreadable and unreadable.kind is Kind.TEMPLATE_REFUSED:
            yield unreadable.fault


RULE = Rule(
    code="OMS032",
    title="Every template can be rendered",
    cause=(
        "A template in Python or Jinja refuses its `sceptre_user_data`: an exchange that is no "
        "name, a queue that is listed twice, a field that is misspelt."
    ),
    remedy="correct sceptre_user_data, or the setting in config.yaml that it comes from",
    scope=Scope.STACKS,
    find=find,
)
