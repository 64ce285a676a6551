"""Rules about services: clusters, services, containers, roles and target groups fit together.

AWS accepts most of these mistakes. A pipeline deploys nothing, or a service never starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sceptre.resolvers import CustomYamlTagBase

from sentry_oms.arguments import tag_name
from sentry_oms.checks.rule import Phase, rule
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project, Resource

SERVICE, TASK = "AWS::ECS::Service", "AWS::ECS::TaskDefinition"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
LISTENERS = (
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)
PULL = ("ecr:GetAuthorizationToken", "AmazonECSTaskExecutionRolePolicy")
"""Permissions of the ECS agent that a task does not need."""


class Service(NamedTuple):
    """A service, and a container of it unless None."""

    cluster: str
    name: str
    container: str | None = None

    @property
    def missing(self) -> str:
        """The message if no stack creates it."""
        container = f" with a container '{self.container}'" if self.container else ""
        return f"'{self.cluster}' has no service '{self.name}'{container}"


@rule(
    "OMS083",
    cause="A pipeline deploys to a service of another cluster, or names a container that its task "
    "definition does not have; auto scaling scales a service that does not exist; a tag asks ECS "
    "for one. The tag then finds no service, and the launch takes it for new.",
    remedy="name a service of the environment, its cluster and its container",
    phase=Phase.WIRING,
)
def service_exists(project: Project) -> Iterator[Fault]:
    """Every cluster, service and container that is named exists."""
    created = set(_created(project))
    for target in project.of_kind("AWS::ApplicationAutoScaling::ScalableTarget"):
        _, cluster, name = (str(target.properties.get("ResourceId")) + "//").split("/")[:3]
        if Service(cluster, name) not in created:
            yield target.fault("ResourceId", Service(cluster, name).missing)
    for pipeline in project.of_kind("AWS::CodePipeline::Pipeline"):
        for path, service in _deployed_by(project, pipeline):
            if service not in created:
                yield pipeline.fault(path, service.missing)
    reported = set()
    for tag in project.tags:
        if {"cluster", "service"} <= tag.argument.keys():
            cluster, name = str(tag.argument["cluster"]), str(tag.argument["service"])
            service = Service(cluster, name, tag.argument.get("container"))
            # A stack's tags all name the same service.
            if service not in created and (tag.file, service) not in reported:
                reported.add((tag.file, service))
                yield tag.file.fault(tag.place, f"{tag.name}: {service.missing}")


def _created(project: Project) -> Iterator[Service]:
    tasks = {one.properties.get("Family"): one for one in project.of_kind(TASK)}
    for one in project.of_kind(SERVICE):
        cluster, name = one.properties.get("Cluster"), one.properties.get("ServiceName")
        service = Service(str(cluster), str(name))
        yield service
        family = str(one.properties.get("TaskDefinition")).rpartition("/")[2].partition(":")[0]
        task = tasks.get(family)
        for container in task.properties["ContainerDefinitions"] if task else ():
            yield service._replace(container=container.get("Name"))


def _deployed_by(project: Project, pipeline: Resource) -> Iterator[tuple[str, Service]]:
    """Yield the service that a pipeline deploys, with the container that its build names."""
    builds = {one.properties.get("Name"): one for one in project.of_kind("AWS::CodeBuild::Project")}
    container = None
    for at, stage in enumerate(pipeline.properties.get("Stages", [])):
        for number, action in enumerate(stage.get("Actions", [])):
            configuration = action.get("Configuration", {})
            build = builds.get(configuration.get("ProjectName"))
            if build:
                variables = build.properties.get("Environment", {}).get("EnvironmentVariables", [])
                values = {one.get("Name"): one.get("Value") for one in variables}
                container = values.get("CONTAINER_NAME", container)
            if "ServiceName" in configuration:
                cluster = str(configuration.get("ClusterName"))
                path = f"Stages.{at}.Actions.{number}.Configuration"
                yield path, Service(cluster, configuration["ServiceName"], container)


@rule(
    "OMS087",
    cause="ExecutionRoleArn must be the role that pulls the image and reads secrets, TaskRoleArn "
    "the role of the service itself. Swapped, no task starts.",
    remedy="swap TaskRoleArn and ExecutionRoleArn",
    phase=Phase.WIRING,
)
def roles_placed(project: Project) -> Iterator[Fault]:
    """A task's two roles are not swapped."""
    pulls = {
        one.properties.get("RoleName"): any(words in str(one.properties) for words in PULL)
        for one in project.of_kind("AWS::IAM::Role")
    }
    for task in project.of_kind(TASK):
        for property_, wanted in (("TaskRoleArn", False), ("ExecutionRoleArn", True)):
            role = str(task.properties.get(property_)).rpartition("/")[2]
            if pulls.get(role, wanted) is not wanted:
                kind = "an execution role" if pulls[role] else "no execution role"
                yield task.fault(property_, f"{role} is {kind}")
                break


@rule(
    "OMS090",
    cause="The service registers with another service's target group, or with one to which no "
    "listener forwards. ECS refuses the second; of the first, requests reach the wrong service.",
    remedy="name the service's own target group, and forward to it",
    phase=Phase.WIRING,
)
def target_group_fits(project: Project) -> Iterator[Fault]:
    """A service's target group has its port and a listener."""
    target_groups = {one.attribute(): one for one in project.of_kind(TARGET_GROUP)}
    forwarded = str([one.properties for one in project.of_kind(*LISTENERS)])
    for service in project.of_kind(SERVICE):
        for at, balancer in enumerate(service.properties.get("LoadBalancers", [])):
            arn = str(balancer.get("TargetGroupArn"))
            group = target_groups.get(arn)
            port = str(balancer.get("ContainerPort"))
            field = f"LoadBalancers.{at}.TargetGroupArn"
            if group and str(group.properties.get("Port")) != port:
                message = f"{group.key} has port {group.properties.get('Port')}, not {port}"
                yield service.fault(field, message)
            elif group and _health_port(group) not in ("traffic-port", port):
                message = f"the health check of {group.key} uses port {_health_port(group)}"
                yield service.fault(field, message, f"use traffic-port, or {port}")
            elif group and arn not in forwarded:
                yield service.fault(field, f"no listener forwards to {group.key}")


def _health_port(group: Resource) -> str:
    return str(group.properties.get("HealthCheckPort", "traffic-port"))


@rule(
    "OMS093",
    cause="The image comes from a repository that no hook creates, or the tag of the image is "
    "looked up in another repository. No task starts, or another service's image runs.",
    remedy="name the service's own repository in each tag",
    phase=Phase.WIRING,
)
def repository_exists(project: Project) -> Iterator[Fault]:
    """Each image comes from one repository, which a hook creates."""
    uses = [
        (file, place, tag_name(tag), str(_repository(tag)))
        for file in project.stacks
        for place, tag in file.tags
        if _repository(tag)
    ]
    created = {name for _, _, tag, name in uses if tag == "!ecr_repository"}
    for file, place, tag, name in uses:
        others = {one for other, _, _, one in uses if other is file} - {name}
        if tag == "!ecr_repository_uri" and name not in created:
            yield file.fault(place, f"no !ecr_repository creates '{name}'")
        elif tag == "!ecr_repository_uri" and others:
            yield file.fault(place, f"'{name}' is not the {', '.join(others)} of the other tags")


def _repository(tag: CustomYamlTagBase) -> Any:
    """Return the repository that a tag names, or None."""
    argument, is_own = tag._argument, tag_name(tag).startswith("!ecr_repository")
    if isinstance(argument, Mapping):
        return argument.get("name" if is_own else "repository")
    return argument if is_own else None
