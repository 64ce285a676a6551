"""OMS023: every output that ``!stack_output`` reads is one that the target has."""

from __future__ import annotations

from collections.abc import Iterator

from sceptre.resolvers.stack_output import StackOutput

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import StackFile


def find(project: Project) -> Iterator[Fault]:
    """Outputs that the target's template lacks."""
    for file in project.stacks:
        for place, tag, target in misread(project, file):
            has = ", ".join(sorted(target.section("Outputs"))) or "none"
            yield file.fault(
                place, f"{target.name}.yaml has no output '{tag.output_key}'", f"it has {has}"
            )


def misread(project: Project, file: StackFile) -> Iterator[tuple[str, StackOutput, StackFile]]:
    """Each ``!stack_output`` of a stack that reads what its target lacks."""
    for place, tag in file.tags:
        if isinstance(tag, StackOutput):
            target = project.known.get(tag.dependency_stack_name.removesuffix(".yaml"))
            if target and target.template and tag.output_key not in target.section("Outputs"):
                yield place, tag, target


RULE = Rule(
    code="OMS023",
    title="Every output that is read exists",
    cause=(
        "`!stack_output` names an output that the target's template does not have. A launch would "
        "find out when it reaches the stack, after it has changed those before."
    ),
    remedy="correct the name",
    scope=Scope.STACKS,
    find=find,
)
