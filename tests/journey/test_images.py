"""Who owns a service's image: nobody, then the launch, then the pipeline."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.conftest import EmbeddedAws, Project, push_image
from tests.journey.oms_service import (
    CLUSTER,
    FIRST,
    REPOSITORY,
    SECOND,
    SERVICE,
    STACK,
    THIRD,
    definition,
    deploy,
    parameters,
    running,
    service,
    targets,
)


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """A project whose tests follow one another, as the days of a service do."""
    return new_project()


def launch(project: Project) -> str:
    return project.succeed("launch", "-y", "dev/task-oms")


def planned(project: Project) -> str:
    """What ``oms plan`` says becomes of the service's stack."""
    done = project.program("oms", "plan", "dev", "task-oms", "--format", "json")
    assert done.returncode in (0, 2), done.stdout + done.stderr
    stacks = json.loads(done.stdout)["stacks"]
    return str(next(one["kind"] for one in stacks if one["name"] == "dev/task-oms"))


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
    before = aws.stack(STACK)
    said = launch(project)
    assert "Starting" not in said
    assert aws.stack(STACK) == before
    assert project.differing("dev/task-oms") == {}


def test_what_auto_scaling_did_survives_a_launch_that_changes_the_service(
    project: Project, aws: EmbeddedAws
) -> None:
    aws.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=5)
    project.edit("config/config.yaml", 'oms_cpu: ""', "oms_cpu: 1024")
    project.edit("config/config.yaml", 'oms_memory: ""', "oms_memory: 2048")
    launch(project)
    assert aws.stack(STACK)["StackStatus"] == "UPDATE_COMPLETE"
    assert parameters(aws)["Cpu"] == "1024"
    assert service(aws)["desiredCount"] == 5


def test_a_launch_without_changes_replaces_no_task_after_the_pipeline(
    project: Project, aws: EmbeddedAws
) -> None:
    push_image(aws, REPOSITORY, SECOND)
    deployed = deploy(aws, SECOND)
    # A newer image that was built and not deployed is none of the launch's business.
    push_image(aws, REPOSITORY, THIRD)
    before = aws.stack(STACK)
    assert project.differing("dev/task-oms") == {}
    assert planned(project) == "unchanged"
    assert "dev/task-oms unchanged" in launch(project)
    assert aws.stack(STACK) == before
    assert service(aws)["taskDefinition"] == deployed
    project.succeed("create", "-y", "dev/task-oms", "nothing")
    (change_set,) = aws.client("cloudformation").list_change_sets(StackName=STACK)["Summaries"]
    assert change_set["Status"] == "FAILED"
    assert "didn't contain changes" in change_set["StatusReason"]


def test_a_launch_keeps_what_the_pipeline_deployed(project: Project, aws: EmbeddedAws) -> None:
    project.edit("config/config.yaml", "oms_memory: 2048", "oms_memory: 3072")
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


def test_a_revision_of_before_a_change_of_config_is_brought_up_to_date(
    project: Project, aws: EmbeddedAws
) -> None:
    """Its image is kept; the rest is what config says."""
    older = deploy(aws, THIRD)
    deploy(aws, SECOND)
    project.edit("config/config.yaml", "oms_memory: 3072", "oms_memory: 4096")
    launch(project)
    aws.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=older)
    assert planned(project) == "changed"
    launch(project)
    assert (parameters(aws)["ImageTag"], running(aws)) == (THIRD, THIRD)
    assert definition(aws)["memory"] == "4096"
