"""Somebody changes something by hand; the person on call finds it, and puts it back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

from tests.conftest import BIN, EmbeddedAws, Project

QUEUE = "https://sqs.us-east-1.amazonaws.com/000000000000/clients-events-queue-dev"


def drift(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    """With what is for a person apart from Sceptre's answer."""
    return subprocess.run(
        [BIN / "sceptre", "--no-colour", *arguments],
        cwd=project.directory,
        env=project.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    project.succeed("launch", "-y", "dev")
    return project


def set_timeout(aws: EmbeddedAws, seconds: int) -> None:
    aws.client("sqs").set_queue_attributes(
        QueueUrl=QUEUE, Attributes={"VisibilityTimeout": str(seconds)}
    )


def launched_with(aws: EmbeddedAws) -> int:
    found = aws.client("sqs").get_queue_attributes(
        QueueUrl=QUEUE, AttributeNames=["VisibilityTimeout"]
    )
    return int(found["Attributes"]["VisibilityTimeout"])


def test_what_was_launched_has_not_drifted(project: Project) -> None:
    done = drift(project, "drift", "detect", "dev")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "drift: 16 as launched\n"
    assert done.stdout.count("StackDriftStatus: IN_SYNC") == 16


@pytest.mark.parametrize("command", [["detect"], ["show"], ["show", "-D"]], ids=" ".join)
def test_a_change_by_hand_is_named_and_ends_with_2(
    project: Project, aws: EmbeddedAws, command: list[str]
) -> None:
    before = launched_with(aws)
    set_timeout(aws, 77)
    try:
        done = drift(project, "drift", *command, "dev")
        assert done.returncode == 2, done.stdout
        first, counts, remedy = done.stderr.splitlines()
        assert first == (
            "drifted: dev/sqs: ClientsEventsQueue (AWS::SQS::Queue) "
            f"/VisibilityTimeout is 77, launched as {before}"
        )
        assert counts == "drift: 1 drifted, 15 as launched"
        assert "docs/OPERATIONS.md" in remedy
        assert "sentry-sqs-dev" in done.stdout
        # A launch sees that nothing was changed in config.
        assert "16 unchanged" in project.succeed("launch", "-y", "dev")
        assert launched_with(aws) == 77
    finally:
        set_timeout(aws, before)
    assert drift(project, "drift", "detect", "dev/sqs").returncode == 0


def test_the_answer_is_sceptres_and_a_program_can_read_it(project: Project) -> None:
    done = drift(project, "--output", "json", "drift", "detect", "dev/vpc")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sentry-vpc-dev"]["StackDriftStatus"] == "IN_SYNC"


def test_a_stack_that_is_not_there_ends_with_1(project: Project) -> None:
    done = drift(project, "drift", "detect", "staging/vpc")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "not known: staging/vpc: STACK_DOES_NOT_EXIST",
        "drift: 1 not known",
    ]
