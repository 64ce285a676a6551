"""Application Auto Scaling types, which ministack lacks."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.provider import Place, Properties, PutProvider, Resource
from sentry_oms.local.shapes import request

KEY = ("ResourceId", "ScalableDimension", "ServiceNamespace")
"""What ``Ref`` of a target joins with bars, and what a policy's ScalingTargetId is split into."""


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
        """Deregister the target, and with it its policies."""
        scaling = self.aws.client("application-autoscaling")
        scaling.deregister_scalable_target(**target(physical_id))


class ScalingPolicy(PutProvider):
    """``AWS::ApplicationAutoScaling::ScalingPolicy``: ``Ref`` is its ARN."""

    type = "AWS::ApplicationAutoScaling::ScalingPolicy"
    replacing = ("PolicyName", "ScalingTargetId", *KEY)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Put the policy on its target."""
        scaling = self.aws.client("application-autoscaling")
        wanted = request(scaling, "PutScalingPolicy", on_target(properties))
        arn = scaling.put_scaling_policy(**wanted)["PolicyARN"]
        return Resource(arn, {"Arn": arn})

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the policy, unless it went with its target."""
        scaling = self.aws.client("application-autoscaling")
        key = {name: on_target(properties)[name] for name in KEY}
        found = scaling.describe_scaling_policies(ServiceNamespace=key["ServiceNamespace"])
        if any(policy["PolicyARN"] == physical_id for policy in found["ScalingPolicies"]):
            scaling.delete_scaling_policy(PolicyName=properties["PolicyName"], **key)


def target(key: str) -> dict[str, str]:
    """The parts of a target's ``Ref``."""
    return dict(zip(KEY, key.split("|"), strict=True))


def on_target(properties: Properties) -> dict[str, Any]:
    """A policy's properties with its target written out."""
    plain = {key: value for key, value in properties.items() if key != "ScalingTargetId"}
    if "ScalingTargetId" in properties:
        plain.update(target(properties["ScalingTargetId"]))
    return plain
