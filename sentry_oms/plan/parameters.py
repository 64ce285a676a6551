"""A stack's parameters as a launch would pass them, as far as they are known now.

Tags are resolved as in a launch. A value that depends on a stack that does not exist yet, or on an
output that the launch may change, is *known after* that stack. It gets no placeholder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sceptre.helpers import normalise_path, sceptreise_path
from sceptre.hooks import Hook
from sceptre.resolvers import Resolver
from sceptre.resolvers.stack_output import StackOutput

from resolvers.ecr_repository_uri import RepositoryNotFound
from sentry_oms.arguments import tag_name
from sentry_oms.aws.differences import normal
from sentry_oms.aws.view import Description, parameters_of
from sentry_oms.cloudformation.no_echo import MASKED, is_no_echo
from sentry_oms.cloudformation.templates import Template
from sentry_oms.executor.basis import Basis
from sentry_oms.offline.stack_file import walk_tags
from sentry_oms.plan.change import Action, Kind, ParameterChange, StackPlan


@dataclass(frozen=True)
class KnownAfter:
    """A value that is known only at deployment, after ``what``: a stack or a hook."""

    what: str


Value = str | KnownAfter


@dataclass(frozen=True)
class Planned:
    """A stack's plan, and its effect on the stack's dependents."""

    plan: StackPlan
    uncertain: frozenset[str] = frozenset()
    """The outputs that the launch may change."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """The parameters that a launch would pass."""
    basis: Basis | None = None
    """Basis of the plan; None if a launch leaves the stack out, or it can't be planned."""

    def changes_output(self, key: str) -> bool:
        """Whether the launch may change an output."""
        return self.plan.kind in (Kind.NEW, Kind.FAILED) or key in self.uncertain

    def changes_identities(self) -> bool:
        """Whether the launch may replace a resource that a tag looks up by name."""
        return self.plan.kind in (Kind.NEW, Kind.FAILED) or any(
            one.action is not Action.MODIFY for one in self.plan.resources
        )


def resolved(stack: Any, earlier: Mapping[str, Planned]) -> dict[str, Value]:
    """Return the parameters that a launch would pass for a ``sceptre.stack.Stack``.

    Raises:
        Exception: a tag's error; it would stop the launch as well.
    """
    found: dict[str, Value] = {}
    for name, raw in stack._parameters.items():
        value = _value(stack, raw, earlier)
        if value is not None:
            found[name] = value
    return found


def known_later(value: Any, earlier: Mapping[str, Planned]) -> str | None:
    """Return the stack whose launch may change the tags in a value, or None."""
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
    """Return the parameters whose values in a launch differ from those deployed, or may differ."""
    declared = template.get("Parameters") or {}
    deployed = parameters_of(description or {})
    return tuple(
        change
        for name in dict.fromkeys([*declared, *deployed])
        for change in _change(name, declared, values, deployed)
    )


def hidden_differences(values: Mapping[str, Value], template: Template) -> bool:
    """Whether only CloudFormation can compare a parameter: NoEcho, or a value from SSM."""
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
    """Return ``Parameters`` of CreateChangeSet, and the first parameter that has no value at all.

    A value known later keeps its previous value.
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
    old = deployed.get(name)
    if name not in declared:
        yield ParameterChange(name=name, old=old, new=None)
        return
    new = values.get(name)
    if new is None and "Default" in declared[name]:
        new = str(declared[name]["Default"])
    is_secret = is_no_echo(declared[name])
    masked = MASKED if is_secret and old is not None else old
    if isinstance(new, KnownAfter):
        yield ParameterChange(name=name, old=masked, new=None, known_after=new.what)
    elif is_secret:
        if name in values or old is None:
            yield ParameterChange(name=name, old=masked, new=None if new is None else MASKED)
    elif normal(new, declared[name]) != normal(old, declared[name]):
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
        # The private attribute, because the property prepares the hooks for a run.
        hooks = (tag for _, tag in walk_tags(stack._hooks) if isinstance(tag, Hook))
        if any(tag_name(hook) == "!ecr_repository" for hook in hooks):
            return KnownAfter("its hook !ecr_repository")
        raise
    if value is None:
        return None
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _name(path: str) -> str:
    return str(sceptreise_path(normalise_path(path)).removesuffix(".yaml"))
