"""OMS073: a service and a cluster are such as ECS takes.

Sources:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-linux-fargate.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentry_oms.checks.by_kind import (
    Found,
    beyond,
    by_kind,
    each,
    given,
    has,
    is_text,
    items,
    one_of,
    repeated,
)
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published.validator import number
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stand_ins import Place, of_resource

PROVIDERS = one_of("FARGATE", "FARGATE_SPOT")
STRATEGY = each(
    has(
        CapacityProvider=PROVIDERS,
        Weight={"minimum": 0, "maximum": 1000},
        Base={"minimum": 0, "maximum": 100000},
    ),
    maxItems=20,
    uniqueKeys=["CapacityProvider"],
)
TARGET_GROUP = {"pattern": "^arn:aws[a-z-]*:elasticloadbalancing:[^:]+:[0-9]+:targetgroup/"}
SCHEMAS = {
    "AWS::ECS::Service": {
        "allOf": [
            {
                "required": ["NetworkConfiguration"],
                "dependentExcluded": {"LaunchType": ["CapacityProviderStrategy"]},
                "dependentRequired": {"HealthCheckGracePeriodSeconds": ["LoadBalancers"]},
            },
            has(
                CapacityProviderStrategy=STRATEGY,
                PlatformVersion=one_of("LATEST", "1.4.0", "1.3.0", "1.0.0"),
                PlacementStrategies=False,
                PlacementConstraints=False,
                Role=False,
                SchedulingStrategy=one_of("REPLICA"),
                DesiredCount={"minimum": 0},
                LoadBalancers=each(
                    {"required": ["ContainerName", "ContainerPort", "TargetGroupArn"],
                     **has(LoadBalancerName=False, TargetGroupArn=TARGET_GROUP)},
                    maxItems=5,
                ),
                DeploymentConfiguration=has(
                    MinimumHealthyPercent={"minimum": 0, "maximum": 100},
                    MaximumPercent={"minimum": 100, "maximum": 200},
                ),
                NetworkConfiguration=has(
                    AwsvpcConfiguration=has(
                        Subnets=each({"pattern": "^subnet-"}, minItems=1, maxItems=16),
                        SecurityGroups=each({"pattern": "^sg-"}, maxItems=5),
                    )
                ),
            ),
            {
                "if": {
                    "required": ["DeploymentController"],
                    **has(DeploymentController=has(Type=one_of("CODE_DEPLOY", "EXTERNAL"))),
                },
                "then": has(DeploymentConfiguration=has(DeploymentCircuitBreaker=False)),
                "else": {"required": ["TaskDefinition"]},
            },
            has(
                HealthCheckGracePeriodSeconds={"maximum": 2147483647},
                ServiceRegistries={"maxItems": 1},
            ),
            given({"LoadBalancers": {"maxItems": 0}}, has(HealthCheckGracePeriodSeconds=False)),
        ]
    },
    "AWS::ECS::Cluster": has(
        CapacityProviders=each(PROVIDERS),
        DefaultCapacityProviderStrategy=STRATEGY,
        ClusterSettings=each(
            has(
                Name=one_of("containerInsights"),
                Value=one_of("enabled", "disabled", "enhanced"),
            )
        ),
    ),
}  # fmt: skip


def find(project: Project) -> Iterator[Fault]:
    """What each says of itself; what a service says of its task definition, and of its target."""
    yield from beyond(project, SCHEMAS)
    checks = {
        "AWS::ECS::Service": lambda service: _service(project, service),
        "AWS::ECS::Cluster": _cluster,
    }
    yield from by_kind(project, checks)


def _service(project: Project, service: Resource) -> Found:
    yield from _strategy("CapacityProviderStrategy", service)
    deployment = service.properties.get("DeploymentConfiguration", {})
    least = number(deployment.get("MinimumHealthyPercent", 100))
    most = number(deployment.get("MaximumPercent", 200))
    if least is not None and most is not None and least >= most:
        message = f"{least:.0f} is not less than the maximum, {most:.0f}: no task could change"
        yield "DeploymentConfiguration.MinimumHealthyPercent", message
    definition = next(
        (
            one
            for one in project.of_kind("AWS::ECS::TaskDefinition")
            if one.file == service.file
            and f"/{one.properties.get('Family')}:" in str(service.properties.get("TaskDefinition"))
        ),
        None,
    )
    for at, balancer in items(service.properties.get("LoadBalancers")):
        path = f"LoadBalancers.{at}"
        if definition:
            yield from _balanced(path, balancer, definition.properties)
        yield from _target(path, balancer, project)


def _strategy(name: str, resource: Resource) -> Found:
    strategy = [one for _, one in items(resource.properties.get(name))]
    if len([one for one in strategy if number(one.get("Base", 0))]) > 1:
        yield name, "only one provider may have a Base"
    weights = [number(one.get("Weight", 0)) for one in strategy]
    if strategy and not any(weights):
        yield name, "one provider must have a Weight above 0"


def _balanced(path: str, balancer: dict[str, Any], definition: dict[str, Any]) -> Found:
    containers = {
        str(one.get("Name")): one for _, one in items(definition.get("ContainerDefinitions"))
    }
    name = balancer.get("ContainerName")
    if not is_text(name):
        return
    if name not in containers:
        yield f"{path}.ContainerName", f"there is no container '{name}'"
        return
    mapped = items(containers[name].get("PortMappings"))
    ports = [number(one.get("ContainerPort")) for _, one in mapped]
    if number(balancer.get("ContainerPort")) not in ports:
        message = f"container '{name}' does not map {balancer.get('ContainerPort')}"
        yield f"{path}.ContainerPort", message


def _target(path: str, balancer: dict[str, Any], project: Project) -> Found:
    groups = (
        file_group
        for file in project.known.values()
        for key, group in file.section("Resources").items()
        if group.get("Type") == "AWS::ElasticLoadBalancingV2::TargetGroup"
        for file_group in [(file, key, group)]
    )
    for file, key, group in groups:
        place = Place(file.stack.external_name, file.stack.region, key)
        kind = group.get("Properties", {}).get("TargetType", "instance")
        arn = of_resource(place, group["Type"], {}, "")
        if kind != "ip" and arn == balancer.get("TargetGroupArn"):
            message = f"{key} has targets of type '{kind}', and Fargate needs ip"
            yield f"{path}.TargetGroupArn", message


def _cluster(cluster: Resource) -> Found:
    yield from _strategy("DefaultCapacityProviderStrategy", cluster)
    has_providers = cluster.properties.get("CapacityProviders", [])
    for at, one in items(cluster.properties.get("DefaultCapacityProviderStrategy")):
        if one.get("CapacityProvider") not in has_providers:
            path = f"DefaultCapacityProviderStrategy.{at}.CapacityProvider"
            yield path, f"'{one.get('CapacityProvider')}' is not in CapacityProviders"
    settings = items(cluster.properties.get("ClusterSettings"))
    yield from repeated("ClusterSettings", [(at, one.get("Name")) for at, one in settings], "name")


RULE = Rule(
    code="OMS073",
    title="A service is such as ECS takes",
    cause=(
        "The load balancer's container or port is not in the task definition, its target group is "
        "not of type ip, a capacity provider does not exist, or a deployment may neither stop nor "
        "start a task."
    ),
    remedy="see the API reference of ECS",
    scope=Scope.STACKS,
    find=find,
)
