"""OMS001: config can be read."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import Kind


def find(project: Project) -> Iterator[Fault]:
    """What Jinja, YAML or Sceptre refuse."""
    for kind, fault in project.unreadable:
        if kind is Kind.CONFIG:
            yield fault


RULE = Rule(
    code="OMS001",
    title="Config can be read",
    cause=(
        "Jinja, YAML or Sceptre refuses a file of config: a variable that is set nowhere, an "
        "indentation that is off, a required setting that is missing. Sceptre stops at the first "
        "such file, and does so on every command."
    ),
    remedy="correct the file",
    scope=Scope.ENVIRONMENT,
    find=find,
)
