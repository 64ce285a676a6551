"""OMS022: every tag's argument is what the tag takes."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.arguments import faults, tag_name
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import Kind


def find(project: Project) -> Iterator[Fault]:
    """What a tag's model refuses, once a stack, on however many points the tag stands."""
    for kind, fault in project.unreadable:
        if kind is Kind.ARGUMENT:
            yield fault
    for file in project.stacks:
        seen: set[tuple[str, str, str]] = set()
        for place, tag in file.tags:
            for field, message in faults(tag):
                fault_key = (repr(tag), field, message)
                if fault_key not in seen:
                    seen.add(fault_key)
                    below = f"{place}.{field}" if field else place
                    yield file.fault(below, f"{tag_name(tag)}: {message}")


RULE = Rule(
    code="OMS022",
    title="Every tag's argument is what the tag takes",
    cause="A field of a tag's argument is missing, misspelt, or has a value that the tag refuses.",
    remedy="see the tag's page in docs/RESOLVERS.md or docs/HOOKS.md",
    scope=Scope.STACKS,
    find=find,
)
