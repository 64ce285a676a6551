"""Sibling templates differ in the points listed here, and in nothing else.

A repair of one table, cluster, task or pipeline is thus a repair of all. The lists are exact both
ways: a new difference fails, and so does a listed point that no longer differs. Where a point is a
name or a sentence with the sibling's own words in it, the list says how it reads, so that what was
copied from a sibling and not adapted fails as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

import pytest

from tests.conftest import template

OWN = None
"""What stands at the point is each sibling's own affair."""

GROUPS = "Metadata.AWS::CloudFormation::Interface.ParameterGroups"
LABELS = "Metadata.AWS::CloudFormation::Interface.ParameterLabels"
NAMES = ("Sid", "Name", "Key", "AttributeName", "FromPort", "Fn::Sub")
"""What an item of a list goes by."""


class Point(NamedTuple):
    """A part that is not the same in every sibling that has it, or that not every one has."""

    path: str
    what: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.path} {self.what}"


def points(siblings: Mapping[str, Any], path: str = "") -> Iterator[Point]:
    """Every point in which the siblings differ, each as small as can be."""
    values = list(siblings.values())
    if all(value == values[0] for value in values):
        return
    parts = taken_apart(values)
    if parts is None:
        yield Point(path, "differs", siblings)
        return
    if isinstance(values[0], list) and not in_one_order(parts):
        yield Point(path, "differs in its order", siblings)
    for key in {key: None for part in parts for key in part}:
        having = {
            name: part[key] for name, part in zip(siblings, parts, strict=True) if key in part
        }
        below = f"{path}.{key}".removeprefix(".")
        if len(having) < len(siblings):
            yield Point(below, f"only in {', '.join(having)}", having)
        yield from points(having, below)


def in_one_order(parts: Sequence[Mapping[str, Any]]) -> bool:
    return all(
        [key for key in one if key in other] == [key for key in other if key in one]
        for one, other in combinations(parts, 2)
    )


def taken_apart(values: Sequence[Any]) -> Sequence[Mapping[str, Any]] | None:
    """The parts of each value, with what a part goes by; None where they can't be compared.

    Items of lists go by name, so that one that is put in between moves no other; or by position,
    where the lists are equally long and a name is what differs.
    """
    if all(isinstance(value, dict) for value in values):
        return values
    if not all(isinstance(value, list) for value in values):
        return None
    as_long = len({len(value) for value in values}) == 1
    named = [by_name(value) for value in values]
    if all(named) and not (as_long and any(names.keys() != named[0].keys() for names in named)):
        return named
    if as_long:
        return [{str(position): item for position, item in enumerate(value)} for value in values]
    return None


def by_name(items: Sequence[Any]) -> dict[str, Any]:
    """Nothing where an item has no name. Lines of a script occur more than once: they count."""
    named: dict[str, Any] = {}
    times: Counter[str] = Counter()
    for item in items:
        name = name_of(item)
        if name is None:
            return {}
        times[name] += 1
        named[name if times[name] == 1 else f"{name} ({times[name]})"] = item
    return named if len(named) == len(items) else {}


def name_of(item: Any) -> str | None:
    if isinstance(item, str):
        return item.strip()
    if not isinstance(item, dict):
        return None
    if "Fn::If" in item:
        return next((name for name in map(name_of, item["Fn::If"][1:]) if name), None)
    if "Fn::ImportValue" in item:
        return name_of(item["Fn::ImportValue"])
    if "Label" in item:
        return str(item["Label"]["default"])
    return next((str(item[key]) for key in NAMES if key in item), None)


@dataclass(frozen=True)
class Family:
    """Templates that are written alike, and the points in which they may differ.

    Args:
        templates: their paths, by the name of the sibling.
        words: what each sibling puts for the ``<words>`` of ``differ``.
        differ: the points that all or some have and that differ, with how they read.
        only: the points that some lack, by the names of those that have them.
    """

    templates: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    differ: Mapping[str, str | None]
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def load(self) -> dict[str, Any]:
        return {name: template(path) for name, path in self.templates.items()}

    def listed(self) -> set[str]:
        return {f"{path} differs" for path in self.differ} | {
            f"{path} only in {names}" for names, paths in self.only.items() for path in paths
        }

    def faults(self, siblings: Mapping[str, Any]) -> list[str]:
        """What is not as it is listed, a line each."""
        found = list(points(siblings))
        texts = {str(point) for point in found}
        return [
            *(f"not listed: {text}" for text in sorted(texts - self.listed())),
            *(f"listed, and not so: {text}" for text in sorted(self.listed() - texts)),
            *(fault for point in found if point.what == "differs" for fault in self.misread(point)),
        ]

    def misread(self, point: Point) -> Iterator[str]:
        pattern = self.differ.get(point.path)
        for name, value in point.values.items():
            reads = pattern
            for word, own in self.words[name].items():
                reads = reads and reads.replace(f"<{word}>", own)
            if reads is not None and value != reads:
                yield f"{point.path} of {name} reads {value!r} and not {reads!r}"


