"""Which resources a value may change that only the launch will know.

A change set can't say: it gets the parameter's previous value. So what refers to the parameter is
looked up in the template, and nothing is said of how it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sentry_oms.cloudformation.create_only import create_only
from sentry_oms.cloudformation.references import references
from sentry_oms.cloudformation.templates import Template
from sentry_oms.plan.change import Action, Cause, ParameterChange, ResourceChange
from sentry_oms.plan.state import IMMUTABLE
from sentry_oms.plan.verdicts import assess


def with_later(
    resources: Iterable[ResourceChange],
    parameters: Iterable[ParameterChange],
    template: Template,
    is_there: Callable[[Mapping[str, Any]], bool],
) -> tuple[ResourceChange, ...]:
    """The changes, and those that may come of parameters whose values are not known yet.

    Args:
        resources: what the change set says.
        parameters: those that change.
        template: as it would be sent.
        is_there: whether the condition of a resource of the template holds.
    """
    unknown = {one.name: one.known_after for one in parameters if one.known_after}
    found = {one.logical_id: one for one in resources}
    for key, resource in (template.get("Resources") or {}).items() if unknown else ():
        causes = tuple(_causes(resource, template, unknown))
        if causes and is_there(resource):
            found[key] = _merged(found.get(key), key, str(resource.get("Type")), causes, template)
    return tuple(found.values())


def _causes(
    resource: Mapping[str, Any], template: Template, unknown: Mapping[str, str]
) -> Iterable[Cause]:
    parts = {**(resource.get("Properties") or {})}
    if "Condition" in resource:
        parts["Condition"] = {"Condition": resource["Condition"]}
    for name, value in parts.items():
        for parameter in sorted({one for one, _ in references(value, template)} & set(unknown)):
            yield Cause(
                property=name, why=f"parameter {parameter}, known after {unknown[parameter]}"
            )


def _merged(
    said: ResourceChange | None,
    key: str,
    kind: str,
    causes: tuple[Cause, ...],
    template: Template,
) -> ResourceChange:
    replaces = any(_may_replace(kind, cause.property) for cause in causes)
    if said is None:
        action = Action.REPLACE if replaces else Action.MODIFY
        change = ResourceChange(
            logical_id=key, type=kind, action=action, certain=False, causes=causes
        )
        return assess(change, _policy(template, key), template)
    if said.action in (Action.ADD, Action.REMOVE):
        return said
    change = said.model_copy(update={"causes": said.causes + causes})
    if replaces and said.action is Action.MODIFY:
        change = change.model_copy(update={"action": Action.REPLACE, "certain": False})
        return assess(change, _policy(template, key), template)
    return change


def _may_replace(kind: str, name: str) -> bool:
    return name in create_only().get(kind, {}) or (kind, name) in IMMUTABLE


def _policy(template: Template, key: str) -> str | None:
    policy = template["Resources"][key].get("UpdateReplacePolicy", "Delete")
    return policy if isinstance(policy, str) else None
