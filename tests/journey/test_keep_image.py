"""A failed update and a deployment in progress leave a service with the pipeline's image."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest

from tests.conftest import BIN, EmbeddedAws, Project, failures, push_image
from tests.journey.oms_service import (
    CLUSTER,
    FIRST,
    REPOSITORY,
    SECOND,
    SERVICE,
    STACK,
    THIRD,
    deploy,
    launch,
    parameters,
    planned,
    running,
    service,
    update,
)

REFUSED = {
    "Type": "AWS::SSM::Parameter",
    "DependsOn": "Service",
    "Properties": {"Type": "String", "Value": "x"},
}


@pytest.fixture(scope="module")
def launched(new_project: Callable[[], Project], aws: EmbeddedAws) -> None:
    """The service runs the first image, which a launch started."""
    project = new_project()
    launch(project)
    push_image(aws, REPOSITORY, FIRST)
    launch(project)
    for tag in (SECOND, THIRD):
        push_image(aws, REPOSITORY, tag)


@pytest.fixture
def project(launched: None, new_project: Callable[[], Project], aws: EmbeddedAws) -> Project:  # noqa: ARG001
    """An unchanged copy of the project."""
    aws.control()
    return new_project()


def break_update(project: Project, aws: EmbeddedAws, **control: object) -> None:
    """Let the next update change the service and then fail."""
    with project.edit_template("compute/task-definition-oms.json") as template:
        template["Resources"]["Refused"] = REFUSED
        task = template["Resources"]["TaskDefinition"]["Properties"]
        task["ContainerDefinitions"][0]["StopTimeout"] = 60
    aws.control(refused={STACK: "Refused"}, **control)


def failed_launch(project: Project, aws: EmbeddedAws, tag: str = FIRST) -> str:
    """Launch, and return the line about the image after the rollback to a tag."""
    done = project.sceptre("launch", "-y", "dev/task-oms")
    assert done.returncode == 1, done.stdout
    assert "injected refusal" in failures(done.stdout)["dev/task-oms"]
    assert aws.stack(STACK)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert parameters(aws)["ImageTag"] == tag
    (line,) = (line for line in done.stdout.splitlines() if "After the rollback" in line)
    return line


def test_a_failed_update_leaves_the_image_of_the_pipeline(
    project: Project, aws: EmbeddedAws
) -> None:
    deployed = deploy(aws, SECOND)
    break_update(project, aws)
    line = failed_launch(project, aws)
    assert service(aws)["taskDefinition"] == deployed
    revision = deployed.rpartition("/")[2]
    assert re.search(rf"{SERVICE} ran \S+:{FIRST} in place of \S+:{SECOND}; .* {revision}$", line)


def test_a_failed_change_set_leaves_it_too(project: Project, aws: EmbeddedAws) -> None:
    deployed = deploy(aws, SECOND)
    break_update(project, aws)
    project.succeed("create", "-y", "dev/task-oms", "broken")
    done = project.sceptre("execute", "-y", "dev/task-oms", "broken")
    assert done.returncode == 1, done.stdout
    assert service(aws)["taskDefinition"] == deployed


def test_an_image_that_cant_be_deployed_again_is_deployed_by_the_next_launch(
    project: Project, aws: EmbeddedAws, new_project: Callable[[], Project]
) -> None:
    deployed = deploy(aws, THIRD)
    denied = {"action": "UpdateService", "code": "AccessDeniedException", "message": "no"}
    break_update(project, aws, faults=[denied])
    line = failed_launch(project, aws)
    assert running(aws) == FIRST
    assert re.search(rf"{SERVICE} runs \S+:{FIRST} in place of \S+:{THIRD}, ", line)
    assert line.endswith(
        f"aws ecs update-service --cluster {CLUSTER} --service {SERVICE} "
        f"--task-definition {deployed.rpartition('/')[2]}"
    )
    # The next launch learns from AWS alone what ran before, as after a launch that was killed.
    healthy = new_project()
    assert f"new_value: '{THIRD}'" in healthy.differing("dev/task-oms")[STACK]
    assert f"rolled back from image {THIRD} to {FIRST}" in launch(healthy)
    assert (running(aws), parameters(aws)["ImageTag"]) == (THIRD, THIRD)
    assert "dev/task-oms unchanged" in launch(healthy)


def test_an_older_image_that_is_deployed_after_a_rollback_stays(
    project: Project, aws: EmbeddedAws, new_project: Callable[[], Project]
) -> None:
    own, tag = service(aws)["taskDefinition"], running(aws)
    deploy(aws, SECOND)
    break_update(project, aws)
    failed_launch(project, aws, tag)
    assert running(aws) == SECOND
    update(aws, taskDefinition=own)
    assert "dev/task-oms unchanged" in launch(new_project())
    assert running(aws) == tag


def test_a_launch_waits_for_a_deployment_in_progress(project: Project, aws: EmbeddedAws) -> None:
    aws.control(deployments=[SERVICE])
    deployed = deploy(aws, SECOND)
    project.edit("config/config.yaml", 'oms_cpu: ""', "oms_cpu: 1024")
    project.edit("config/config.yaml", 'oms_memory: ""', "oms_memory: 2048")
    with subprocess.Popen(
        [str(BIN / "sceptre"), "launch", "-y", "dev/task-oms"],
        cwd=project.directory,
        env=project.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        waiting = next(line for line in process.stdout if "Waiting for the deployment" in line)
        assert f"{SERVICE} in progress, for up to 30 min" in waiting
        assert service(aws)["taskDefinition"] == deployed
        aws.control()
        rest = process.stdout.read()
    assert process.returncode == 0, rest
    assert (running(aws), parameters(aws)["ImageTag"]) == (SECOND, SECOND)
    assert parameters(aws)["Cpu"] == "1024"


def test_a_launch_fails_if_the_deployment_takes_too_long(
    project: Project, aws: EmbeddedAws
) -> None:
    before = aws.stack(STACK)
    aws.control(deployments=[SERVICE])
    deployed = deploy(aws, THIRD)
    project.edit(
        "config/dev/task-oms.yaml",
        "!keep_image {{ image | tojson }}",
        "!keep_image {{ dict(image, wait=0) | tojson }}",
    )
    done = project.sceptre("launch", "-y", "dev/task-oms")
    assert done.returncode == 1
    cause = failures(done.stdout)["dev/task-oms"]
    assert cause.startswith(f"!keep_image {SERVICE} has a deployment in progress")
    assert cause.endswith(f"services-stable --cluster {CLUSTER} --services {SERVICE}")
    assert aws.stack(STACK) == before
    assert service(aws)["taskDefinition"] == deployed
    # Commands that only read do not wait.
    assert planned(project) == "changed"
    project.succeed("diff", "dev/task-oms")
