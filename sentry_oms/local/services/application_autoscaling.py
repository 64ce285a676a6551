"""Application Auto Scaling: it keeps targets and policies, and scales nothing."""

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
        """Make a target, or change the one that is there."""
        target = self._targets_by_key().setdefault(
            _key(request),
            {
                "ScalableTargetARN": self.identity.arn(
                    "application-autoscaling", f"scalable-target/{uuid.uuid4().hex[:20]}"
                ),
                "CreationTime": time.time(),
            },
        )
        target.update({key: value for key, value in request.items() if key != "Tags"})
        return {"ScalableTargetARN": target["ScalableTargetARN"]}

    def describe_scalable_targets(self, request: Request) -> Reply:
        """The targets of a namespace, of all or of some resources."""
        return {"ScalableTargets": _selected(self._targets_by_key(), request, "ResourceIds")}

    def deregister_scalable_target(self, request: Request) -> Reply:
        """Remove a target and its policies."""
        key = _key(request)
        if self._targets_by_key().pop(key, None) is None:
            raise ServiceError("ObjectNotFoundException", f"No scalable target found for {key}")
        policies = self._policies()
        for name in [name for name, policy in policies.items() if _key(policy) == key]:
            del policies[name]
        return {}

    def put_scaling_policy(self, request: Request) -> Reply:
        """Make a policy, or change the one of that name."""
        key = _key(request)
        if key not in self._targets_by_key():
            raise ServiceError("ObjectNotFoundException", f"No scalable target found for {key}")
        name = f"{key}|{request['PolicyName']}"
        resource = f"scalingPolicy:{uuid.uuid4()}:resource/{key}:policyName/{request['PolicyName']}"
        policy = self._policies().setdefault(
            name,
            {"PolicyARN": self.identity.arn("autoscaling", resource), "CreationTime": time.time()},
        )
        policy.update(request)
        return {"PolicyARN": policy["PolicyARN"], "Alarms": []}

    def describe_scaling_policies(self, request: Request) -> Reply:
        """The policies of a namespace, of all or of one resource."""
        wanted = {**request}
        if "ResourceId" in request:
            wanted["ResourceIds"] = [request["ResourceId"]]
        return {"ScalingPolicies": _selected(self._policies(), wanted, "ResourceIds")}

    def delete_scaling_policy(self, request: Request) -> Reply:
        """Remove a policy."""
        if self._policies().pop(f"{_key(request)}|{request['PolicyName']}", None) is None:
            raise ServiceError("ObjectNotFoundException", "No scaling policy found")
        return {}

    def _targets_by_key(self) -> dict[str, Any]:
        found: dict[str, Any] = self.state.setdefault("targets", {})
        return found

    def _policies(self) -> dict[str, Any]:
        found: dict[str, Any] = self.state.setdefault("policies", {})
        return found


def _key(request: Request) -> str:
    """What tells one target from another; also what ``Ref`` of a ScalableTarget gives."""
    return "|".join(request[key] for key in ("ResourceId", "ScalableDimension", "ServiceNamespace"))


def _selected(items: dict[str, Any], request: Request, field: str) -> list[Any]:
    return [
        item
        for item in items.values()
        if item["ServiceNamespace"] == request["ServiceNamespace"]
        and (not request.get(field) or item["ResourceId"] in request[field])
    ]
