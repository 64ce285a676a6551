"""Two commands never write to one environment at once, and a lock that is left can be removed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import BIN, EmbeddedAws, Project, wait_until

QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
CONFIG = {
    "project_code": "x",
    "region": "us-east-1",
    "executor": "ready_queue",
    "launch_lock": True,
}
REFUSAL = "g is locked by "


@pytest.fixture
def project(tmp_path: Path, aws: EmbeddedAws) -> Project:
    files = {"config/config.yaml": json.dumps(CONFIG), "templates/queue.json": json.dumps(QUEUE)}
    for name in ("a", "b"):
        files[f"config/g/{name}.yaml"] = f"template: {{path: queue.json}}\nstack_name: x-{name}\n"
    return Project(tmp_path, dict(aws.environ), files)


@pytest.fixture
def held(project: Project, aws: EmbeddedAws) -> Iterator[subprocess.Popen[str]]:
    """A launch that waits for a stack, until the control is reset."""
    aws.control(holds={"x-a": 600})
    process = subprocess.Popen(
        [BIN / "sceptre", "--no-colour", "launch", "-y", "g"],
        cwd=project.directory,
        env=project.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_until(lambda: "x-a" in aws.stack_names())
    yield process
    process.kill()
    process.communicate()
    aws.control()
    for name in aws.stack_names():
        aws.settled(name)
        aws.delete(name)


def end(process: subprocess.Popen[str], aws: EmbeddedAws) -> str:
    """End what is held, and return the launch's output."""
    aws.control()
    said, _ = process.communicate(timeout=60)
    return said


def test_a_second_launch_is_refused_until_the_first_has_ended(
    project: Project, aws: EmbeddedAws, held: subprocess.Popen[str]
) -> None:
    refused = project.sceptre("launch", "-y", "g/b")
    assert refused.returncode == 1
    (line,) = refused.stdout.splitlines()
    assert REFUSAL in line
    assert f"(launch of 2 stacks, process {held.pid}): wait for its end" in line
    assert "2 created" in end(held, aws)
    assert "1 unchanged" in project.succeed("launch", "-y", "g/b")


def test_a_killed_launch_leaves_the_lock_that_its_refusal_says_how_to_remove(
    project: Project, aws: EmbeddedAws, held: subprocess.Popen[str]
) -> None:
    held.kill()
    end(held, aws)
    assert "if it has died: oms unlock g" in project.sceptre("launch", "-y", "g").stdout
    asked = project.program("oms", "unlock", "g")
    assert asked.returncode == 1
    assert REFUSAL in asked.stdout
    assert "The lock is removed." in project.program("oms", "unlock", "-y", "g").stdout
    assert "2 unchanged" in project.succeed("launch", "-y", "g")
