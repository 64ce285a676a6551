"""Rules about YAML tags: hooks stand where they run, arguments are valid, outputs exist."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from sceptre.exceptions import SceptreException
from sceptre.hooks import Hook
from sceptre.resolvers.stack_output import StackOutput

from sentry_oms.arguments import faults, tag_name
from sentry_oms.checks.rule import rule
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project
from sentry_oms.offline.stack_file import Kind
from sentry_oms.offline.values import computable

OPERATIONS = (
    "create",
    "update",
    "delete",
    "launch",
    "create_change_set",
    "execute_change_set",
    "validate",
    "diff",
    "drift_detect",
    "drift_show",
    "dump_config",
    "dump_template",
    "generate",
)
"""Source: https://docs.sceptre-project.org/latest/docs/hooks.html"""
POINTS = {f"{when}_{operation}" for when in ("before", "after") for operation in OPERATIONS}


@rule(
    "OMS020",
    cause="A point's name is misspelt. Sceptre ignores it silently, and its hooks never run.",
    remedy="use before_ or after_ and an operation, such as before_update",
    house=True,
)
def hook_point_known(project: Project) -> Iterator[Fault]:
    """Every hook is at a point that Sceptre has."""
    for file in project.stacks:
        hooks = file.stack.hooks
        for point in hooks if isinstance(hooks, dict) else ():
            if point not in POINTS:
                close = get_close_matches(str(point), POINTS, n=1)
                remedy = f"did you mean {close[0]}?" if close else None
                yield file.fault(f"hooks.{point}", "is not a point of Sceptre's", remedy)


@rule(
    "OMS021",
    cause="A hook lacks the hyphen of a list, or the list holds a plain text or a resolver. "
    "Sceptre skips it silently, and the hook never runs.",
    remedy="write each hook as `- !name argument`",
    house=True,
)
def hooks_listed(project: Project) -> Iterator[Fault]:
    """Each point has a list of hooks."""
    for file in project.stacks:
        hooks = file.stack.hooks
        if not isinstance(hooks, dict):
            yield file.fault("hooks", "must have points, such as before_update, as its keys")
            continue
        for point, listed in hooks.items():
            if not isinstance(listed, list):
                yield file.fault(f"hooks.{point}", "must be a list")
                continue
            for position, item in enumerate(listed):
                if not isinstance(item, Hook):
                    yield file.fault(f"hooks.{point}.{position}", f"'{item}' is not a hook")


@rule(
    "OMS022",
    cause="A field of a tag's argument is missing, misspelt, or has an invalid value.",
    remedy="see the tag's page in docs/RESOLVERS.md or docs/HOOKS.md",
)
def tag_argument(project: Project) -> Iterator[Fault]:
    """Every tag's argument is valid."""
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


@rule(
    "OMS023",
    cause="`!stack_output` names an output that the target's template does not have. A launch "
    "would fail at this stack, after it has changed those before.",
    remedy="correct the name",
)
def output_exists(project: Project) -> Iterator[Fault]:
    """Every output that a tag reads exists."""
    for file in project.stacks:
        for place, tag in file.tags:
            target = project.target(tag) if isinstance(tag, StackOutput) else None
            is_known = target and target.template and target.is_launched and not target.is_expanded
            if target and is_known and tag.output_key not in target.section("Outputs"):
                has = ", ".join(sorted(target.section("Outputs"))) or "none"
                message = f"{target.name}.yaml has no output '{tag.output_key}'"
                yield file.fault(place, message, f"it has {has}")


@rule(
    "OMS024",
    cause="A pattern of `!sqs_queue_names` matches no queue, its names are more than a parameter "
    "holds, or the target's user data holds tags.",
    remedy="see the tag's page in docs/RESOLVERS.md",
)
def tag_computable(project: Project) -> Iterator[Fault]:
    """Every value that a tag computes from config can be computed."""
    for file in project.stacks:
        for place, tag in file.tags:
            if computable(tag, project.known):
                try:
                    tag.resolve()
                except SceptreException as refusal:
                    message = str(refusal).removeprefix(f"{file.name}: ")
                    message = message.removeprefix(f"{tag_name(tag)} ")
                    yield file.fault(place, f"{tag_name(tag)}: {message}")


@rule(
    "OMS094",
    cause="A hook names a resource that the stack's template does not have. The hook fails when "
    "the stack is deleted, after other stacks are gone.",
    remedy="correct the logical ID",
    house=True,
)
def hook_resource_exists(project: Project) -> Iterator[Fault]:
    """Every resource that a hook names is in the template."""
    for tag in project.tags:
        name, resources = tag.argument.get("resource"), tag.file.section("Resources")
        is_known = tag.file.template and not tag.file.is_expanded
        if isinstance(name, str) and is_known and name not in resources:
            message = f"{tag.name}: {tag.file.template_source.file} has no resource '{name}'"
            yield tag.file.fault(f"{tag.place}.resource", message)