def parameters(group: str, *names: str) -> tuple[str, ...]:
    """The points that parameters are: each, its label, and its place in a group."""
    return tuple(
        f"{place}.{name}"
        for name in names
        for place in ("Parameters", LABELS, f"{GROUPS}.{group}.Parameters")
    )


TABLES = Family(
    templates={
        "config": "dynamodb/oms-config-table.json",
        "trading": "dynamodb/oms-trading-table.json",
    },
    words={
        "config": {"data": "configuration", "table": "oms_config"},
        "trading": {"data": "trading data", "table": "oms_trading_data"},
    },
    differ={
        "Description": (
            "Sentry OMS: the table that holds the <data> of the order-management system."
        ),
        "Resources.Table.Properties.TableName.Fn::Sub": "<table>_${Environment}",
    },
    only={
        "trading": (
            "Resources.Table.Properties.AttributeDefinitions.gsi1pk",
            "Resources.Table.Properties.AttributeDefinitions.gsi1sk",
            "Resources.Table.Properties.GlobalSecondaryIndexes",
            "Resources.GlobalIndexWriteThrottleAlarm",
            "Resources.Table.Properties.TimeToLiveSpecification",
            "Resources.Table.Properties.StreamSpecification",
            "Outputs.StreamArn",
            "Metadata.Sentry::PublicOutputs.StreamArn",
        )
    },
)

STATEMENTS = "Properties.Policies.0.PolicyDocument.Statement"

CLUSTERS = Family(
    templates={
        "gateway": "compute/ecs-cluster-gateway.json",
        "oms": "compute/ecs-cluster-oms.json",
    },
    words={
        "gateway": {
            "cluster": "gateway",
            "services": "admin front end and the WebSocket service",
            "one service": "admin front end or the WebSocket service",
            "themselves": "themselves",
            "others": "",
        },
        "oms": {
            "cluster": "oms",
            "services": "order management service",
            "one service": "order management service",
            "themselves": "itself",
            "others": " and exchanges",
        },
    },
    differ={
        "Description": (
            "Sentry OMS: the ECS cluster of the <services>, with its log group, its security group "
            "and the two roles of its tasks."
        ),
        "Resources.Cluster.Properties.ClusterName.Fn::Sub": "sentry-<cluster>-${Environment}",
        "Resources.LogGroup.Properties.LogGroupName.Fn::Sub": "/sentry/<cluster>/${Environment}",
        "Resources.ServiceSecurityGroup.Metadata.Comment": OWN,
        "Resources.ServiceSecurityGroup.Properties.GroupDescription": "Tasks of the <services>",
        "Resources.ServiceSecurityGroup.Properties.SecurityGroupEgress.443.Description": (
            "AWS APIs<others>"
        ),
        "Resources.ServiceSecurityGroup.Properties.Tags.Name.Value.Fn::Sub": (
            "sentry-<cluster>-service-${Environment}"
        ),
        "Resources.TaskRole.Metadata.Comment": OWN,
        "Resources.TaskRole.Properties.RoleName.Fn::Sub": "sentry-<cluster>-task-${Environment}",
        "Resources.TaskRole.Properties.Description": "What the <services> <themselves> may do",
        "Resources.ExecutionRole.Properties.RoleName.Fn::Sub": (
            "sentry-<cluster>-execution-${Environment}"
        ),
        "Resources.ExecutionRole.Properties.Description": (
            "What ECS may do to start a task of the <one service>"
        ),
        f"Resources.ExecutionRole.{STATEMENTS}.PullImage.Resource": OWN,
    },
    only={
        "gateway": (
            *parameters("Network", "ALBSecurityGroupId"),
            "Resources.ServiceSecurityGroup.Properties.SecurityGroupIngress",
        ),
        "oms": (
            "Resources.ServiceSecurityGroup.Properties.SecurityGroupEgress.8443",
            f"Resources.TaskRole.{STATEMENTS}.ReadExchangeCredentials",
            f"Resources.TaskRole.{STATEMENTS}.DecryptExchangeCredentials",
        ),
    },
)

