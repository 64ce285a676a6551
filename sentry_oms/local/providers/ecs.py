"""ECS types: ministack drops or misreads much of what a task definition and a service say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sentry_oms.local.provider import Place, Properties, Repair, Resource, dropped_tags
from sentry_oms.local.providers.named import Named
from sentry_oms.local.shapes import request

REPLACING = frozenset({"Cluster", "LaunchType", "SchedulingStrategy", "ServiceName"})
"""Properties of a service whose change replaces it."""


class Cluster(Named):
    """``AWS::ECS::Cluster``: a name that is taken is refused."""

    type = "AWS::ECS::Cluster"
    name_property = "ClusterName"

    def exists(self, name: str, properties: Properties) -> bool:
        """Whether ECS has an active cluster of that name."""
        clusters = self.aws.client("ecs").describe_clusters(clusters=[name])["clusters"]
        return any(cluster["status"] == "ACTIVE" for cluster in clusters)


class TaskDefinition(Repair):
    """``AWS::ECS::TaskDefinition``: registered through the API, so that nothing is dropped."""

    type = "AWS::ECS::TaskDefinition"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Register the first revision of the family, or the next one."""
        ecs = self.aws.client("ecs")
        wanted = {"Family": place.generated_name(), **properties}
        response = ecs.register_task_definition(**request(ecs, "RegisterTaskDefinition", wanted))
        arn = response["taskDefinition"]["taskDefinitionArn"]
        return Resource(arn, {"TaskDefinitionArn": arn})

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Tags change in place; anything else is a new revision."""
        if without(previous, "Tags") == without(properties, "Tags"):
            return self.original.update(place, physical_id, previous, properties)
        return self.create(place, properties)


class Service(Repair):
    """``AWS::ECS::Service``: created and updated through the API, which drops less."""

    type = "AWS::ECS::Service"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the service; without DesiredCount it starts with one task, as on AWS."""
        ecs = self.aws.client("ecs")
        wanted = {"ServiceName": place.generated_name(), "DesiredCount": 1, **properties}
        return _service(ecs.create_service(**request(ecs, "CreateService", wanted)))

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Change what differs; without DesiredCount the count stays as it is, as on AWS."""
        ecs = self.aws.client("ecs")
        changed = {key: value for key, value in properties.items() if value != previous.get(key)}
        if REPLACING & changed.keys():
            return self.original.update(place, physical_id, previous, properties)
        updates = request(ecs, "UpdateService", without(changed, "Tags"))
        response = ecs.update_service(cluster=properties["Cluster"], service=physical_id, **updates)
        self._retag(physical_id, previous, properties)
        return _service(response)

    def _retag(self, arn: str, previous: Properties, properties: Properties) -> None:
        ecs = self.aws.client("ecs")
        dropped = dropped_tags(previous, properties)
        if dropped:
            ecs.untag_resource(resourceArn=arn, tagKeys=dropped)
        tags = properties.get("Tags", [])
        if tags:
            ecs.tag_resource(**request(ecs, "TagResource", {"ResourceArn": arn, "Tags": tags}))


def without(properties: Properties, *names: str) -> dict[str, Any]:
    """The properties but for some."""
    return {key: value for key, value in properties.items() if key not in names}


def _service(response: Mapping[str, Any]) -> Resource:
    service = response["service"]
    return Resource(
        service["serviceArn"],
        {"ServiceArn": service["serviceArn"], "Name": service["serviceName"]},
    )
