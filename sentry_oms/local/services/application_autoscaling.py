"""Application Auto Scaling: keeps targets and policies, and scales nothing."""

from __future__ import annotations

import time
import uuid
from typing import Any

from sentry_oms.local.services.service import Reply, Request, Service, ServiceError


class ApplicationAutoScaling(Service):
    """Scalable targets and their policies.

    Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/Welcome.html
    """

    name = "application-autoscaling"

    def register_scalable_target(self, request: Request) -> Reply:
        """Create or change a target."""
        resource = f"scalable-target/{uuid.uuid4().hex[:20]}"
        arn = self.identity.arn("application-autoscaling", resource)
        new = {"ScalableTargetARN": arn, "CreationTime": time.time()}
        target = self.state["targets"].setdefault(_key(request), new)
        target.update({key: value for key, value in request.items() if key != "Tags"})
        return {"ScalableTargetARN": target["ScalableTargetARN"]}

    def describe_scalable_targets(self, request: Request) -> Reply:
        """Return the targets of a namespace, of all or of some resources."""
        wanted = request.get("ResourceIds", [])
        return {"ScalableTargets": _selected(self.state["targets"], request, wanted)}

    def deregister_scalable_target(self, request: Request) -> Reply:
        """Delete a target and its policies."""
        key = _key(request)
        if self.state["targets"].pop(key, None) is None:
            raise ServiceError("ObjectNotFoundException", f"No scalable target found for {key}")
        policies = self.state["policies"]
        for name in [name for name, policy in policies.items() if _key(policy) == key]:
            del policies[name]
        return {}

    def put_scaling_policy(self, request: Request) -> Reply:
        """Create or change a policy."""
        key = _key(request)
        if key not in self.state["targets"]:
            raise ServiceError("ObjectNotFoundException", f"No scalable target found for {key}")
        name = request["PolicyName"]
        resource = f"scalingPolicy:{uuid.uuid4()}:resource/{key}:policyName/{name}"
        arn = self.identity.arn("autoscaling", resource)
        new = {"PolicyARN": arn, "CreationTime": time.time()}
        policy = self.state["policies"].setdefault(f"{key}|{name}", new)
        policy.update(request)
        return {"PolicyARN": policy["PolicyARN"], "Alarms": []}

    def describe_scaling_policies(self, request: Request) -> Reply:
        """Return the policies of a namespace, of all or of one resource."""
        wanted = [request["ResourceId"]] if "ResourceId" in request else []
        return {"ScalingPolicies": _selected(self.state["policies"], request, wanted)}

    def delete_scaling_policy(self, request: Request) -> Reply:
        """Delete a policy."""
        if self.state["policies"].pop(f"{_key(request)}|{request['PolicyName']}", None) is None:
            raise ServiceError("ObjectNotFoundException", "No scaling policy found")
        return {}


def _key(request: Request) -> str:
    """Return the key of a target, which is also the ``Ref`` of a ScalableTarget."""
    return "|".join(request[key] for key in ("ResourceId", "ScalableDimension", "ServiceNamespace"))


def _selected(items: dict[str, Any], request: Request, resource_ids: list[str]) -> list[Any]:
    return [
        item
        for item in items.values()
        if item["ServiceNamespace"] == request["ServiceNamespace"]
        and (not resource_ids or item["ResourceId"] in resource_ids)
    ]
