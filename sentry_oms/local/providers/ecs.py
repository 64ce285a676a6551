"""ECS types: ministack drops or misreads many properties of task definitions and services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sentry_oms.local.provider import (
    Aws,
    Place,
    Properties,
    Reader,
    Repair,
    Resource,
    Update,
    retag,
)
from sentry_oms.local.providers.named import Named
from sentry_oms.local.shapes import request

REPLACING = frozenset({"Cluster", "LaunchType", "SchedulingStrategy", "ServiceName"})
"""Properties of a service whose change replaces it."""


class Cluster(Named):
    """``AWS::ECS::Cluster``: a name that is taken is refused."""

    type = "AWS::ECS::Cluster"
    name_property = "ClusterName"

    def exists(self, name: str) -> bool:
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

    def update(self, update: Update) -> Resource:
        """Change the tags in place; any other change registers a new revision."""
        if _without_tags(update.previous) == _without_tags(update.properties):
            return self.original.update(update)
        return self.create(update.place, update.properties)


class Service(Repair):
    """``AWS::ECS::Service``: created and updated through the API, which drops less."""

    type = "AWS::ECS::Service"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the service, like AWS with one task if DesiredCount is missing."""
        ecs = self.aws.client("ecs")
        wanted = {"ServiceName": place.generated_name(), "DesiredCount": 1, **properties}
        return _service(ecs.create_service(**request(ecs, "CreateService", wanted)))

    def update(self, update: Update) -> Resource:
        """Change what differs; like AWS, keep the count if DesiredCount is missing."""
        ecs = self.aws.client("ecs")
        changed = {key: value for key, value in update.properties.items() if update.changes(key)}
        if REPLACING & changed.keys():
            return self.original.update(update)
        response = ecs.update_service(
            cluster=update.properties["Cluster"],
            service=update.physical_id,
            **request(ecs, "UpdateService", _without_tags(changed)),
        )
        retag(ecs, update.physical_id, update)
        return _service(response)


def _read(aws: Aws, arn: str) -> Properties | None:
    """Return the service's properties; None also if it is INACTIVE."""
    cluster = arn.split("/")[1]
    response = aws.client("ecs").describe_services(cluster=cluster, services=[arn])
    active = [one for one in response["services"] if one["status"] == "ACTIVE"]
    return {"ServiceName": active[0]["serviceName"]} if active else None


READER = Reader("AWS::ECS::Service", frozenset({"ServiceName"}), _read)


def _without_tags(properties: Properties) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key != "Tags"}


def _service(response: Mapping[str, Any]) -> Resource:
    service = response["service"]
    return Resource(
        service["serviceArn"],
        {"ServiceArn": service["serviceArn"], "Name": service["serviceName"]},
    )
