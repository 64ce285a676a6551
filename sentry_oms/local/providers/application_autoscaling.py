"""Application Auto Scaling types, which ministack lacks."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.provider import Place, Properties, PutProvider, Resource
from sentry_oms.local.shapes import request

KEY = ("ResourceId", "ScalableDimension", "ServiceNamespace")
"""The parts of a target's ``Ref``, joined with bars."""


class ScalableTarget(PutProvider):
    """``AWS::ApplicationAutoScaling::ScalableTarget``."""

    type = "AWS::ApplicationAutoScaling::ScalableTarget"
    replacing = KEY

    def create(self, place: Place, properties: Properties) -> Resource:
        """Register the target."""
        scaling = self.aws.client("application-autoscaling")
        wanted = request(scaling, "RegisterScalableTarget", properties)
        scaling.register_scalable_target(**wanted)
        key = "|".join(wanted[name] for name in KEY)
        return Resource(key, {"Id": key})

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Deregister the target and its policies."""
        scaling = self.aws.client("application-autoscaling")
        scaling.deregister_scalable_target(**_target(physical_id))


class ScalingPolicy(PutProvider):
    """``AWS::ApplicationAutoScaling::ScalingPolicy``: ``Ref`` is its ARN."""

    type = "AWS::ApplicationAutoScaling::ScalingPolicy"
    replacing = ("PolicyName", "ScalingTargetId", *KEY)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Put the policy on its target."""
        scaling = self.aws.client("application-autoscaling")
        wanted = request(scaling, "PutScalingPolicy", _on_target(properties))
        arn = scaling.put_scaling_policy(**wanted)["PolicyARN"]
        return Resource(arn, {"Arn": arn})

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the policy, unless its target's deletion has done so."""
        scaling = self.aws.client("application-autoscaling")
        key = {name: _on_target(properties)[name] for name in KEY}
        found = scaling.describe_scaling_policies(ServiceNamespace=key["ServiceNamespace"])
        if any(policy["PolicyARN"] == physical_id for policy in found["ScalingPolicies"]):
            scaling.delete_scaling_policy(PolicyName=properties["PolicyName"], **key)


def _target(ref: str) -> dict[str, str]:
    return dict(zip(KEY, ref.split("|"), strict=True))


def _on_target(properties: Properties) -> dict[str, Any]:
    """Return a policy's properties with the parts of its ScalingTargetId."""
    plain = dict(properties)
    target = plain.pop("ScalingTargetId", None)
    return plain | _target(target) if target else plain
