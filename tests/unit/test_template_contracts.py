"""Contracts between a service's stacks that `oms check` does not know, as environments get them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

from sentry_oms import names
from sentry_oms.offline.reading import read_environment
from sentry_oms.offline.stack_file import StackFile
from tests.conftest import ROOT
from tests.unit.template_parts import statement, the
from tools.lint.deployed import VARIABLES

SERVICES = {"frontend": "frontend-admin", "oms": "oms", "websocket": "websocket"}
"""The service of each task and pipeline, by the end of its stack's name."""


class Deployed(NamedTuple):
    """A service's stacks as an environment gets them."""

    environment: str
    service: names.Service
    file: StackFile
    task: Any
    pipeline: Any
    cluster: Any
    alb: Any

    @property
    def definition(self) -> dict[str, Any]:
        return the(self.task, "AWS::ECS::TaskDefinition")

    @property
    def container(self) -> dict[str, Any]:
        (found,) = self.definition["ContainerDefinitions"]
        return dict(found)

    @property
    def ports(self) -> list[int]:
        return [mapping["ContainerPort"] for mapping in self.container.get("PortMappings", [])]

    @property
    def repository(self) -> str:
        return names.repository_name(self.service.image, self.environment)

    @property
    def stages(self) -> list[dict[str, Any]]:
        return list(the(self.pipeline, "AWS::CodePipeline::Pipeline")["Stages"])


def deployed() -> Iterator[Deployed]:
    with patch.dict(os.environ, VARIABLES):
        for environment in names.ENVIRONMENTS:
            project = read_environment(ROOT, environment)
            found = {file.rpartition("/")[2]: one for file, one in project.deployed.items()}
            for end, service in SERVICES.items():
                (named,) = (one for one in names.SERVICES if one.service == service)
                yield Deployed(
                    environment,
                    named,
                    project.known[f"{environment}/task-{end}"],
                    found[f"task-{end}"],
                    found[f"pipeline-{end}"],
                    found["cluster-oms" if end == "oms" else "cluster-gateway"],
                    found["alb"],
                )


DEPLOYED = {f"{one.environment}/{one.service.service}": one for one in deployed()}
SERVED = {key: one for key, one in DEPLOYED.items() if one.ports}


def test_every_service_has_a_task_and_a_pipeline() -> None:
    assert sorted(SERVICES.values()) == sorted(one.service for one in names.SERVICES)
    assert len(DEPLOYED) == 9
    assert len(SERVED) == 6


