"""OMS038: no two outputs export one name.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.rules.environment_named import is_misnamed


def find(project: Project) -> Iterator[Fault]:
    """Exports whose name another output of the region has, in this stack or before it."""
    owners: dict[tuple[str, str], str] = {}
    if any(map(is_misnamed, project.known.values())):
        return  # OMS008 tells why all of them are another environment's.
    names = [file.stack.external_name for file in project.known.values()]
    for file in project.known.values():
        if names.count(file.stack.external_name) > 1:
            continue  # OMS011 tells of two stacks of one name.
        evaluator = project.values.evaluator(file)
        for key, output in file.section("Outputs").items():
            export = output.get("Export")
            if (
                not isinstance(export, dict)
                or evaluator.holds(output.get("Condition", "")) is False
            ):
                continue
            name = evaluator.value(export.get("Name"))
            if not isinstance(name, str):
                continue
            owner = owners.setdefault((file.stack.region, name), f"{file.name}: {key}")
            if owner != f"{file.name}: {key}" and file in project.stacks:
                yield file.template_fault(f"Outputs.{key}.Export", f"{name} is {owner}'s too")


RULE = Rule(
    code="OMS038",
    title="No two outputs export one name",
    cause=(
        "Two outputs, of one stack or of two, export one name. CloudFormation refuses the second, "
        "and whoever imports the name gets what the first has."
    ),
    remedy="begin the name with ${AWS::StackName}, and end it with the output's",
    scope=Scope.STACKS,
    find=find,
)
