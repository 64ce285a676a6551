"""Rules about what stacks give each other: outputs, exports, imports, keys of mappings."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from sceptre.resolvers.stack_output import StackOutput

from sentry_oms.checks.rule import Phase, rule
from sentry_oms.cloudformation.lookups import missing_keys
from sentry_oms.offline import imports
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project
from sentry_oms.offline.stack_file import StackFile


@rule(
    "OMS033",
    cause="`Fn::ImportValue` names an export that no stack of the project has: the output is "
    "misspelt or has no Export, or the parameter with the stack's name is wrong. Names that only "
    "AWS knows pass.",
    remedy="pass the stack's name with !stack_output dev/<stack>.yaml::StackName",
    phase=Phase.BETWEEN,
    house=True,
)
def import_resolves(project: Project) -> Iterator[Fault]:
    """Every import is exported.

    Source:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-importvalue.html
    """
    for file in project.stacks:
        seen: set[str] = set()
        for place, expression, name in imports.named(project, file):
            owner = imports.owner_of(project, name)
            # A wrong stack name is reported once, and not for each of its outputs.
            parameter = None if owner else imports.parameter_of(file, expression)
            cause = parameter or name
            if cause in seen or imports.exporter(project, name):
                continue
            seen.add(cause)
            if owner is None:
                message = f"{name} is imported, and no stack of that name is known here"
                blame = file.fault if parameter else file.template_fault
                yield blame(f"parameters.{parameter}" if parameter else place, message)
            elif owner.template and not owner.is_expanded:
                has = ", ".join(sorted(project.values.exports(owner))) or "nothing"
                message = f"imports {name}, which {owner.name}.yaml does not export"
                yield file.template_fault(place, message, f"it exports {has}")


@rule(
    "OMS034",
    cause="The name of the exporting stack is written out, so that Sceptre knows of no dependency. "
    "A launch may create the importing stack first, and then fails.",
    remedy="pass the stack's name with !stack_output",
    phase=Phase.BETWEEN,
    house=True,
)
def import_upstream(project: Project) -> Iterator[Fault]:
    """A stack depends on the stacks that it imports from."""
    for file in project.stacks:
        upstream = project.upstream(file)
        told: set[str] = set()
        for _, expression, name in imports.named(project, file):
            owner = imports.exporter(project, name)
            if owner and owner.name not in upstream | told:
                told.add(owner.name)
                parameter = imports.parameter_of(file, expression)
                field = f"parameters.{parameter}" if parameter else "dependencies"
                message = f"imports {name}, and nothing makes this stack wait for {owner.name}"
                remedy = f"pass the name with !stack_output {owner.name}.yaml::StackName"
                yield file.fault(field, message, remedy)


PUBLIC = "Sentry::PublicOutputs"
"""In a template's Metadata: its outputs for people and scripts, by name or shell pattern."""


@rule(
    "OMS035",
    cause="No stack reads the output, by `!stack_output` or by import. It is left over, or the "
    "stack that should read it does not. An unused export locks its resource as soon as a "
    "stack imports it.",
    remedy=f"remove it, or list it under {PUBLIC} in the template's Metadata if people read it",
    phase=Phase.WIRING,
)
def output_read(project: Project) -> Iterator[Fault]:
    """Every output is read, or public."""
    if any(True for file in project.known.values() for _ in imports.unnamed(project, file)):
        return
    # By template, since an output of one that several stacks share needs one reader.
    read = {
        (project.known[name].template_source.file, key)
        for file in project.known.values()
        for name, key in _reads(project, file)
        if name in project.known
    }
    for file in project.stacks:
        for key in file.section("Outputs"):
            place = (file.template_source.file, key)
            is_public = any(fnmatchcase(key, pattern) for pattern in _public_outputs(file))
            if place not in read and not is_public:
                yield file.template_fault(f"Outputs.{key}", "is read by no stack")


@rule(
    "OMS036",
    cause="An output was renamed or removed, and the list of public outputs was not changed.",
    remedy="correct the list",
    house=True,
)
def public_output_exists(project: Project) -> Iterator[Fault]:
    """Every public output exists."""
    for file in project.stacks:
        if not isinstance(file.section("Metadata").get(PUBLIC, []), list):
            yield file.template_fault(f"Metadata.{PUBLIC}", "must be a list")
        for pattern in _public_outputs(file):
            if not any(fnmatchcase(key, pattern) for key in file.section("Outputs")):
                message = f"'{pattern}' matches no output of the template"
                yield file.template_fault(f"Metadata.{PUBLIC}.{pattern}", message)


@rule(
    "OMS037",
    cause="`Fn::FindInMap` asks for an environment, or for a value, that the mapping does not "
    "have. CloudFormation refuses the template. cfn-lint checks literal keys only.",
    remedy="add the key to the mapping, or correct it",
)
def map_key_exists(project: Project) -> Iterator[Fault]:
    """Every key that a template looks up is in the mapping."""
    for file in project.stacks:
        evaluator = project.values.evaluator(file)
        told = set()
        for section in ("Resources", "Outputs"):
            for name, part in file.section(section).items():
                if not evaluator.creates(part):
                    continue  # CloudFormation looks up nothing there.
                for path in missing_keys(part, evaluator, file.section("Mappings")):
                    if path not in told:
                        told.add(path)
                        message = f"'{path}' is looked up and not in Mappings"
                        yield file.template_fault(f"{section}.{name}", message)


@rule(
    "OMS038",
    cause="Two outputs export one name. CloudFormation refuses the second.",
    remedy="begin the name with ${AWS::StackName}, and end it with the output's",
    phase=Phase.BETWEEN,
)
def export_unique(project: Project) -> Iterator[Fault]:
    """No two outputs export one name."""
    owners: dict[tuple[Any, ...], str] = {}
    for file in project.sound:
        evaluator = project.values.evaluator(file)
        for key, output in file.section("Outputs").items():
            export = output.get("Export")
            name = evaluator.value(export.get("Name")) if isinstance(export, dict) else None
            if not isinstance(name, str) or not evaluator.creates(output):
                continue
            place = (name, file.stack.region, file.account)
            owner = owners.setdefault(place, f"{file.name}: {key}")
            if owner != f"{file.name}: {key}" and file in project.stacks:
                yield file.template_fault(f"Outputs.{key}.Export", f"{name} is {owner}'s too")


def _public_outputs(file: StackFile) -> list[str]:
    declared = file.section("Metadata").get(PUBLIC, [])
    return [str(one) for one in declared] if isinstance(declared, list) else []


def _reads(project: Project, file: StackFile) -> Iterator[tuple[str, str]]:
    """Yield each stack and output that a stack reads, by tag or by import."""
    for _, tag in file.tags:
        if isinstance(tag, StackOutput):
            yield tag.dependency_stack_name.removesuffix(".yaml"), tag.output_key
    for _, _, name in imports.named(project, file, all_branches=True):
        owner = imports.exporter(project, name)
        if owner:
            yield owner.name, project.values.exports(owner)[name]
