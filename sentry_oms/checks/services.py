"""Rules about services: clusters, services, containers, roles and target groups fit together.

AWS accepts most of these mistakes. A pipeline deploys nothing, or a service never starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sentry_oms.arguments import tag_name
from sentry_oms.checks.rule import Phase, Scope, rule
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project, Resource

SERVICE, TASK = "AWS::ECS::Service", "AWS::ECS::TaskDefinition"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
LISTENERS = (
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)
PULL = ("ecr:GetAuthorizationToken", "AmazonECSTaskExecutionRolePolicy")
"""What the agent of ECS needs and a task does not."""


class Running(NamedTuple):
    """A service of the environment."""

    cluster: str
    service: str
    containers: frozenset[str]


def _services(project: Project) -> list[Running]:
    containers = {
        one.properties.get("Family"): frozenset(
            str(container.get("Name")) for container in one.properties["ContainerDefinitions"]
        )
        for one in project.of_kind(TASK)
    }
    return [
        Running(
            str(one.properties.get("Cluster")),
            str(one.properties.get("ServiceName")),
            containers.get(_family(one.properties.get("TaskDefinition")), frozenset()),
        )
        for one in project.of_kind(SERVICE)
    ]


def _family(arn: Any) -> str:
    return str(arn).rpartition("/")[2].partition(":")[0]


class Name(NamedTuple):
    """A cluster, a service or a container that something names; None: not named."""

    fault: Fault
    cluster: str | None
    service: str | None
    container: str | None


@rule(
    "OMS083",
    "Every cluster, service and container that is named exists",
    cause="A pipeline deploys to a service of another cluster, or names a container that its task "
    "definition does not have; auto scaling scales a service that does not exist; a tag asks ECS "
    "for one. The tag then finds no service, and the launch takes it for new.",
    remedy="name a service of the environment, its cluster and its container",
    phase=Phase.WIRING,
    scope=Scope.ENVIRONMENT,
)
def service_exists(project: Project) -> Iterator[Fault]:
    """Find names of clusters, services and containers that no stack creates together."""
    services = _services(project)
    told = set()
    for name in _names(project):
        matching = [
            one
            for one in services
            if name.cluster in (None, one.cluster)
            and name.service in (None, one.service)
            and (name.container is None or name.container in one.containers)
        ]
        # A stack's tags all ask for the same service.
        place = (name.fault.stack, *name[1:])
        if not matching and place not in told:
            told.add(place)
            yield name.fault


def _names(project: Project) -> Iterator[Name]:
    for target in project.of_kind("AWS::ApplicationAutoScaling::ScalableTarget"):
        _, cluster, service = (str(target.properties.get("ResourceId")) + "//").split("/")[:3]
        message = f"'{cluster}' has no service '{service}'"
        yield Name(target.fault("ResourceId", message), cluster, service, None)
    for pipeline in project.of_kind("AWS::CodePipeline::Pipeline"):
        yield from _deployed_by(project, pipeline)
    for file in project.stacks:
        for place, tag in file.tags:
            argument = tag._argument
            if isinstance(argument, dict) and {"cluster", "service"} <= argument.keys():
                cluster, service = str(argument["cluster"]), str(argument["service"])
                container = argument.get("container")
                message = f"{tag_name(tag)}: '{cluster}' has no service '{service}'"
                message += f" with a container '{container}'" if container else ""
                yield Name(file.fault(place, message), cluster, service, container)


def _deployed_by(project: Project, pipeline: Resource) -> Iterator[Name]:
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
                cluster, service = configuration.get("ClusterName"), configuration["ServiceName"]
                message = f"'{cluster}' has no service '{service}'"
                message += f" with a container '{container}'" if container else ""
                path = f"Stages.{at}.Actions.{number}.Configuration"
                yield Name(pipeline.fault(path, message), cluster, service, container)


@rule(
    "OMS087",
    "A task's two roles are not swapped",
    cause="ExecutionRoleArn must be the role that pulls the image and reads secrets, TaskRoleArn "
    "the role of the service itself. Swapped, no task starts.",
    remedy="swap TaskRoleArn and ExecutionRoleArn",
    phase=Phase.WIRING,
    scope=Scope.ENVIRONMENT,
)
def roles_placed(project: Project) -> Iterator[Fault]:
    """Find task definitions whose task role pulls images, or whose execution role does not."""
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
    "A service's target group has its port and a listener",
    cause="The service registers with another service's target group, or with one to which no "
    "listener forwards. ECS refuses the second; of the first, requests reach the wrong service.",
    remedy="name the service's own target group, and forward to it",
    phase=Phase.WIRING,
    scope=Scope.ENVIRONMENT,
)
def target_group_fits(project: Project) -> Iterator[Fault]:
    """Find services whose port is not the target group's, and groups behind no listener."""
    target_groups = {one.ref: one for one in project.of_kind(TARGET_GROUP)}
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
            elif group and arn not in forwarded:
                yield service.fault(field, f"no listener forwards to {group.key}")
