"""Outputs of a stack that a launch may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sentry_oms.cloudformation.references import references
from sentry_oms.cloudformation.templates import Template
from sentry_oms.plan.change import Action, ParameterChange, ResourceChange

IDENTITIES = frozenset(
    {"Arn", "DNSName", "CanonicalHostedZoneID", "GroupId", "Id", "LoadBalancerFullName", "Name"}
    | {"ProviderName", "QueueName", "QueueUrl", "TargetGroupFullName", "UserPoolId", "VpcId"}
    | {"AllocationId", "ClientId", "PrimaryEndPoint.Address", "ReaderEndPoint.Address"}
    | {"ServiceArn", "LoadBalancerArn", "ListenerArn", "RuleArn", "TargetGroupArn", "KeyId"}
)
"""Attributes that a resource keeps until it is replaced."""


def uncertain_outputs(
    old: Template,
    new: Template,
    parameters: Iterable[ParameterChange],
    resources: Iterable[ResourceChange],
) -> frozenset[str]:
    """Return the keys of the outputs that certain or possible changes affect."""
    changed = {one.name for one in parameters}
    by_name = {one.logical_id: one.action for one in resources}
    before = old.get("Outputs") or {}
    lookups = [
        function
        for section, function in (("Mappings", "Fn::FindInMap"), ("Conditions", "Fn::If"))
        if (old.get(section) or {}) != (new.get(section) or {})
    ]

    def moves(name: str, attribute: str) -> bool:
        if name in changed:
            return True
        action = by_name.get(name)
        if action is Action.MODIFY:
            return attribute != "" and attribute not in IDENTITIES
        return action is not None

    def may_change(key: str, output: Mapping[str, Any]) -> bool:
        if key not in before or before[key] != output:
            return True
        if any(function in str(output) for function in lookups):
            return True
        # An output's Condition is a plain name, not an expression.
        condition = {"Condition": output["Condition"]} if "Condition" in output else {}
        return any(moves(*one) for one in references([output, condition], new))

    return frozenset(
        key for key, output in (new.get("Outputs") or {}).items() if may_change(key, output)
    )