CONTAINER = "Resources.TaskDefinition.Properties.ContainerDefinitions.0"
TRACKING = "Resources.ScalingPolicy.Properties.TargetTrackingScalingPolicyConfiguration"

TASKS = Family(
    templates={
        "frontend-admin": "compute/task-definition-frontend-admin.json",
        "oms": "compute/task-definition-oms.json",
        "websocket": "compute/task-definition-websocket.json",
    },
    words={
        "frontend-admin": {
            "service": "frontend-admin",
            "title": "admin front end",
            "cluster": "gateway",
            "image": "admin-front-end",
            "target": "Frontend",
            "secret": "SecretsArn",
        },
        "oms": {
            "service": "oms",
            "title": "order management service",
            "cluster": "oms",
            "image": "oms",
            "secret": "AppSecretArn",
        },
        "websocket": {
            "service": "websocket",
            "title": "WebSocket service",
            "cluster": "gateway",
            "image": "websocket",
            "target": "WebSocket",
            "secret": "SecretsArn",
        },
    },
    differ={
        "Description": (
            "Sentry OMS: the task definition, the service and the scaling of the <title>."
        ),
        "Parameters.ECSClusterStackName.ConstraintDescription": (
            "must be the name of a CloudFormation stack, such as sentry-cluster-<cluster>-dev."
        ),
        "Parameters.ECRRepositoryUri.ConstraintDescription": (
            "must be the URI of an ECR repository without a tag, such as "
            "123456789012.dkr.ecr.us-east-1.amazonaws.com/sentry/<image>-dev."
        ),
        "Mappings.Service.dev.Cpu": OWN,
        "Mappings.Service.dev.Memory": OWN,
        "Mappings.Service.staging.Cpu": OWN,
        "Mappings.Service.staging.Memory": OWN,
        "Mappings.Service.prod.Cpu": OWN,
        "Mappings.Service.prod.Memory": OWN,
        "Mappings.Service.prod.MaxCapacity": OWN,
        "Resources.TaskDefinition.Metadata.Comment": OWN,
        "Resources.TaskDefinition.Properties.Family.Fn::Sub": "sentry-<service>-${Environment}",
        f"{CONTAINER}.Name": "<service>",
        f"{CONTAINER}.PortMappings.0.ContainerPort": OWN,
        f"{CONTAINER}.StopTimeout": OWN,
        f"{CONTAINER}.Environment.PORT.Value": OWN,
        f"{CONTAINER}.Secrets.APP_SECRET.ValueFrom.Ref": "<secret>",
        f"{CONTAINER}.HealthCheck.Command.1": OWN,
        f"{CONTAINER}.LogConfiguration.Options.awslogs-stream-prefix": "<service>",
        "Resources.Service.Properties.ServiceName.Fn::Sub": (
            "sentry-<service>-service-${Environment}"
        ),
        "Resources.Service.Properties.LoadBalancers.0.ContainerName": "<service>",
        "Resources.Service.Properties.LoadBalancers.0.ContainerPort": OWN,
        "Resources.Service.Properties.LoadBalancers.0.TargetGroupArn.Fn::ImportValue.Fn::Sub": (
            "${ALBStackName}-<target>TargetGroupArn"
        ),
        "Resources.Service.Metadata.Comment": OWN,
        "Resources.Service.Properties.AvailabilityZoneRebalancing": OWN,
        "Resources.ScalingPolicy.Metadata.Comment": OWN,
        "Resources.ScalingPolicy.Properties.PolicyName": OWN,
        f"{TRACKING}.PredefinedMetricSpecification.PredefinedMetricType": OWN,
        f"{TRACKING}.TargetValue": OWN,
        "Resources.CpuAlarm.Properties.AlarmDescription.Fn::Sub": (
            "The <title> in ${Environment} used at least 85 percent of its CPU in 3 of the last "
            "5 minutes."
        ),
        "Resources.MemoryAlarm.Properties.AlarmDescription.Fn::Sub": (
            "The <title> in ${Environment} used at least 85 percent of its memory in 3 of the last "
            "5 minutes."
        ),
        "Resources.NoTaskAlarm.Properties.AlarmDescription.Fn::Sub": (
            "The <title> in ${Environment} has run no task for 5 minutes. Think of an image that "
            "fails at start, or of a cluster without capacity: the events of the service and its "
            "stopped tasks say why."
        ),
    },
    only={
        "frontend-admin": (f"{TRACKING}.PredefinedMetricSpecification.ResourceLabel",),
        "oms": (
            *parameters("Application", "AppSecretArn", "Exchanges"),
            f"{CONTAINER}.Environment.EXCHANGES",
            f"{TRACKING}.CustomizedMetricSpecification",
        ),
        "frontend-admin, websocket": (
            *parameters("Environment", "ALBStackName"),
            *parameters(
                "Application", "SecretsArn", "UserPoolId", "UserPoolClientId", "CognitoRegion"
            ),
            "Rules.UserPoolAndClientTogether",
            "Conditions.HasUserPool",
            "Conditions.HasCognitoRegion",
            f"{CONTAINER}.PortMappings",
            f"{CONTAINER}.Environment.PORT",
            f"{CONTAINER}.Environment.COGNITO_REGION",
            f"{CONTAINER}.Environment.COGNITO_USER_POOL_ID",
            f"{CONTAINER}.Environment.COGNITO_CLIENT_ID",
            "Resources.Service.Properties.LoadBalancers",
            "Resources.Service.Properties.HealthCheckGracePeriodSeconds",
            f"{TRACKING}.PredefinedMetricSpecification",
        ),
        "oms, websocket": (
            *parameters("Environment", "RedisStackName"),
            "Conditions.HasRedis",
            f"{CONTAINER}.Environment.REDIS_HOST",
            f"{CONTAINER}.Environment.REDIS_PORT",
            f"{CONTAINER}.Secrets.REDIS_AUTH",
            "Resources.Service.Properties.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups"
            ".${ECSClusterStackName}-RedisClientSecurityGroupId",
        ),
    },
)

