"""The image and the count of a service, from before its first image until it is stopped."""

from __future__ import annotations

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
    launch,
    parameters,
    planned,
    running,
    service,
    targets,
    update,
)

CONFIG = "config/config.yaml"
STARTED, STOPPED = "\noms_count: 1\n", "\noms_count: 0\n"
UNCHANGED = "dev/task-oms unchanged"


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """One project, whose tests depend on their order."""
    return new_project()


def assert_stopped(aws: EmbeddedAws, tag: str) -> None:
    assert service(aws)["desiredCount"] == 0
    assert (parameters(aws)["ImageTag"], parameters(aws)["DesiredCount"]) == (tag, "0")
    assert targets(aws) == []


def test_before_the_first_launch_the_diff_shows_no_image_and_no_task(project: Project) -> None:
    said = project.differing("dev/task-oms")[STACK]
    assert "ImageTag: none" in said
    assert "DesiredCount: '0'" in said


def test_without_an_image_the_service_stays_at_0_and_the_launch_says_why(
    project: Project, aws: EmbeddedAws
) -> None:
    said = launch(project)
    assert f"no image yet: {SERVICE} ({REPOSITORY}): 0 tasks" in said
    assert_stopped(aws, "none")
    project.edit(CONFIG, STARTED, STOPPED)
    assert "no image yet" not in launch(project)


def test_a_count_of_0_keeps_a_service_with_an_image_stopped(
    project: Project, aws: EmbeddedAws
) -> None:
    push_image(aws, REPOSITORY, FIRST)
    assert "Starting" not in launch(project)
    assert_stopped(aws, FIRST)
    assert UNCHANGED in launch(project)


def test_a_count_of_1_starts_the_service_once(project: Project, aws: EmbeddedAws) -> None:
    project.edit(CONFIG, STOPPED, STARTED)
    assert f"Starting {SERVICE} with 1 task(s) of {FIRST}" in launch(project)
    assert (service(aws)["desiredCount"], running(aws)) == (1, FIRST)
    (target,) = targets(aws)
    assert target["ResourceId"] == f"service/{CLUSTER}/{SERVICE}"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 2)
    before = aws.stack(STACK)
    assert UNCHANGED in launch(project)
    assert aws.stack(STACK) == before


def test_an_update_of_the_service_keeps_the_count_of_auto_scaling(
    project: Project, aws: EmbeddedAws
) -> None:
    update(aws, desiredCount=5)
    project.edit(CONFIG, 'oms_cpu: ""', "oms_cpu: 1024")
    project.edit(CONFIG, 'oms_memory: ""', "oms_memory: 2048")
    launch(project)
    assert parameters(aws)["Cpu"] == "1024"
    assert service(aws)["desiredCount"] == 5


def test_without_changes_a_launch_keeps_the_tasks_of_the_pipeline(
    project: Project, aws: EmbeddedAws
) -> None:
    push_image(aws, REPOSITORY, SECOND)
    deployed = deploy(aws, SECOND)
    # A newer image that the pipeline has not deployed changes nothing.
    push_image(aws, REPOSITORY, THIRD)
    before = aws.stack(STACK)
    assert project.differing("dev/task-oms") == {}
    assert planned(project) == "unchanged"
    assert UNCHANGED in launch(project)
    assert aws.stack(STACK) == before
    assert service(aws)["taskDefinition"] == deployed
    project.succeed("create", "-y", "dev/task-oms", "nothing")
    (change_set,) = aws.client("cloudformation").list_change_sets(StackName=STACK)["Summaries"]
    assert "didn't contain changes" in change_set["StatusReason"]


def test_an_update_keeps_the_image_that_the_pipeline_deployed(
    project: Project, aws: EmbeddedAws
) -> None:
    project.edit(CONFIG, "oms_memory: 2048", "oms_memory: 3072")
    launch(project)
    assert (parameters(aws)["ImageTag"], running(aws)) == (SECOND, SECOND)
    assert service(aws)["desiredCount"] == 5


