"""Sibling templates differ in listed points, and a change to one that belongs in all is noticed.

What only names a sibling (its title, its resources' names) is put out of the way first; a point is
a path into the template, and stands for everything below it. The lists are exact: a point that no
longer differs has to go.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from tests.conftest import template

NAMING_KEYS = ("Sid", "Name", "Id", "Key", "AttributeName", "Label")
"""What tells one member of a list from the others, so that an added one moves none."""


class Family(NamedTuple):
    """Two siblings: their files, what names each, and where they differ."""

    first: str
    second: str
    names: Mapping[str, tuple[str, str]]
    points: tuple[str, ...]


TABLES = Family(
    "dynamodb/oms-config-table.json",
    "dynamodb/oms-trading-table.json",
    {"TABLE": ("oms_config_", "oms_trading_data_")},
    (
        "/Description",
        "/Outputs/StreamArn",
        "/Resources/GlobalIndexWriteThrottleAlarm",
        "/Resources/Table/Properties/AttributeDefinitions/gsi1pk",
        "/Resources/Table/Properties/AttributeDefinitions/gsi1sk",
        "/Resources/Table/Properties/GlobalSecondaryIndexes",
        "/Resources/Table/Properties/StreamSpecification",
        "/Resources/Table/Properties/TimeToLiveSpecification",
    ),
)
CLUSTERS = Family(
    "compute/ecs-cluster-gateway.json",
    "compute/ecs-cluster-oms.json",
    {
        "CLUSTER": ("sentry-gateway-", "sentry-oms-"),
        "LOGS": ("/sentry/gateway/", "/sentry/oms/"),
    },
    (
        "/Description",
        "/Metadata/AWS::CloudFormation::Interface/ParameterGroups",
        "/Metadata/AWS::CloudFormation::Interface/ParameterLabels/ALBSecurityGroupId",
        "/Parameters/ALBSecurityGroupId",
        "/Resources/ExecutionRole/Properties/Description",
        "/Resources/ExecutionRole/Properties/Policies/0/PolicyDocument/Statement/PullImage",
        "/Resources/ServiceSecurityGroup",
        "/Resources/TaskRole/Metadata",
        "/Resources/TaskRole/Properties/Description",
        "/Resources/TaskRole/Properties/Policies/0/PolicyDocument/Statement",
    ),
)
TASK_POINTS = (
    "/Description",
    "/Mappings/Service",
    "/Metadata/AWS::CloudFormation::Interface",
    "/Parameters/ECRRepositoryUri/ConstraintDescription",
    "/Resources/CpuAlarm/Properties/AlarmDescription",
    "/Resources/MemoryAlarm/Properties/AlarmDescription",
    "/Resources/ScalingPolicy",
    "/Resources/Service/Properties/LoadBalancers",
    "/Resources/TaskDefinition/Metadata",
    "/Resources/TaskDefinition/Properties/ContainerDefinitions/CONTAINER/Environment",
    "/Resources/TaskDefinition/Properties/ContainerDefinitions/CONTAINER/HealthCheck",
    "/Resources/TaskDefinition/Properties/ContainerDefinitions/CONTAINER/PortMappings",
    "/Resources/TaskDefinition/Properties/ContainerDefinitions/CONTAINER/Secrets",
)
GATEWAY_TASKS = Family(
    "compute/task-definition-frontend-admin.json",
    "compute/task-definition-websocket.json",
    {
        "FAMILY": ("sentry-frontend-admin-", "sentry-websocket-"),
        "CONTAINER": ("frontend-admin", "websocket"),
    },
    (
        *TASK_POINTS,
        "/Conditions/HasRedis",
        "/Parameters/RedisStackName",
        "/Resources/Service/Properties/NetworkConfiguration",
    ),
)
OMS_TASK = Family(
    "compute/task-definition-oms.json",
    "compute/task-definition-websocket.json",
    {"FAMILY": ("sentry-oms-", "sentry-websocket-")},
    (
        *(point.replace("/CONTAINER", "") for point in TASK_POINTS if "/CONTAINER/" not in point),
        "/Conditions/HasCognitoRegion",
        "/Conditions/HasUserPool",
        "/Parameters/ALBStackName",
        "/Parameters/AppSecretArn",
        "/Parameters/CognitoRegion",
        "/Parameters/ECSClusterStackName/ConstraintDescription",
        "/Parameters/Exchanges",
        "/Parameters/SecretsArn",
        "/Parameters/UserPoolClientId",
        "/Parameters/UserPoolId",
        "/Resources/Service/Metadata",
        "/Resources/Service/Properties/HealthCheckGracePeriodSeconds",
        "/Resources/TaskDefinition/Properties/ContainerDefinitions",
        "/Rules/UserPoolAndClientTogether",
    ),
)
PIPELINES = Family(
    "cicd/codepipeline-oms.json",
    "cicd/codepipeline-websocket.json",
    {
        "TITLE": ("the order management service", "the WebSocket service"),
        "BUILD": ("build-oms-", "build-websocket-"),
        "LOGS": ("build-oms/", "build-websocket/"),
        "PIPELINE": ("pipeline-oms-", "pipeline-websocket-"),
        "ROLE": ("role/sentry-oms-", "role/sentry-gateway-"),
        "FAMILY": ("definition/sentry-oms-", "definition/sentry-websocket-"),
    },
    (
        "/Parameters/ECRRepositoryName/ConstraintDescription",
        "/Parameters/ECSClusterName/ConstraintDescription",
        "/Parameters/ECSServiceName/ConstraintDescription",
        "/Parameters/SourceDirectory/Default",
        "/Resources/BuildProject/Properties/Environment/EnvironmentVariables/CONTAINER_NAME",
    ),
)
FRONTEND_PIPELINE = Family(
    "cicd/codepipeline-oms.json",
    "cicd/codepipeline-frontend.json",
    {
        "TITLE": ("the order management service", "the admin front end"),
        "BUILD": ("build-oms-", "build-frontend-"),
        "LOGS": ("build-oms/", "build-frontend/"),
        "PIPELINE": ("pipeline-oms-", "pipeline-frontend-"),
        "ROLE": ("role/sentry-oms-", "role/sentry-gateway-"),
        "FAMILY": ("definition/sentry-oms-", "definition/sentry-frontend-admin-"),
    },
    (
        *PIPELINES.points,
        "/Metadata/AWS::CloudFormation::Interface",
        "/Metadata/Sentry/Why",
        "/Parameters/CognitoClientId",
        "/Parameters/CognitoRegion",
        "/Parameters/CognitoUserPoolId",
        "/Resources/BuildProject/Properties/Environment/EnvironmentVariables/COGNITO_CLIENT_ID",
        "/Resources/BuildProject/Properties/Environment/EnvironmentVariables/COGNITO_REGION",
        "/Resources/BuildProject/Properties/Environment/EnvironmentVariables/COGNITO_USER_POOL_ID",
        "/Resources/BuildProject/Properties/Source/BuildSpec",
    ),
)
FAMILIES = {
    "tables": TABLES,
    "clusters": CLUSTERS,
    "gateway tasks": GATEWAY_TASKS,
    "oms task": OMS_TASK,
    "pipelines": PIPELINES,
    "frontend pipeline": FRONTEND_PIPELINE,
}

every_family = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a template with its path."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, f"{path}/{naming(value) or index}")
    else:
        yield path, node


def naming(value: Any) -> str | None:
    """What a member of a list is called, where it is called something."""
    named = [value[key] for key in NAMING_KEYS if key in value] if isinstance(value, dict) else []
    return named[0] if named and isinstance(named[0], str) else None


def neutral(body: Any, names: Mapping[str, tuple[str, str]], sibling: int) -> Any:
    """The template without what only names the sibling."""
    text = json.dumps(body)
    for placeholder, own in names.items():
        text = text.replace(own[sibling], placeholder)
    return json.loads(text)


def differences(family: Family, first: Any, second: Any) -> set[str]:
    """The paths at which the siblings differ."""
    one = dict(leaves(neutral(first, family.names, 0)))
    other = dict(leaves(neutral(second, family.names, 1)))
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def below(path: str, point: str) -> bool:
    return path == point or path.startswith(f"{point}/")


@every_family
def test_siblings_differ_in_the_listed_points_only(family: Family) -> None:
    found = differences(family, template(family.first), template(family.second))
    assert {path for path in found if not any(below(path, p) for p in family.points)} == set()


@every_family
def test_every_listed_point_differs(family: Family) -> None:
    found = differences(family, template(family.first), template(family.second))
    assert [p for p in family.points if not any(below(path, p) for path in found)] == []


@every_family
def test_every_name_is_the_siblings_own(family: Family) -> None:
    for sibling, path in enumerate((family.first, family.second)):
        text = json.dumps(template(path))
        assert [own[sibling] for own in family.names.values() if own[sibling] not in text] == []


@every_family
def test_a_change_to_one_alone_is_noticed(family: Family) -> None:
    changed = copy.deepcopy(template(family.first))
    changed["Parameters"]["Environment"]["Description"] = "edited"
    found = differences(family, changed, template(family.second))
    assert "/Parameters/Environment/Description" in found
    assert not any(below("/Parameters/Environment/Description", p) for p in family.points)