@pytest.mark.parametrize("one", DEPLOYED.values(), ids=DEPLOYED)
class TestPipeline:
    """A pipeline and the task that it deploys."""

    def test_it_builds_the_image_of_the_tasks_container(self, one: Deployed) -> None:
        build = the(one.pipeline, "AWS::CodeBuild::Project")["Environment"]
        variables = {item["Name"]: item["Value"] for item in build["EnvironmentVariables"]}
        assert variables["CONTAINER_NAME"] == one.container["Name"] == one.service.service
        assert variables["REPOSITORY_NAME"] == one.repository
        assert one.container["Image"].startswith(f"{variables['REPOSITORY_URI']}:")

    def test_it_deploys_to_the_tasks_service(self, one: Deployed) -> None:
        (deploy,) = one.stages[-1]["Actions"]
        service = the(one.task, "AWS::ECS::Service")
        assert deploy["Configuration"]["ClusterName"] == service["Cluster"]
        assert service["Cluster"] == the(one.cluster, "AWS::ECS::Cluster")["ClusterName"]
        assert deploy["Configuration"]["ServiceName"] == service["ServiceName"]

    def test_it_may_register_what_it_deploys_and_no_more(self, one: Deployed) -> None:
        passed = statement(one.pipeline, "PassTaskRoles")
        assert passed["Resource"] == [
            one.definition["TaskRoleArn"],
            one.definition["ExecutionRoleArn"],
        ]
        assert passed["Condition"] == {
            "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
        }
        tagged = statement(one.pipeline, "TagNewRevision")["Resource"]
        assert tagged.endswith(f":task-definition/{one.definition['Family']}:*")

    def test_it_builds_for_the_processor_that_the_task_runs_on(self, one: Deployed) -> None:
        machine = the(one.pipeline, "AWS::CodeBuild::Project")["Environment"]
        assert one.definition["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
        assert machine["Type"] == "ARM_CONTAINER"
        assert "aarch64" in machine["Image"]

    def test_only_a_change_to_the_images_directory_starts_it(self, one: Deployed) -> None:
        (trigger,) = the(one.pipeline, "AWS::CodePipeline::Pipeline")["Triggers"]
        (push,) = trigger["GitConfiguration"]["Push"]
        assert push["FilePaths"] == {"Includes": [f"{one.service.image}/**"]}
        assert push["Branches"] == {"Includes": ["main"]}

    def test_a_person_approves_a_deployment_to_prod(self, one: Deployed) -> None:
        stages = {
            stage["Name"]: stage["Actions"][0]["ActionTypeId"]["Category"] for stage in one.stages
        }
        approvals = [name for name, category in stages.items() if category == "Approval"]
        assert approvals == (["Approve"] if one.environment == "prod" else [])
        # Before the build: images that nobody approves would expire the one that runs.
        assert list(stages) == ["Source", *approvals, "Build", "Deploy"]


EXPECTED_OF_NO_TASK = {
    "MetricName": "CPUUtilization",
    "Statistic": "SampleCount",
    "ComparisonOperator": "LessThanThreshold",
    "Threshold": 1,
    "TreatMissingData": "breaching",
}


@pytest.mark.parametrize("one", DEPLOYED.values(), ids=DEPLOYED)
class TestTask:
    """A task, and what its stack file and the other stacks say of it."""

    def test_the_stack_file_names_it_as_the_templates_do(self, one: Deployed) -> None:
        told = {
            "repository": one.repository,
            "cluster": the(one.cluster, "AWS::ECS::Cluster")["ClusterName"],
            "service": the(one.task, "AWS::ECS::Service")["ServiceName"],
            "container": one.container["Name"],
        }
        given = {
            type(tag).__name__: tag._argument
            for _, tag in one.file.tags
            if isinstance(tag._argument, dict) and "repository" in tag._argument
        }
        assert given.keys() == {"EcrImageTag", "DesiredCount", "KeepImage", "StartService"}
        for argument in given.values():
            assert {key: argument[key] for key in told} == told
        repositories = {
            tag._argument for _, tag in one.file.tags if "Repository" in type(tag).__name__
        }
        assert repositories == {one.repository}

    def test_a_rule_allows_only_a_count_of_0_without_an_image(self, one: Deployed) -> None:
        assert one.file.template
        rule = one.file.template["Rules"]["NoImageNoTasks"]
        assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "ImageTag"}, "none"]}
        (assertion,) = rule["Assertions"]
        assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "DesiredCount"}, "0"]}

    def test_an_alarm_reports_that_no_task_runs_unless_the_service_is_stopped(
        self, one: Deployed
    ) -> None:
        """Each running task gives a sample a minute; without a task there is no data."""
        assert one.file.template
        resources = one.file.template["Resources"]
        alarm, scaled = resources["NoTaskAlarm"], resources["ScalableTarget"]
        assert alarm["Condition"] == scaled["Condition"] == "HasAutoScaling"
        properties = alarm["Properties"]
        assert properties["Dimensions"] == resources["CpuAlarm"]["Properties"]["Dimensions"]
        assert {key: properties[key] for key in EXPECTED_OF_NO_TASK} == EXPECTED_OF_NO_TASK

    def test_ecs_moves_tasks_between_zones_unless_that_cuts_connections(
        self, one: Deployed
    ) -> None:
        service = the(one.task, "AWS::ECS::Service")
        expected = "DISABLED" if one.service.service == "websocket" else "ENABLED"
        assert service["AvailabilityZoneRebalancing"] == expected

    def test_its_cluster_may_pull_from_its_repository(self, one: Deployed) -> None:
        pulled = statement(one.cluster, "PullImage")["Resource"]
        arns = pulled if isinstance(pulled, list) else [pulled]
        assert one.repository in [arn.partition(":repository/")[2] for arn in arns]

    def test_it_is_told_its_port_and_checked_on_it(self, one: Deployed) -> None:
        variables = {item["Name"]: item["Value"] for item in one.container["Environment"]}
        told = [variables[name] for name in variables if name == "PORT"]
        assert told == [str(port) for port in one.ports]
        *_, check = one.container["HealthCheck"]["Command"]
        assert re.findall(r"':([0-9A-F]{4}) ", check) == [f"{port:04X}" for port in one.ports]

    def test_a_failed_deployment_is_rolled_back(self, one: Deployed) -> None:
        configuration = the(one.task, "AWS::ECS::Service")["DeploymentConfiguration"]
        assert configuration["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


@pytest.mark.parametrize("one", SERVED.values(), ids=SERVED)
def test_a_served_task_and_its_target_group_agree(one: Deployed) -> None:
    """The path must be one that the image answers and, for WebSockets, one under their rule."""
    (entry,) = the(one.task, "AWS::ECS::Service")["LoadBalancers"]
    end = {"frontend-admin": "Frontend", "websocket": "WebSocket"}[one.service.service]
    group = one.alb["Resources"][f"{end}TargetGroup"]["Properties"]
    assert entry["ContainerName"] == one.container["Name"]
    assert [entry["ContainerPort"]] == one.ports == [group["Port"]]
    path = group["HealthCheckPath"]
    comment = one.task["Resources"]["TaskDefinition"]["Metadata"]["Comment"]
    assert f"answer GET {path} there" in comment
    (condition,) = the(one.alb, "AWS::ElasticLoadBalancingV2::ListenerRule")["Conditions"]
    assert condition["PathPatternConfig"]["Values"] == ["/ws/*"]
    assert path.startswith("/ws/") == (end == "WebSocket")
