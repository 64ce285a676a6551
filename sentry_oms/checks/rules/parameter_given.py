"""OMS041: every parameter without a default is given."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from sceptre.resolvers.no_value import NoValue

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.rules.setting_known import unknown


def find(project: Project) -> Iterator[Fault]:
    """Parameters that the template demands and config does not pass."""
    for file in project.stacks:
        if "parameters" in unknown(file).values():
            continue  # OMS005 tells it.
        declared = file.section("Parameters")
        misspelt = [name for name in file.parameters if name not in declared]
        for name, parameter in declared.items():
            is_given = not isinstance(file.parameters.get(name, NoValue()), NoValue)
            # One that is misspelt is told by OMS040.
            is_demanded = "Default" not in parameter and not get_close_matches(name, misspelt)
            if is_demanded and not is_given:
                message = f"{file.template_source.file} has no default for it"
                yield file.fault(f"parameters.{name}", message)


RULE = Rule(
    code="OMS041",
    title="Every parameter without a default is given",
    cause="The template demands a parameter that the stack file does not pass.",
    remedy="pass it",
    scope=Scope.STACKS,
    find=find,
)
