"""Rules about services: clusters, services, containers, roles and target groups fit together.

AWS accepts most of these mistakes. A pipeline deploys nothing, or a service never starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sceptre.resolvers import CustomYamlTagBase

from sentry_oms.arguments import tag_name
from sentry_oms.checks.rule import Phase, rule
from sentry_oms.cloudformation.evaluate import UNKNOWN
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project, mappings
from sentry_oms.offline.services import SERVICE, TASK, Service, deployed_by, services

TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
LISTENERS = (
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)
PULL = ("ecr:GetAuthorizationToken", "AmazonECSTaskExecutionRolePolicy")
"""Permissions of the ECS agent that a task does not need."""


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
    created = set(services(project))
    for target in project.of_kind("AWS::ApplicationAutoScaling::ScalableTarget"):
        resource = target.properties.get("ResourceId")
        _, cluster, name = (f"{resource}//").split("/")[:3]
        if resource is not UNKNOWN and not Service(cluster, name).is_in(created):
            yield target.fault("ResourceId", Service(cluster, name).missing)
    for pipeline in project.of_kind("AWS::CodePipeline::Pipeline"):
        for path, service in deployed_by(project, pipeline):
            if not service.is_in(created):
                yield pipeline.fault(path, service.missing)
    reported = set()
    for tag in project.tags:
        if {"cluster", "service"} <= tag.argument.keys():
            cluster, name = tag.argument["cluster"], tag.argument["service"]
            service = Service(cluster, name, tag.argument.get("container"))
            # A stack's tags all name the same service.
            if not service.is_in(created) and (tag.file, service) not in reported:
                reported.add((tag.file, service))
                yield tag.file.fault(tag.place, f"{tag.name}: {service.missing}")


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
        for at, balancer in enumerate(mappings(service.properties.get("LoadBalancers"))):
            arn = str(balancer.get("TargetGroupArn"))
            group = target_groups.get(arn)
            port, has = balancer.get("ContainerPort"), group and group.properties.get("Port")
            field = f"LoadBalancers.{at}.TargetGroupArn"
            if group is None:
                continue
            health = group.properties.get("HealthCheckPort", "traffic-port")
            if UNKNOWN not in (port, has) and str(port) != str(has):
                yield service.fault(field, f"{group.key} has port {has}, not {port}")
            elif UNKNOWN not in (port, health) and str(health) not in ("traffic-port", str(port)):
                message = f"the health check of {group.key} uses port {health}"
                yield service.fault(field, message, f"use traffic-port, or {port}")
            elif arn not in forwarded and repr(UNKNOWN) not in forwarded:
                yield service.fault(field, f"no listener forwards to {group.key}")


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
        (file, place, tag_name(tag), _repository(tag))
        for file in project.stacks
        for place, tag in file.tags
        if _repository(tag)
    ]
    if any(isinstance(name, CustomYamlTagBase) for *_, name in uses):
        return
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
