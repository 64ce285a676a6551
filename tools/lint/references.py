"""References between the resources of an environment: what a property names exists.

A service refuses most of these mistakes in the middle of a launch. CloudWatch accepts an alarm with
any dimensions, and the alarm never fires.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sentry_oms.cloudformation.evaluate import UNKNOWN
from sentry_oms.names import ENVIRONMENTS
from sentry_oms.offline.project import Project, Resource, mappings
from tools.lint.deployed import project
from tools.lint.report import Report

ALARM = "AWS::CloudWatch::Alarm"
CLUSTER = ("AWS::ECS::Cluster", "")
GROUP_ID = ("AWS::EC2::SecurityGroup", "GroupId")
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LOG_GROUP = ("AWS::Logs::LogGroup", "")
REPLICATION_GROUP = "AWS::ElastiCache::ReplicationGroup"
ROUTE_TABLE = ("AWS::EC2::RouteTable", "")
SERVICE = "AWS::ECS::Service"
SUBNET = ("AWS::EC2::Subnet", "")
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"

NAMED = {
    "AllocationId": ("AWS::EC2::EIP", "AllocationId"),
    "ArtifactStore.Location": ("AWS::S3::Bucket", ""),
    "Bucket": ("AWS::S3::Bucket", ""),
    "CacheSubnetGroupName": ("AWS::ElastiCache::SubnetGroup", ""),
    "ClientId": ("AWS::Cognito::UserPoolClient", ""),
    "CloudWatchLogs.GroupName": LOG_GROUP,
    "Cluster": CLUSTER,
    "Configuration.ProjectName": ("AWS::CodeBuild::Project", ""),
    "InternetGatewayId": ("AWS::EC2::InternetGateway", ""),
    "ListenerArn": ("AWS::ElasticLoadBalancingV2::Listener", ""),
    "LoadBalancerArn": (LOAD_BALANCER, ""),
    "NatGatewayId": ("AWS::EC2::NatGateway", ""),
    "Options.awslogs-group": LOG_GROUP,
    "RouteTableId": ROUTE_TABLE,
    "RouteTableIds": ROUTE_TABLE,
    "SecurityGroupIds": GROUP_ID,
    "SecurityGroups": GROUP_ID,
    "SourceSecurityGroupId": GROUP_ID,
    "SubnetId": SUBNET,
    "SubnetIds": SUBNET,
    "Subnets": SUBNET,
    "TargetGroupArn": (TARGET_GROUP, ""),
    "TargetKeyId": ("AWS::KMS::Key", ""),
    "UserPoolId": ("AWS::Cognito::UserPool", ""),
    "VpcId": ("AWS::EC2::VPC", ""),
    "WebACLArn": ("AWS::WAFv2::WebACL", "Arn"),
}
"""By property, with the one around it if needed: the type that it names, and the attribute of
``Fn::GetAtt``; empty for ``Ref``."""
WATCHED = {
    "ClusterName": CLUSTER,
    "LoadBalancer": (LOAD_BALANCER, "LoadBalancerFullName"),
    "NatGatewayId": ("AWS::EC2::NatGateway", ""),
    "PipelineName": ("AWS::CodePipeline::Pipeline", ""),
    "ProjectName": ("AWS::CodeBuild::Project", ""),
    "QueueName": ("AWS::SQS::Queue", "QueueName"),
    "ServiceName": (SERVICE, "Name"),
    "TableName": ("AWS::DynamoDB::Table", ""),
    "TargetGroup": (TARGET_GROUP, "TargetGroupFullName"),
}
"""The same by dimension of an alarm."""
ALL = "ALL"
"""Stands for all clients of a user pool."""


def lint() -> Report:
    """Report the references of every environment that lead nowhere."""
    found = [
        f"{environment}: {fault}"
        for environment in ENVIRONMENTS
        for fault in faults(project(environment))
    ]
    return Report("references", len(NAMED) + len(WATCHED), found)


def faults(environment: Project) -> Iterator[str]:
    """Yield a line for each property that names a resource that no stack creates."""
    created = {
        (kind, attribute): {one.attribute(attribute) for one in environment.of_kind(kind)}
        for kind, attribute in {*NAMED.values(), *WATCHED.values()}
    }
    for resource in environment.resources:
        known = NAMED
        named = list(_named(resource.properties))
        if resource.kind == ALARM:
            known = WATCHED
            dimensions = enumerate(mappings(resource.properties.get("Dimensions")))
            named = [(f"Dimensions.{at}", one["Name"], one["Value"]) for at, one in dimensions]
        for path, name, value in named:
            if name not in known or value in (ALL, UNKNOWN) or UNKNOWN in created[known[name]]:
                continue
            if value not in created[known[name]]:
                kind = known[name][0].rpartition("::")[2]
                yield _line(resource, path, f"no stack creates the {kind} '{value}'")
    yield from _services(environment)
    yield from _nodes(environment)


def _services(environment: Project) -> Iterator[str]:
    """Yield the services in another cluster than is said, or without its capacity."""
    providers = {
        one.attribute(): one.properties.get("CapacityProviders", [])
        for one in environment.of_kind("AWS::ECS::Cluster")
    }
    clusters = {}
    for service in environment.of_kind(SERVICE):
        cluster = clusters[service.attribute("Name")] = service.properties.get("Cluster")
        strategy = mappings(service.properties.get("CapacityProviderStrategy"))
        for one in strategy if providers.get(cluster) is not UNKNOWN else ():
            if one.get("CapacityProvider") not in providers.get(cluster, []):
                message = f"{cluster} does not have {one.get('CapacityProvider')}"
                yield _line(service, "CapacityProviderStrategy", message)
    for alarm in environment.of_kind(ALARM):
        watched = _dimensions(alarm)
        cluster = clusters.get(watched.get("ServiceName", ""))
        if cluster and cluster != watched.get("ClusterName"):
            yield _line(alarm, "Dimensions", f"{watched['ServiceName']} runs in {cluster}")


def _nodes(environment: Project) -> Iterator[str]:
    """Yield the alarms on nodes that no replication group has."""
    nodes = {
        f"{group.attribute()}-{node:03}"
        for group in environment.of_kind(REPLICATION_GROUP)
        for node in range(1, int(group.properties.get("NumCacheClusters", 1)) + 1)
    }
    for alarm in environment.of_kind(ALARM):
        node = _dimensions(alarm).get("CacheClusterId")
        if node and node not in nodes:
            yield _line(alarm, "Dimensions", f"no replication group has the node '{node}'")


def _dimensions(alarm: Resource) -> Mapping[str, str]:
    dimensions = mappings(alarm.properties.get("Dimensions"))
    return {one["Name"]: str(one["Value"]) for one in dimensions if one["Value"] is not UNKNOWN}


def _named(value: Any, path: str = "", around: str = "", name: str = "") -> Iterator[Any]:
    """Yield each text below a value with its path, and the property that holds it."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _named(one, f"{path}.{key}".lstrip("."), name, key)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _named(one, f"{path}.{at}", around, name)
    else:
        qualified = f"{around}.{name}"
        yield path, qualified if qualified in NAMED else name, value


def _line(resource: Resource, path: str, message: str) -> str:
    return f"{resource.file.name}: {resource.key}.{path}: {message}"
