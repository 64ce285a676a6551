"""Load balancing: the full name of a target group, which request scaling uses as its label."""

from __future__ import annotations

from sentry_oms.local.provider import Place, Properties, Repair, Resource, Update


class TargetGroup(Repair):
    """``AWS::ElasticLoadBalancingV2::TargetGroup``: its full name begins with ``targetgroup/``."""

    type = "AWS::ElasticLoadBalancingV2::TargetGroup"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the group."""
        return _with_full_name(self.original.create(place, properties))

    def update(self, update: Update) -> Resource:
        """Change the group."""
        return _with_full_name(self.original.update(update))


def _with_full_name(group: Resource) -> Resource:
    full_name = group.physical_id.rpartition(":")[2]
    return Resource(group.physical_id, {**group.attributes, "TargetGroupFullName": full_name})
