"""Differences between a stack and its config, and values that don't justify an update alone.

A resolver marks such a value by a method ``if_nothing_else_changes(deployed)``, which returns the
deployed value to pass instead, so that CloudFormation has no updates to perform.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sentry_oms.aws.view import Description, parameters_of
from sentry_oms.cloudformation.no_echo import is_no_echo
from sentry_oms.cloudformation.templates import Template


def normal(value: str | None, declared: Mapping[str, Any]) -> str | None:
    """Return a parameter's value as CloudFormation compares it.

    CloudFormation removes white space between items of a list, and line breaks at the end.

    Args:
        declared: the parameter's declaration in the template.
    """
    if value is None:
        return None
    if "List" in str(declared.get("Type", "")):
        return ",".join(item.strip() for item in value.split(","))
    return value.rstrip("\n")


def settings_differ(stack: Any, description: Description) -> bool:
    """Return whether tags, notifications or the service role differ from the deployed ones."""
    tags = {one["Key"]: one["Value"] for one in description.get("Tags", [])}
    role = stack.cloudformation_service_role
    return (
        tags != {str(key): str(value) for key, value in stack.tags.items()}
        or sorted(description.get("NotificationARNs", [])) != sorted(stack.notifications or [])
        or bool(role and role != description.get("RoleARN"))
    )


def kept(
    tags: Mapping[str, Any],
    values: Mapping[str, str],
    stack: Any,
    description: Description,
    template: Callable[[], Template],
    deployed_template: Callable[[], Template],
) -> dict[str, str]:
    """Return the parameters that keep their deployed values because nothing else changes.

    Return none of them if anything else differs, or may differ.

    Args:
        tags: the resolvers of parameters, by the parameter's name.
        values: the parameters that an update would pass.
        stack: a ``sceptre.stack.Stack``.
        description: the stack as DescribeStacks gives it.
        template: the template that an update would send.
        deployed_template: gets the deployed one; called last, because it calls AWS.
    """
    deployed = parameters_of(description)
    asked = {name: tag for name, tag in tags.items() if hasattr(tag, "if_nothing_else_changes")}
    if not any(name in deployed and values.get(name) != deployed[name] for name in asked):
        return {}
    sent = template()
    differing = _differing(values, deployed, sent.get("Parameters") or {})
    if (
        not differing <= asked.keys() & deployed.keys()
        or "Transform" in sent
        or settings_differ(stack, description)
        or deployed_template() != sent
    ):
        return {}
    found = {name: asked[name].if_nothing_else_changes(deployed[name]) for name in differing}
    return found if None not in found.values() else {}


def _differing(
    values: Mapping[str, str], deployed: Mapping[str, str], declared: Mapping[str, Any]
) -> set[str]:
    """Return the names of parameters that differ, or whose value AWS does not show."""
    differing = values.keys() - declared.keys() | deployed.keys() - declared.keys()
    for name, declaration in declared.items():
        default = str(declaration["Default"]) if "Default" in declaration else None
        is_hidden = is_no_echo(declaration) or str(declaration.get("Type")).startswith("AWS::SSM::")
        new, old = values.get(name, default), deployed.get(name)
        if is_hidden or normal(new, declaration) != normal(old, declaration):
            differing.add(name)
    return differing
