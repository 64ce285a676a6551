"""A stack's parameters as a launch would pass them, as far as that is known now.

The tags are asked, as in a launch. What depends on a stack that does not exist yet, or on an output
that the launch may change, is *known after* that stack; nothing is ever made up for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sceptre.helpers import normalise_path, sceptreise_path
from sceptre.hooks import Hook
from sceptre.resolvers import CustomYamlTagBase, Resolver
from sceptre.resolvers.stack_output import StackOutput

from resolvers.ecr_repository_uri import RepositoryNotFound
from sentry_oms.arguments import tag_name
from sentry_oms.aws.differences import normal
from sentry_oms.aws.view import Description, parameters_of
from sentry_oms.cloudformation.no_echo import MASKED, is_no_echo
from sentry_oms.cloudformation.templates import Template
from sentry_oms.offline.stack_file import walk_tags
from sentry_oms.plan.change import Action, Kind, ParameterChange, StackPlan


@dataclass(frozen=True)
class KnownAfter:
    """A value that only the launch will know."""

    what: str
    """The stack, or the hook, after which it is known."""


Value = str | KnownAfter


@dataclass(frozen=True)
class Planned:
    """What is known of a stack that was planned, for those that read from it."""

    plan: StackPlan
    uncertain: frozenset[str] = frozenset()
    """The outputs that the launch may change."""

    def changes_output(self, key: str) -> bool:
        """Whether the output's value of now is not to be relied on."""
        return self.plan.kind in (Kind.NEW, Kind.FAILED) or key in self.uncertain

    def changes_identities(self) -> bool:
        """Whether what a tag finds by name may be another one after the launch."""
        return self.plan.kind in (Kind.NEW, Kind.FAILED) or any(
            one.action is not Action.MODIFY for one in self.plan.resources
        )


def resolved(stack: Any, earlier: Mapping[str, Planned]) -> dict[str, Value]:
    """The parameters that a launch would pass.

    Args:
        stack: a ``sceptre.stack.Stack``.
        earlier: the stacks planned before it, by name.

    Raises:
        Exception: what a tag raises; it would stop the launch as well.
    """
    found: dict[str, Value] = {}
    for name, raw in stack._parameters.items():
        value = _value(stack, raw, earlier)
        if value is not None:
            found[name] = value
    return found


def known_later(value: Any, earlier: Mapping[str, Planned]) -> str | None:
    """The stack that must be launched before the tags in a value can be resolved for good."""
    for _, tag in walk_tags(value):
        if isinstance(tag, StackOutput):
            target = _name(tag.dependency_stack_name)
            if target in earlier and earlier[target].changes_output(tag.output_key):
                return target
        elif isinstance(tag, Resolver) and not getattr(tag, "offline", False):
            argument = tag._argument
            path = argument.get("stack") if isinstance(argument, dict) else None
            target = _name(path) if isinstance(path, str) else ""
            if target in earlier and earlier[target].changes_identities():
                return target
    return None


def changes(
    values: Mapping[str, Value], description: Description | None, template: Template
) -> tuple[ParameterChange, ...]:
    """The parameters that differ from those deployed, or may.

    Args:
        values: what a launch would pass.
        description: the stack as AWS has it, where it exists.
        template: as it would be sent.
    """
    declared = template.get("Parameters") or {}
    deployed = parameters_of(description or {})
    return tuple(
        change
        for name in dict.fromkeys([*declared, *deployed])
        for change in _change(name, declared, values, deployed)
    )


def hidden_differences(values: Mapping[str, Value], template: Template) -> bool:
    """Whether only CloudFormation can say if a parameter's value differs: NoEcho, or from SSM."""
    declared = template.get("Parameters") or {}
    return any(
        is_no_echo(declared.get(name, {})) and not isinstance(value, KnownAfter)
        for name, value in values.items()
    ) or any(
        str(one.get("Type", "")).startswith("AWS::SSM::Parameter::Value")
        for one in declared.values()
    )


def for_change_set(
    values: Mapping[str, Value], description: Description
) -> tuple[list[dict[str, Any]], str | None]:
    """``Parameters`` of CreateChangeSet, and the parameter for which there is no value at all.

    What is known later keeps its previous value.
    """
    deployed = parameters_of(description)
    sent: list[dict[str, Any]] = []
    for name, value in values.items():
        if not isinstance(value, KnownAfter):
            sent.append({"ParameterKey": name, "ParameterValue": value})
        elif name in deployed:
            sent.append({"ParameterKey": name, "UsePreviousValue": True})
        else:
            return [], name
    return sent, None


def _change(
    name: str,
    declared: Mapping[str, Any],
    values: Mapping[str, Value],
    deployed: Mapping[str, str],
) -> Iterator[ParameterChange]:
    described = declared.get(name, {})
    mask: Callable[[str | None], str | None] = (
        (lambda value: value if value is None else MASKED) if is_no_echo(described) else lambda v: v
    )
    old = deployed.get(name)
    if name not in declared:
        yield ParameterChange(name=name, old=old, new=None)
        return
    new = values.get(name)
    if new is None and "Default" in described:
        new = str(described["Default"])
    if isinstance(new, KnownAfter):
        yield ParameterChange(name=name, old=mask(old), new=None, known_after=new.what)
    elif is_no_echo(described):
        if name in values or old is None:
            yield ParameterChange(name=name, old=mask(old), new=mask(new))
    elif normal(new, described) != normal(old, described):
        yield ParameterChange(name=name, old=old, new=new)


def _value(stack: Any, raw: Any, earlier: Mapping[str, Planned]) -> Value | None:
    if isinstance(raw, list):
        items = [_value(stack, item, earlier) for item in raw]
        later = next((item for item in items if isinstance(item, KnownAfter)), None)
        return later or ",".join(str(item) for item in items if item is not None)
    if not isinstance(raw, Resolver):
        return None if raw is None else str(raw)
    target = known_later(raw, earlier)
    if target:
        return KnownAfter(target)
    try:
        value = raw.resolve()
    except RepositoryNotFound:
        if any(tag_name(hook) == "!ecr_repository" for hook in _hooks(stack)):
            return KnownAfter("its hook !ecr_repository")
        raise
    if value is None:
        return None
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _hooks(stack: Any) -> Iterable[CustomYamlTagBase]:
    # The attribute behind the property, which would hand them over for a run.
    return (tag for _, tag in walk_tags(stack._hooks) if isinstance(tag, Hook))


def _name(path: str) -> str:
    return str(sceptreise_path(normalise_path(path)).removesuffix(".yaml"))
