"""Who owns a service's image: nobody, then the launch, then the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import EmbeddedAws, Project, push_image

CLUSTER, SERVICE, REPOSITORY = "sentry-oms-dev", "sentry-oms-service-dev", "sentry/oms-dev"
FIRST, SECOND, THIRD = ("1" * 40, "2" * 40, "3" * 40)


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """A project whose tests follow one another, as the days of a service do."""
    return new_project()


def launch(project: Project) -> str:
    return project.succeed("launch", "-y", "dev/task-oms")


def service(aws: EmbeddedAws) -> dict[str, Any]:
    (found,) = aws.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    return dict(found)


def running(aws: EmbeddedAws) -> str:
    """The tag in the task definition that the service is to run."""
    arn = service(aws)["taskDefinition"]
    task = aws.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return str(task["containerDefinitions"][0]["image"].rpartition(":")[2])


def parameters(aws: EmbeddedAws) -> dict[str, str]:
    pairs = aws.stack("sentry-task-oms-dev")["Parameters"]
    return {one["ParameterKey"]: one["ParameterValue"] for one in pairs}


def deploy(aws: EmbeddedAws, tag: str) -> str:
    """Deploy a tag as CodePipeline's ECS action does: a copy of what runs, with another image."""
    ecs = aws.client("ecs")
    task = ecs.describe_task_definition(taskDefinition=service(aws)["taskDefinition"])[
        "taskDefinition"
    ]
    taken = {
        "family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions",
        "volumes", "requiresCompatibilities", "cpu", "memory", "runtimePlatform",
    }  # fmt: skip
    copy = {key: value for key, value in task.items() if key in taken}
    repository = copy["containerDefinitions"][0]["image"].rpartition(":")[0]
    copy["containerDefinitions"][0]["image"] = f"{repository}:{tag}"
    arn = ecs.register_task_definition(**copy)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=arn)
    return str(arn)


def targets(aws: EmbeddedAws) -> list[dict[str, Any]]:
    scaling = aws.client("application-autoscaling")
    return list(scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"])


def test_before_anything_exists_the_diff_shows_none_and_0(project: Project) -> None:
    said = project.differing("dev/task-oms")["sentry-task-oms-dev"]
    assert "ImageTag: none" in said
    assert "DesiredCount: '0'" in said
    assert "EcrImageTag" not in said
    assert "DesiredCount(" not in said


def test_without_an_image_the_service_stands_at_0_and_says_what_it_waits_for(
    project: Project, aws: EmbeddedAws
) -> None:
    said = launch(project)
    assert f"{SERVICE} has no image yet and stands at 0 tasks: push one to {REPOSITORY}" in said
    assert service(aws)["desiredCount"] == 0
    assert targets(aws) == []
    assert "dev/task-oms unchanged" in launch(project)


def test_once_an_image_is_there_a_launch_raises_the_service(
    project: Project, aws: EmbeddedAws
) -> None:
    push_image(aws, REPOSITORY, FIRST)
    said = launch(project)
    assert f"Starting {SERVICE} with 1 task(s) of {FIRST}" in said
    assert (service(aws)["desiredCount"], running(aws)) == (1, FIRST)
    (target,) = targets(aws)
    assert target["ResourceId"] == f"service/{CLUSTER}/{SERVICE}"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 2)


def test_the_launch_after_it_changes_nothing(project: Project, aws: EmbeddedAws) -> None:
    before = aws.stack("sentry-task-oms-dev")
    said = launch(project)
    assert "Starting" not in said
    assert aws.stack("sentry-task-oms-dev") == before
    assert project.differing("dev/task-oms") == {}


def test_what_auto_scaling_did_survives_a_launch_that_changes_the_service(
    project: Project, aws: EmbeddedAws
) -> None:
    aws.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=5)
    project.edit("config/config.yaml", 'oms_cpu: ""', "oms_cpu: 1024")
    project.edit("config/config.yaml", 'oms_memory: ""', "oms_memory: 2048")
    launch(project)
    assert aws.stack("sentry-task-oms-dev")["StackStatus"] == "UPDATE_COMPLETE"
    assert parameters(aws)["Cpu"] == "1024"
    assert service(aws)["desiredCount"] == 5


def test_a_launch_keeps_what_the_pipeline_deployed(project: Project, aws: EmbeddedAws) -> None:
    push_image(aws, REPOSITORY, SECOND)
    deploy(aws, SECOND)
    # A newer image that was built and not deployed is none of the launch's business.
    push_image(aws, REPOSITORY, THIRD)
    launch(project)
    assert parameters(aws)["ImageTag"] == SECOND
    assert running(aws) == SECOND
    assert service(aws)["desiredCount"] == 5


def test_after_a_rollback_a_launch_keeps_the_last_completed_tag(
    project: Project, aws: EmbeddedAws
) -> None:
    """The circuit breaker puts the service back on its last completed task definition.

    The embedded AWS completes every deployment at once, so that the rollback is made by hand here;
    what ECS says while one is under way is in tests/unit/test_service_image.py.
    """
    before = service(aws)["taskDefinition"]
    deploy(aws, THIRD)
    assert running(aws) == THIRD
    aws.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=before)
    launch(project)
    assert parameters(aws)["ImageTag"] == SECOND
    assert running(aws) == SECOND
