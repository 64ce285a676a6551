"""Agreements between a service's stacks that neither `oms check` nor a linter verifies."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sentry_oms import names
from sentry_oms.offline.reading import read_environment
from tests.conftest import ROOT, template
from tests.unit.template_parts import the
from tools.lint.deployed import VARIABLES, deployed

SERVICES = {"frontend": "frontend-admin", "oms": "oms", "websocket": "websocket"}
"""The service of each task and pipeline, by the end of the stack's name."""


def service_of(end: str) -> names.Service:
    (service,) = (one for one in names.SERVICES if one.service == SERVICES[end])
    return service


def properties(environment: str, stack: str, type_: str) -> dict[str, Any]:
    """Return the properties of the only resource of a type, as an environment deploys it."""
    return the(deployed(environment)[stack], type_)


def container_of(environment: str, end: str) -> dict[str, Any]:
    task = properties(environment, f"task-{end}", "AWS::ECS::TaskDefinition")
    (container,) = task["ContainerDefinitions"]
    return dict(container)


each_environment = pytest.mark.parametrize("environment", names.ENVIRONMENTS)
each_service = pytest.mark.parametrize("end", SERVICES)


@each_environment
@each_service
def test_the_pipeline_builds_the_image_that_the_task_runs(environment: str, end: str) -> None:
    project = properties(environment, f"pipeline-{end}", "AWS::CodeBuild::Project")
    build = project["Environment"]
    variables = {item["Name"]: item["Value"] for item in build["EnvironmentVariables"]}
    repository = names.repository_name(service_of(end).image, environment)
    assert variables["REPOSITORY_NAME"] == repository
    image = container_of(environment, end)["Image"]
    assert image.startswith(f"{variables['REPOSITORY_URI']}:")
    task = properties(environment, f"task-{end}", "AWS::ECS::TaskDefinition")
    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    assert build["Type"] == "ARM_CONTAINER"


@each_environment
@each_service
def test_a_push_to_the_images_directory_starts_a_pipeline_that_asks_before_it_builds_for_prod(
    environment: str, end: str
) -> None:
    """The approval is before the build: unapproved images would expire the running one."""
    pipeline = properties(environment, f"pipeline-{end}", "AWS::CodePipeline::Pipeline")
    (trigger,) = pipeline["Triggers"]
    (push,) = trigger["GitConfiguration"]["Push"]
    assert push["FilePaths"] == {"Includes": [f"{service_of(end).image}/**"]}
    assert push["Branches"] == {"Includes": ["main"]}
    approval = ["Approval"] if environment == "prod" else []
    categories = [one["Actions"][0]["ActionTypeId"]["Category"] for one in pipeline["Stages"]]
    assert categories == ["Source", *approval, "Build", "Deploy"]


@each_service
def test_the_container_checks_the_port_that_it_is_told(end: str) -> None:
    container = container_of("prod", end)
    ports = [one["ContainerPort"] for one in container.get("PortMappings", [])]
    told = [one["Value"] for one in container["Environment"] if one["Name"] == "PORT"]
    assert told == [str(port) for port in ports]
    *_, check = container["HealthCheck"]["Command"]
    assert re.findall(r"':([0-9A-F]{4}) ", check) == [f"{port:04X}" for port in ports]


@each_environment
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
        assert repositories == {names.repository_name(service_of(end).image, environment)}


@pytest.mark.parametrize("end", SERVICES.values())
def test_a_task_stack_without_an_image_gets_no_task(end: str) -> None:
    rule = template(f"compute/task-definition-{end}.json")["Rules"]["NoImageNoTasks"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "ImageTag"}, "none"]}
    (assertion,) = rule["Assertions"]
    assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "DesiredCount"}, "0"]}


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