BUILD = "Resources.BuildProject.Properties"

PIPELINES = Family(
    templates={
        "frontend": "cicd/codepipeline-frontend.json",
        "oms": "cicd/codepipeline-oms.json",
        "websocket": "cicd/codepipeline-websocket.json",
    },
    words={
        "frontend": {
            "pipeline": "frontend",
            "title": "admin front end",
            "service": "frontend-admin",
            "cluster": "gateway",
            "image": "admin-front-end",
        },
        "oms": {
            "pipeline": "oms",
            "title": "order management service",
            "service": "oms",
            "cluster": "oms",
            "image": "oms",
        },
        "websocket": {
            "pipeline": "websocket",
            "title": "WebSocket service",
            "service": "websocket",
            "cluster": "gateway",
            "image": "websocket",
        },
    },
    differ={
        "Description": (
            "Sentry OMS: the pipeline of the <title>, from a push to the running service, with its "
            "build, its artifact bucket and their two roles."
        ),
        "Parameters.SourceDirectory.Default": "<image>",
        "Parameters.ECRRepositoryName.ConstraintDescription": (
            "must be the name of an ECR repository, such as sentry/<image>-dev."
        ),
        "Parameters.ECSClusterName.ConstraintDescription": (
            "must be the name of an ECS cluster, such as sentry-<cluster>-dev."
        ),
        "Parameters.ECSServiceName.ConstraintDescription": (
            "must be the name of an ECS service, such as sentry-<service>-service-dev."
        ),
        "Resources.LogGroup.Properties.LogGroupName.Fn::Sub": (
            "/sentry/build-<pipeline>/${Environment}"
        ),
        "Resources.BuildRole.Properties.RoleName.Fn::Sub": "sentry-build-<pipeline>-${Environment}",
        "Resources.BuildRole.Properties.Description": "What the build of the <title> may do",
        "Resources.BuildRole.Properties.AssumeRolePolicyDocument.Statement.BuildsOfThisProject"
        ".Condition.ArnEquals.aws:SourceArn.Fn::Sub": (
            "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:project/"
            "sentry-build-<pipeline>-${Environment}"
        ),
        f"{BUILD}.Name.Fn::Sub": "sentry-build-<pipeline>-${Environment}",
        f"{BUILD}.Description": "Builds and pushes the image of the <title>",
        f"{BUILD}.Environment.EnvironmentVariables.CONTAINER_NAME.Value": "<service>",
        "Resources.BuildFailedAlarm.Properties.AlarmDescription.Fn::Sub": (
            "A build of the <title> in ${Environment} failed, so that its commit was not "
            "deployed; the log group ${LogGroup} says why. The pipeline's own alarm goes off as "
            "well."
        ),
        "Resources.PipelineRole.Properties.RoleName.Fn::Sub": (
            "sentry-pipeline-<pipeline>-${Environment}"
        ),
        "Resources.PipelineRole.Properties.Description": "What the pipeline of the <title> may do",
        f"Resources.PipelineRole.{STATEMENTS}.TagNewRevision.Resource.Fn::Sub": (
            "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/"
            "sentry-<service>-${Environment}:*"
        ),
        f"Resources.PipelineRole.{STATEMENTS}.PassTaskRoles.Resource.0.Fn::Sub": (
            "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/sentry-<cluster>-task-${Environment}"
        ),
        f"Resources.PipelineRole.{STATEMENTS}.PassTaskRoles.Resource.1.Fn::Sub": (
            "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/sentry-<cluster>-execution-${Environment}"
        ),
        "Resources.Pipeline.Properties.Name.Fn::Sub": "sentry-pipeline-<pipeline>-${Environment}",
        "Resources.PipelineFailedAlarm.Properties.AlarmDescription.Fn::Sub": (
            "A run of the pipeline of the <title> in ${Environment} failed. Its source, its build "
            "or its deployment did, or somebody rejected it; the pipeline ${Pipeline} shows which, "
            "and can retry the stage."
        ),
    },
    only={
        "frontend": (
            f"{GROUPS}.Sign-in",
            *(
                f"{place}.{name}"
                for name in ("CognitoRegion", "CognitoUserPoolId", "CognitoClientId")
                for place in ("Parameters", LABELS)
            ),
            "Metadata.Sentry.Why.Only the commit names an image, though the user pool and its "
            "client are built into it. When either changes, push a commit: a retry would find the "
            "old image.",
            *(
                point
                for name in ("COGNITO_REGION", "COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID")
                for point in (
                    f"{BUILD}.Environment.EnvironmentVariables.{name}",
                    f"{BUILD}.Source.BuildSpec.Fn::Join.1.--build-arg {name} \\",
                )
            ),
        )
    },
)

