"""ElastiCache: ministack enables failover together with the first replica, which AWS refuses."""

from __future__ import annotations

from sentry_oms.local.provider import Place, Properties, Repair, Resource


class ReplicationGroup(Repair):
    """``AWS::ElastiCache::ReplicationGroup``: failover needs a replica that is there already.

    Source: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/383
    """

    type = "AWS::ElastiCache::ReplicationGroup"

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Change the group.

        Raises:
            ValueError: the update enables failover in a group that has one node.
        """
        failover = str(properties.get("AutomaticFailoverEnabled", "")).lower() == "true"
        if failover and int(previous.get("NumCacheClusters", 1)) < 2:
            raise ValueError(
                "Replication group must have at least one read replica to enable autofailover."
            )
        return self.original.update(place, physical_id, previous, properties)
