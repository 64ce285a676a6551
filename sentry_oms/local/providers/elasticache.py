"""ElastiCache: ministack enables failover together with the first replica, which AWS refuses."""

from __future__ import annotations

from sentry_oms.local.provider import Repair, Resource, Update
from sentry_oms.local.shapes import is_true


class ReplicationGroup(Repair):
    """``AWS::ElastiCache::ReplicationGroup``: failover needs an existing replica.

    Source: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/383
    """

    type = "AWS::ElastiCache::ReplicationGroup"

    def update(self, update: Update) -> Resource:
        """Change the group.

        Raises:
            ValueError: the update enables failover in a group that has one node.
        """
        failover = is_true(update.properties.get("AutomaticFailoverEnabled", ""))
        if failover and int(update.previous.get("NumCacheClusters", 1)) < 2:
            raise ValueError(
                "Replication group must have at least one read replica to enable autofailover."
            )
        return self.original.update(update)
