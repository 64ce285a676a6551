"""Resources that a value known only at deployment may change.

The change set gets the parameter's previous value, so it does not list them. They are found by the
template's references to the parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sentry_oms.cloudformation.create_only import create_only
from sentry_oms.cloudformation.references import references
from sentry_oms.cloudformation.templates import Template
from sentry_oms.plan.change import Action, Cause, ParameterChange, ResourceChange
from sentry_oms.plan.state import IMMUTABLE
from sentry_oms.plan.verdicts import assess, policy_of


def with_later(
    resources: Iterable[ResourceChange],
    parameters: Iterable[ParameterChange],
    template: Template,
    exists: Callable[[Mapping[str, Any]], bool],
) -> tuple[ResourceChange, ...]:
    """Return the changes of the change set, and those that parameters of unknown value may cause.

    Args:
        resources: the changes of the change set.
        parameters: the changes of parameters.
        template: the new template.
        exists: whether a resource's condition holds, or may hold.
    """
    unknown = {one.name: one.known_after for one in parameters if one.known_after}
    found = {one.logical_id: one for one in resources}
    for key, resource in (template.get("Resources") or {}).items() if unknown else ():
        causes = tuple(_causes(resource, template, unknown))
        if causes and exists(resource):
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
    announced: ResourceChange | None,
    key: str,
    kind: str,
    causes: tuple[Cause, ...],
    template: Template,
) -> ResourceChange:
    base = announced or ResourceChange(
        logical_id=key, type=kind, action=Action.MODIFY, certain=False
    )
    if base.action in (Action.ADD, Action.REMOVE):
        return base
    change = base.model_copy(update={"causes": base.causes + causes})
    replaces = any(
        one.property in create_only().get(kind, {}) or (kind, one.property) in IMMUTABLE
        for one in causes
    )
    if replaces and base.action is Action.MODIFY:
        change = change.model_copy(update={"action": Action.REPLACE, "certain": False})
    elif announced:
        return change
    return assess(change, policy_of(template["Resources"][key], "UpdateReplacePolicy"), template)
