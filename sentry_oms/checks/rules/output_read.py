"""OMS035: every output is read by somebody, or public.

A template lists those for people and scripts in its Metadata, under ``Sentry::PublicOutputs``, by
name or shell pattern.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from sceptre.resolvers.stack_output import StackOutput

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.rules.environment_named import is_misnamed
from sentry_oms.checks.rules.import_resolves import exporter, named_imports, owner_of
from sentry_oms.checks.rules.output_exists import misread
from sentry_oms.checks.stack_file import StackFile

PUBLIC = "Sentry::PublicOutputs"


def find(project: Project) -> Iterator[Fault]:
    """Outputs of the environment that nothing in it reads and nobody declared public."""
    everything = project.known.values()
    if project.unreadable or any(file.rendering.unreadable for file in everything):
        return  # Whoever reads them may be in what could not be read.
    if any(map(is_misnamed, everything)):
        return  # OMS008 tells why all of them are another environment's.
    # By template, since one that several stacks share is read if one of them is.
    read = {
        (project.known[name].template_source.file, key)
        for file in everything
        for name, key in _reads(project, file)
        if name in project.known
    }
    blurred = {name for file in everything for name in _misread(project, file)}
    told: set[tuple[str, str]] = set()
    for file in project.stacks:
        if file.name in blurred:
            continue  # Somebody misspelt what it reads of this one.
        for key in file.section("Outputs"):
            place = (file.template_source.file, key)
            is_public = any(fnmatchcase(key, pattern) for pattern in public_outputs(file))
            if place not in read | told and not is_public:
                told.add(place)
                yield file.template_fault(f"Outputs.{key}", "is read by no stack")


def public_outputs(file: StackFile) -> list[str]:
    """The names and patterns that the template declares public."""
    declared = file.section("Metadata").get(PUBLIC, [])
    return [str(one) for one in declared] if isinstance(declared, list) else []


def _reads(project: Project, file: StackFile) -> Iterator[tuple[str, str]]:
    for _, tag in file.tags:
        if isinstance(tag, StackOutput):
            yield tag.dependency_stack_name.removesuffix(".yaml"), tag.output_key
    for _, _, name in named_imports(project, file, all_branches=True):
        owner = exporter(project, name)
        if owner:
            yield owner.name, project.values.exports(owner)[name]


def _misread(project: Project, file: StackFile) -> Iterator[str]:
    for _, _, target in misread(project, file):
        yield target.name
    for _, _, name in named_imports(project, file):
        owner = owner_of(project, name)
        if owner and not exporter(project, name):
            yield owner.name


RULE = Rule(
    code="OMS035",
    title="Every output is read, or public",
    cause=(
        "No stack reads the output, by `!stack_output` or by import. It is left over from "
        "something that is gone, or the stack that should read it does not. An export that nobody "
        "imports today locks its resource once somebody does."
    ),
    remedy=f"take it out, or list it under {PUBLIC} in the template's Metadata if people read it",
    scope=Scope.ENVIRONMENT,
    find=find,
)
