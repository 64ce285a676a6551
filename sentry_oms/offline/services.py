"""The services of an environment: what its stacks create, and what its pipelines deploy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sentry_oms.cloudformation.evaluate import UNKNOWN
from sentry_oms.offline.project import Project, Resource, mappings

SERVICE, TASK = "AWS::ECS::Service", "AWS::ECS::TaskDefinition"


class Service(NamedTuple):
    """A service, and a container of it unless None. Any part may be UNKNOWN."""

    cluster: Any
    name: Any
    container: Any = None

    def is_in(self, created: Iterable[Service]) -> bool:
        """Return whether it is one of those created, or may be."""
        return any(
            all(UNKNOWN in pair or pair[0] == pair[1] for pair in zip(self, one, strict=True))
            for one in created
        )

    @property
    def missing(self) -> str:
        """The message if no stack creates it."""
        container = f" with a container '{self.container}'" if self.container else ""
        return f"'{self.cluster}' has no service '{self.name}'{container}"


def services(project: Project) -> Iterator[Service]:
    """Yield the services that stacks create, each alone and with each container."""
    tasks = {one.properties.get("Family"): one for one in project.of_kind(TASK)}
    for one in project.of_kind(SERVICE):
        service = Service(one.properties.get("Cluster"), one.properties.get("ServiceName"))
        yield service
        family = str(one.properties.get("TaskDefinition")).rpartition("/")[2].partition(":")[0]
        task = tasks.get(family)
        if task is None:
            yield service._replace(container=UNKNOWN)
        for container in mappings(task.properties.get("ContainerDefinitions")) if task else ():
            yield service._replace(container=container.get("Name"))


def deployed_by(project: Project, pipeline: Resource) -> Iterator[tuple[str, Service]]:
    """Yield the service that a pipeline deploys, with the container that its build names."""
    builds = {one.properties.get("Name"): one for one in project.of_kind("AWS::CodeBuild::Project")}
    container = None
    for at, stage in enumerate(mappings(pipeline.properties.get("Stages"))):
        for number, action in enumerate(mappings(stage.get("Actions"))):
            configuration = action.get("Configuration", {})
            build = builds.get(configuration.get("ProjectName"))
            if build:
                variables = build.properties.get("Environment", {}).get("EnvironmentVariables")
                values = {one.get("Name"): one.get("Value") for one in mappings(variables)}
                container = values.get("CONTAINER_NAME", container)
            if "ServiceName" in configuration:
                path = f"Stages.{at}.Actions.{number}.Configuration"
                cluster, name = configuration.get("ClusterName"), configuration["ServiceName"]
                yield path, Service(cluster, name, container)