FAMILIES = {"tables": TABLES, "clusters": CLUSTERS, "tasks": TASKS, "pipelines": PIPELINES}


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_siblings_differ_in_the_listed_points_and_in_no_other(family: Family) -> None:
    assert family.faults(family.load()) == []


class TestComparison:
    """The comparison itself: what is wrong in a copy does not pass it."""

    @pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
    def test_one_value_changed_in_one_sibling_fails(self, family: Family) -> None:
        siblings = family.load()
        *_, last = siblings.values()
        last["Outputs"]["StackName"]["Description"] = "Changed."
        assert family.faults(siblings) == ["not listed: Outputs.StackName.Description differs"]

    @pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
    def test_every_listed_point_must_differ(self, family: Family) -> None:
        first, *_ = family.load().values()
        alike = dict.fromkeys(family.templates, first)
        assert family.faults(alike) == [
            f"listed, and not so: {point}" for point in sorted(family.listed())
        ]

    def test_a_sentence_copied_from_a_sibling_and_not_adapted_fails(self) -> None:
        siblings = TASKS.load()
        siblings["oms"]["Description"] = siblings["websocket"]["Description"]
        (fault,) = TASKS.faults(siblings)
        assert fault.startswith("Description of oms reads")

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            (lambda t: t["Rules"].pop("NoImageNoTasks"), "Rules.NoImageNoTasks only in"),
            (
                lambda t: t["Resources"]["Service"]["Properties"].update(PlatformVersion="1.4.0"),
                "Resources.Service.Properties.PlatformVersion only in websocket",
            ),
            (
                lambda t: t["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"][0][
                    "Environment"
                ].reverse(),
                f"{CONTAINER}.Environment differs in its order",
            ),
            (
                lambda t: t["Resources"]["Service"]["Properties"].update(DesiredCount="1"),
                "Resources.Service.Properties.DesiredCount differs",
            ),
        ],
        ids=["part taken out", "part added", "order changed", "kind changed"],
    )
    def test_a_part_more_or_less_and_another_order_fail_too(
        self, change: Callable[[dict[str, Any]], Any], fault: str
    ) -> None:
        siblings = TASKS.load()
        change(siblings["websocket"])
        (found,) = TASKS.faults(siblings)
        assert found.startswith(f"not listed: {fault}")

    def test_a_line_put_into_a_script_is_the_only_difference(self) -> None:
        script = ["set -e", "fi", "push", "fi"]
        longer = [*script[:1], "check", *script[1:]]
        assert [str(point) for point in points({"one": script, "other": longer})] == [
            "check only in other"
        ]
