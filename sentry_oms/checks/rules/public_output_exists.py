"""OMS036: what a template declares public is an output of it."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.rules.output_read import PUBLIC, public_outputs


def find(project: Project) -> Iterator[Fault]:
    """Names and patterns of the list that fit no output."""
    for file in project.stacks:
        if not isinstance(file.section("Metadata").get(PUBLIC, []), list):
            yield file.template_fault(f"Metadata.{PUBLIC}", "must be a list")
        for pattern in public_outputs(file):
            if not any(fnmatchcase(key, pattern) for key in file.section("Outputs")):
                message = f"'{pattern}' fits no output of the template"
                yield file.template_fault(f"Metadata.{PUBLIC}.{pattern}", message)


RULE = Rule(
    code="OMS036",
    title="What is declared public exists",
    cause="An output was renamed or taken out, and the list of public outputs was not.",
    remedy="correct the list",
    scope=Scope.STACKS,
    find=find,
)
