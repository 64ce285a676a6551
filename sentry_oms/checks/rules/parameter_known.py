"""OMS040: every parameter that config passes is one that the template takes."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope


def find(project: Project) -> Iterator[Fault]:
    """Parameters that CloudFormation refuses, since the template declares none of that name."""
    for file in project.stacks:
        declared = file.section("Parameters")
        for name in file.parameters if file.template else ():
            if name not in declared:
                close = get_close_matches(name, declared, n=1)
                known = ", ".join(declared) or "none"
                remedy = f"did you mean {close[0]}?" if close else f"it takes {known}"
                message = f"{file.template_source.file} takes no such parameter"
                yield file.fault(f"parameters.{name}", message, remedy)


RULE = Rule(
    code="OMS040",
    title="Every parameter is one that the template takes",
    cause="A parameter's name is misspelt, or the template no longer has it.",
    remedy="correct the name",
    scope=Scope.STACKS,
    find=find,
)