def test_after_a_rollback_by_ecs_a_launch_keeps_the_last_completed_image(
    project: Project, aws: EmbeddedAws
) -> None:
    """The embedded AWS completes every deployment at once, so the rollback is made by hand."""
    before = service(aws)["taskDefinition"]
    deploy(aws, THIRD)
    update(aws, taskDefinition=before)
    launch(project)
    assert (parameters(aws)["ImageTag"], running(aws)) == (SECOND, SECOND)


def test_an_older_revision_gets_the_current_config_and_keeps_its_image(
    project: Project, aws: EmbeddedAws
) -> None:
    older = deploy(aws, THIRD)
    deploy(aws, SECOND)
    project.edit(CONFIG, "oms_memory: 3072", "oms_memory: 4096")
    launch(project)
    update(aws, taskDefinition=older)
    assert planned(project) == "changed"
    launch(project)
    assert (parameters(aws)["ImageTag"], running(aws)) == (THIRD, THIRD)
    assert definition(aws)["memory"] == "4096"


def test_a_count_of_0_stops_the_service_and_its_auto_scaling(
    project: Project, aws: EmbeddedAws
) -> None:
    project.edit(CONFIG, STARTED, STOPPED)
    launch(project)
    assert_stopped(aws, THIRD)
    assert running(aws) == THIRD
    assert UNCHANGED in launch(project)
    assert project.differing("dev/task-oms") == {}


def test_a_task_that_was_started_by_hand_is_stopped_by_the_next_launch(
    project: Project, aws: EmbeddedAws
) -> None:
    update(aws, desiredCount=1)
    assert f"Stopping {SERVICE}" in launch(project)
    assert_stopped(aws, THIRD)


def test_a_deployment_of_the_pipeline_does_not_start_a_stopped_service(
    project: Project, aws: EmbeddedAws
) -> None:
    deployed = deploy(aws, FIRST)
    assert UNCHANGED in launch(project)
    assert service(aws)["desiredCount"] == 0
    assert service(aws)["taskDefinition"] == deployed


def test_only_a_count_of_0_stops_a_service_with_a_foreign_image(
    project: Project, aws: EmbeddedAws
) -> None:
    container = {**definition(aws)["containerDefinitions"][0], "image": "nginx"}
    registered = aws.client("ecs").register_task_definition(
        family="elsewhere", containerDefinitions=[container]
    )
    foreign = registered["taskDefinition"]["taskDefinitionArn"]
    update(aws, taskDefinition=foreign, desiredCount=1)
    images = aws.client("ecr").list_images(repositoryName=REPOSITORY)["imageIds"]
    aws.client("ecr").batch_delete_image(repositoryName=REPOSITORY, imageIds=images)
    project.edit(CONFIG, STOPPED, STARTED)
    refused = project.sceptre("launch", "-y", "dev/task-oms")
    assert refused.returncode == 1
    assert f"there is no image in {REPOSITORY}" in refused.stdout
    assert service(aws)["desiredCount"] == 1
    project.edit(CONFIG, STARTED, STOPPED)
    launch(project)
    assert_stopped(aws, "none")


def test_a_stopped_service_that_is_created_again_stays_stopped(
    project: Project, aws: EmbeddedAws
) -> None:
    aws.delete(STACK)
    push_image(aws, REPOSITORY, SECOND)
    launch(project)
    assert_stopped(aws, SECOND)


def test_a_service_that_was_deleted_is_named_until_its_stack_is_created_again(
    project: Project, aws: EmbeddedAws
) -> None:
    aws.client("ecs").delete_service(cluster=CLUSTER, service=SERVICE, force=True)
    inactive = f"service {SERVICE} of cluster {CLUSTER} is INACTIVE"
    remedy = "sceptre --ignore-dependencies delete dev/task-oms"
    for command in ("sceptre launch -y dev/task-oms", "oms plan dev task-oms"):
        done = project.program(*command.split())
        assert done.returncode == 1
        assert inactive in done.stdout
        assert remedy in done.stdout
    drift = project.program("sceptre", "drift", "detect", "dev/task-oms")
    assert drift.returncode == 2
    assert f"Service (AWS::ECS::Service) is gone: {remedy}" in drift.stderr
    project.succeed("--ignore-dependencies", "delete", "-y", "dev/task-oms")
    launch(project)
    assert service(aws)["status"] == "ACTIVE"
