"""OMS034: a stack waits for the stacks that it imports from."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.rules.import_resolves import exporter, named_imports, parameter_of


def find(project: Project) -> Iterator[Fault]:
    """Imports from a stack that is not upstream, once for each such stack."""
    for file in project.stacks:
        upstream = project.upstream(file)
        told: set[str] = set()
        for _, expression, name in named_imports(project, file):
            owner = exporter(project, name)
            if owner and owner.name not in upstream | told:
                told.add(owner.name)
                parameter = parameter_of(file, expression)
                field = f"parameters.{parameter}" if parameter else "dependencies"
                message = f"{name} is imported, and nothing makes this stack wait for {owner.name}"
                remedy = f"pass the name with !stack_output {owner.name}.yaml::StackName"
                yield file.fault(field, message, remedy)


RULE = Rule(
    code="OMS034",
    title="A stack waits for what it imports from",
    cause=(
        "The name of the exporting stack is written out, so that Sceptre knows of no dependency. "
        "A launch may create the importing stack first, and then fails."
    ),
    remedy="pass the stack's name with !stack_output",
    scope=Scope.STACKS,
    find=find,
)
