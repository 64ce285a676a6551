"""A count of 0 in config stops the OMS, and keeps it stopped whatever else happens."""

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
    deploy,
    parameters,
    running,
    service,
    targets,
)

STOPPED, STARTED = "\noms_count: 0\n", "\noms_count: 1\n"


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """A project whose tests follow one another."""
    project = new_project()
    project.edit("config/config.yaml", STARTED, STOPPED)
    return project


def launch(project: Project) -> str:
    return project.succeed("launch", "-y", "dev/task-oms")


def set_count(aws: EmbeddedAws, count: int) -> None:
    aws.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=count)


def assert_stopped(aws: EmbeddedAws, tag: str) -> None:
    assert service(aws)["desiredCount"] == 0
    assert (parameters(aws)["ImageTag"], parameters(aws)["DesiredCount"]) == (tag, "0")
    assert targets(aws) == []


def test_an_environment_with_a_count_of_0_never_starts(project: Project, aws: EmbeddedAws) -> None:
    assert "has no image yet" not in launch(project)
    assert_stopped(aws, "none")
    push_image(aws, REPOSITORY, FIRST)
    assert "Starting" not in launch(project)
    assert_stopped(aws, FIRST)
    assert "dev/task-oms unchanged" in launch(project)


def test_a_count_of_1_starts_it_and_nothing_changes_after_that(
    project: Project, aws: EmbeddedAws
) -> None:
    project.edit("config/config.yaml", STOPPED, STARTED)
    assert f"Starting {SERVICE} with 1 task(s) of {FIRST}" in launch(project)
    assert (service(aws)["desiredCount"], running(aws)) == (1, FIRST)
    assert len(targets(aws)) == 1
    before = aws.stack(STACK)
    assert "dev/task-oms unchanged" in launch(project)
    assert aws.stack(STACK) == before


def test_a_count_of_0_stops_what_runs_and_ends_its_auto_scaling(
    project: Project, aws: EmbeddedAws
) -> None:
    push_image(aws, REPOSITORY, SECOND)
    deploy(aws, SECOND)
    set_count(aws, 2)
    project.edit("config/config.yaml", STARTED, STOPPED)
    launch(project)
    assert_stopped(aws, SECOND)
    assert running(aws) == SECOND
    assert "dev/task-oms unchanged" in launch(project)
    assert project.differing("dev/task-oms") == {}


def test_a_task_that_somebody_starts_is_stopped_by_the_next_launch(
    project: Project, aws: EmbeddedAws
) -> None:
    set_count(aws, 1)
    assert f"Stopping {SERVICE}, whose count is 0 in config" in launch(project)
    assert_stopped(aws, SECOND)


def test_a_deployment_by_the_pipeline_starts_nothing(project: Project, aws: EmbeddedAws) -> None:
    deployed = deploy(aws, FIRST)
    assert "dev/task-oms unchanged" in launch(project)
    assert service(aws)["desiredCount"] == 0
    assert service(aws)["taskDefinition"] == deployed


def test_a_service_that_runs_an_image_of_elsewhere_is_stopped_too(
    project: Project, aws: EmbeddedAws
) -> None:
    """Without a count of 0 the launch refuses to stop it for want of an image."""
    ecs = aws.client("ecs")
    task = ecs.describe_task_definition(taskDefinition=service(aws)["taskDefinition"])
    containers = task["taskDefinition"]["containerDefinitions"]
    foreign = ecs.register_task_definition(
        family="elsewhere", containerDefinitions=[{**containers[0], "image": "nginx"}]
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=foreign, desiredCount=1)
    images = aws.client("ecr").list_images(repositoryName=REPOSITORY)["imageIds"]
    aws.client("ecr").batch_delete_image(repositoryName=REPOSITORY, imageIds=images)
    project.edit("config/config.yaml", STOPPED, STARTED)
    refused = project.sceptre("launch", "-y", "dev/task-oms")
    assert refused.returncode == 1
    assert "there is no image in sentry/oms-dev to take its place" in refused.stdout
    assert service(aws)["desiredCount"] == 1
    project.edit("config/config.yaml", STARTED, STOPPED)
    launch(project)
    assert_stopped(aws, "none")


def test_an_environment_that_is_made_again_stays_stopped(
    project: Project, aws: EmbeddedAws
) -> None:
    aws.delete(STACK)
    push_image(aws, REPOSITORY, SECOND)
    launch(project)
    assert_stopped(aws, SECOND)
