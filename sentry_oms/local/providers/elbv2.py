"""Load balancing: a target group's full name, which request scaling is labelled with."""

from __future__ import annotations

from sentry_oms.local.provider import Place, Properties, Repair, Resource


class TargetGroup(Repair):
    """``AWS::ElasticLoadBalancingV2::TargetGroup``: its full name begins with ``targetgroup/``."""

    type = "AWS::ElasticLoadBalancingV2::TargetGroup"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the group."""
        return with_full_name(self.original.create(place, properties))

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Change the group."""
        return with_full_name(self.original.update(place, physical_id, previous, properties))


def with_full_name(group: Resource) -> Resource:
    """The group with the last part of its ARN as its full name."""
    full_name = group.physical_id.rpartition(":")[2]
    return Resource(group.physical_id, {**group.attributes, "TargetGroupFullName": full_name})
