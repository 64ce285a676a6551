"""A launch leaves a service with the image that the pipeline deployed, whatever else happens."""

from __future__ import annotations

import json
import re
import subprocess
import time
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
    parameters,
    running,
    service,
)

TEMPLATE = "templates/compute/task-definition-oms.json"
TAKEN = {
    "Type": "AWS::DynamoDB::Table",
    "DependsOn": "Service",
    "Properties": {
        "TableName": "taken",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "x", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}],
    },
}
"""A resource that can't be created, after the service has been updated."""


@pytest.fixture(scope="module")
def launched(new_project: Callable[[], Project], aws: EmbeddedAws) -> None:
    """The service was started by a launch with the first image."""
    project = new_project()
    project.succeed("launch", "-y", "dev/task-oms")
    push_image(aws, REPOSITORY, FIRST)
    project.succeed("launch", "-y", "dev/task-oms")
    assert running(aws) == FIRST
    push_image(aws, REPOSITORY, SECOND)
    push_image(aws, REPOSITORY, THIRD)
    aws.client("dynamodb").create_table(
        TableName="taken",
        AttributeDefinitions=[{"AttributeName": "x", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "x", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def project(launched: None, new_project: Callable[[], Project], aws: EmbeddedAws) -> Project:  # noqa: ARG001
    """A copy of the project as it was launched, on a stack that has the first image."""
    aws.control()
    return new_project()


def broken(project: Project) -> None:
    """Give the stack an update that changes the service, and then fails."""
    file = project.directory / TEMPLATE
    template = json.loads(file.read_text())
    template["Resources"]["Taken"] = TAKEN
    template["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"][0][
        "StopTimeout"
    ] = 60
    file.write_text(json.dumps(template))


def failing_launch(project: Project, aws: EmbeddedAws, tag: str = FIRST) -> str:
    done = project.sceptre("launch", "-y", "dev/task-oms")
    assert done.returncode == 1, done.stdout
    assert set(failures(done.stdout)) == {"dev/task-oms"}, done.stdout
    assert "already exists" in failures(done.stdout)["dev/task-oms"]
    assert aws.stack(STACK)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert parameters(aws)["ImageTag"] == tag
    return done.stdout


def test_a_failed_update_leaves_the_pipelines_image_running(
    project: Project, aws: EmbeddedAws
) -> None:
    deployed = deploy(aws, SECOND)
    broken(project)
    said = failing_launch(project, aws)
    assert service(aws)["taskDefinition"] == deployed
    revision = deployed.rpartition("/")[2]
    (line,) = (line for line in said.splitlines() if "After the rollback" in line)
    assert re.search(
        rf"{SERVICE} ran \S+:{FIRST} in place of \S+:{SECOND}; it is put back on {revision}$", line
    )


def test_a_failed_change_set_leaves_it_running_too(project: Project, aws: EmbeddedAws) -> None:
    deployed = deploy(aws, SECOND)
    broken(project)
    project.succeed("create", "-y", "dev/task-oms", "broken")
    done = project.sceptre("execute", "-y", "dev/task-oms", "broken")
    assert done.returncode == 1, done.stdout
    assert "already exists" in done.stdout
    assert service(aws)["taskDefinition"] == deployed


def test_if_it_cant_be_put_back_the_launch_says_how_and_the_next_one_does_it(
    project: Project, aws: EmbeddedAws, new_project: Callable[[], Project]
) -> None:
    deployed = deploy(aws, THIRD)
    broken(project)
    denied = {"action": "UpdateService", "code": "AccessDeniedException", "message": "no"}
    aws.control(faults=[denied])
    said = failing_launch(project, aws)
    assert running(aws) == FIRST
    (line,) = (line for line in said.splitlines() if "After the rollback" in line)
    assert re.search(rf"{SERVICE} runs \S+:{FIRST} in place of \S+:{THIRD}, and could not", line)
    assert line.endswith(
        f"aws ecs update-service --cluster {CLUSTER} --service {SERVICE} "
        f"--task-definition {deployed.rpartition('/')[2]}"
    )
    # The same as after a launch that was killed: nothing but AWS remembers what ran.
    healthy = new_project()
    assert f"new_value: '{THIRD}'" in healthy.differing("dev/task-oms")[STACK]
    said = healthy.succeed("launch", "-y", "dev/task-oms")
    assert f"rolled back from image {THIRD} to {FIRST}" in said
    assert (running(aws), parameters(aws)["ImageTag"]) == (THIRD, THIRD)
    assert "dev/task-oms unchanged" in healthy.succeed("launch", "-y", "dev/task-oms")


def test_an_older_image_that_somebody_deploys_after_a_rollback_stays(
    project: Project, aws: EmbeddedAws, new_project: Callable[[], Project]
) -> None:
    own = service(aws)["taskDefinition"]
    tag = running(aws)
    deploy(aws, SECOND)
    broken(project)
    failing_launch(project, aws, tag)
    assert running(aws) == SECOND
    # The embedded ECS dates deployments in whole seconds: this one must come after the rollback's.
    time.sleep(1.1)
    aws.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=own)
    assert "dev/task-oms unchanged" in new_project().succeed("launch", "-y", "dev/task-oms")
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
    ) as launch:
        assert launch.stdout
        waiting = next(line for line in launch.stdout if "Waiting for the deployment" in line)
        assert f"{SERVICE} in progress, for up to 30 min" in waiting
        assert service(aws)["taskDefinition"] == deployed
        aws.control()
        rest = launch.stdout.read()
    assert launch.returncode == 0, rest
    assert (running(aws), parameters(aws)["ImageTag"]) == (SECOND, SECOND)
    assert parameters(aws)["Cpu"] == "1024"


def test_a_launch_is_refused_if_the_deployment_is_not_over_in_time(
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
    assert failures(done.stdout)["dev/task-oms"] == (
        f"!keep_image {SERVICE} has a deployment in progress, which an update would supersede; "
        "waited 0 min. Launch again once it is over: aws ecs wait services-stable "
        f"--cluster {CLUSTER} --services {SERVICE}"
    )
    assert aws.stack(STACK) == before
    assert service(aws)["taskDefinition"] == deployed
    # Nothing that only reads waits.
    assert planned(project) == 2
    project.succeed("diff", "dev/task-oms")


def planned(project: Project) -> int:
    return project.program("oms", "plan", "dev", "task-oms").returncode
