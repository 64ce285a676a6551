"""Which outputs of a stack a launch may change, so that nobody relies on their values of now."""

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
    """The keys of the outputs whose values may be other ones after the launch.

    Args:
        old: the template as deployed.
        new: the template as it would be sent.
        parameters: those that change or may change.
        resources: those that change or may change.
    """
    changed = {one.name for one in parameters}
    by_name = {one.logical_id: one.action for one in resources}
    other_mappings = old.get("Mappings") != new.get("Mappings")
    before = old.get("Outputs") or {}

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
        if other_mappings and "Fn::FindInMap" in str(output):
            return True
        if (old.get("Conditions") or {}) != (new.get("Conditions") or {}) and "Fn::If" in str(
            output
        ):
            return True
        # The Condition of an output stands as a name of its own.
        condition = {"Condition": output["Condition"]} if "Condition" in output else {}
        return any(moves(*one) for one in references([output, condition], new))

    return frozenset(
        key for key, output in (new.get("Outputs") or {}).items() if may_change(key, output)
    )
