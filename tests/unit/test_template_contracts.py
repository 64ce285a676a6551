"""Agreements between the stacks of a service that neither `oms check` nor a linter verifies."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest

from sentry_oms import names
from sentry_oms.cloudformation.templates import Template
from sentry_oms.offline.reading import read_environment
from tests.conftest import ROOT, template
from tests.unit.template_parts import the
from tools.lint.deployed import VARIABLES, deployed

SERVICES = {"frontend": "frontend-admin", "oms": "oms", "websocket": "websocket"}
"""The service of each task and pipeline, by the end of the stack's name."""


class Deployed(NamedTuple):
    """A service's stacks as an environment deploys them."""

    environment: str
    end: str

    @property
    def service(self) -> names.Service:
        (service,) = (one for one in names.SERVICES if one.service == SERVICES[self.end])
        return service

    @property
    def task(self) -> Template:
        return deployed(self.environment)[f"task-{self.end}"]

    @property
    def pipeline(self) -> Template:
        return deployed(self.environment)[f"pipeline-{self.end}"]

    @property
    def definition(self) -> dict[str, Any]:
        return the(self.task, "AWS::ECS::TaskDefinition")

    @property
    def container(self) -> dict[str, Any]:
        (container,) = self.definition["ContainerDefinitions"]
        return dict(container)

    @property
    def ports(self) -> list[int]:
        return [one["ContainerPort"] for one in self.container.get("PortMappings", [])]

    @property
    def stages(self) -> list[dict[str, Any]]:
        return list(the(self.pipeline, "AWS::CodePipeline::Pipeline")["Stages"])


every_service = pytest.mark.parametrize(
    "one",
    [Deployed(environment, end) for environment in names.ENVIRONMENTS for end in SERVICES],
    ids="/".join,
)


@every_service
def test_the_pipeline_builds_the_image_that_the_task_runs(one: Deployed) -> None:
    build = the(one.pipeline, "AWS::CodeBuild::Project")["Environment"]
    variables = {item["Name"]: item["Value"] for item in build["EnvironmentVariables"]}
    repository = names.repository_name(one.service.image, one.environment)
    assert variables["REPOSITORY_NAME"] == repository
    assert one.container["Image"].startswith(f"{variables['REPOSITORY_URI']}:")
    assert one.definition["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    assert build["Type"] == "ARM_CONTAINER"


@every_service
def test_only_a_change_to_the_images_directory_starts_the_pipeline(one: Deployed) -> None:
    (trigger,) = the(one.pipeline, "AWS::CodePipeline::Pipeline")["Triggers"]
    (push,) = trigger["GitConfiguration"]["Push"]
    assert push["FilePaths"] == {"Includes": [f"{one.service.image}/**"]}
    assert push["Branches"] == {"Includes": ["main"]}


@every_service
def test_a_person_approves_a_build_for_prod(one: Deployed) -> None:
    """The approval is before the build: unapproved images would expire the running one."""
    approval = ["Approve"] if one.environment == "prod" else []
    assert [stage["Name"] for stage in one.stages] == ["Source", *approval, "Build", "Deploy"]
    categories = [stage["Actions"][0]["ActionTypeId"]["Category"] for stage in one.stages]
    assert categories.count("Approval") == len(approval)


@every_service
def test_the_container_checks_the_port_that_it_is_told(one: Deployed) -> None:
    variables = {item["Name"]: item["Value"] for item in one.container["Environment"]}
    told = [variables[name] for name in variables if name == "PORT"]
    assert told == [str(port) for port in one.ports]
    *_, check = one.container["HealthCheck"]["Command"]
    assert re.findall(r"':([0-9A-F]{4}) ", check) == [f"{port:04X}" for port in one.ports]


@pytest.mark.parametrize("environment", names.ENVIRONMENTS)
def test_the_tags_of_a_task_name_one_repository(
    environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    project = read_environment(ROOT, environment)
    for end in SERVICES:
        repositories = {
            argument["repository"] if isinstance(argument, dict) else argument
            for _, tag in project.known[f"{environment}/task-{end}"].tags
            if "repository" in (argument := tag._argument) or "Repository" in type(tag).__name__
        }
        image = Deployed(environment, end).service.image
        assert repositories == {names.repository_name(image, environment)}


@pytest.mark.parametrize("end", SERVICES.values())
def test_a_task_stack_without_an_image_gets_no_task(end: str) -> None:
    rule = template(f"compute/task-definition-{end}.json")["Rules"]["NoImageNoTasks"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "ImageTag"}, "none"]}
    (assertion,) = rule["Assertions"]
    assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "DesiredCount"}, "0"]}


@pytest.mark.parametrize("end", SERVICES.values())
def test_an_alarm_reports_that_no_task_runs_unless_the_service_is_stopped(end: str) -> None:
    """Each running task gives a sample of CPUUtilization a minute; without a task there is none."""
    resources = template(f"compute/task-definition-{end}.json")["Resources"]
    alarm = resources["NoTaskAlarm"]
    assert alarm["Condition"] == resources["ScalableTarget"]["Condition"] == "HasAutoScaling"
    properties = alarm["Properties"]
    assert properties["Dimensions"] == resources["CpuAlarm"]["Properties"]["Dimensions"]
    assert (properties["MetricName"], properties["Statistic"]) == ("CPUUtilization", "SampleCount")
    assert properties["TreatMissingData"] == "breaching"


@pytest.mark.parametrize(("end", "group"), [("frontend", "Frontend"), ("websocket", "WebSocket")])
def test_the_load_balancer_asks_for_a_path_that_the_image_must_answer(end: str, group: str) -> None:
    """A WebSocket path must be below the path of the WebSocket rule, and no other path may."""
    alb = template("networking/alb-frontend.json")
    path = alb["Resources"][f"{group}TargetGroup"]["Properties"]["HealthCheckPath"]
    task = template(f"compute/task-definition-{SERVICES[end]}.json")["Resources"]["TaskDefinition"]
    assert f"GET {path} " in task["Metadata"]["Comment"]
    (condition,) = the(alb, "AWS::ElasticLoadBalancingV2::ListenerRule")["Conditions"]
    assert condition["PathPatternConfig"]["Values"] == ["/ws/*"]
    assert path.startswith("/ws/") == (group == "WebSocket")


@pytest.mark.parametrize("end", ["frontend-admin", "websocket"])
def test_an_image_keeps_connections_longer_than_the_load_balancer(end: str) -> None:
    """If a task closes an idle connection first, the load balancer answers 502.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    """
    alb = template("networking/alb-frontend.json")
    balancer = the(alb, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    idle = next(
        one["Value"]
        for one in balancer["LoadBalancerAttributes"]
        if one.get("Key") == "idle_timeout.timeout_seconds"
    )
    task = template(f"compute/task-definition-{end}.json")["Resources"]["TaskDefinition"]
    comment, page = task["Metadata"]["Comment"], (ROOT / "docs/DEPLOY.md").read_text()
    ((kept, stated),) = re.findall(r"open for (\d+) seconds, .* idle timeout is (\d+)", comment)
    assert stated == idle
    assert int(idle) < int(kept)
    assert f"| HTTP keep-alive | {kept} s | | {kept} s |" in page
    if end == "websocket":
        (ping,) = re.findall(r"ping to every client at least every (\d+) seconds", comment)
        assert int(ping) < int(idle)
        assert f"| WebSocket ping | | | at least every {ping} s |" in page
