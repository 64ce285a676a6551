"""A launch that is killed or interrupted is completed by the next one."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import BIN, EmbeddedAws, Project, wait_until
from tests.journey.killed import calls_of_a_launch, launch_killed_at, spread, state


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    return new_project()


@pytest.fixture(autouse=True)
def back_to_nothing(aws: EmbeddedAws, project: Project) -> Iterator[None]:
    yield
    aws.control()
    project.succeed("delete", "-y", "dev")


def test_a_launch_after_a_kill_converges(project: Project, aws: EmbeddedAws) -> None:
    """Two of the twenty moments that `make soak` tries."""
    calls = calls_of_a_launch(project, aws)
    healthy = state(aws)
    for call in spread(calls, 20)[6::8]:
        project.succeed("delete", "-y", "dev")
        launch_killed_at(call, project, aws)
        project.succeed("launch", "-y", "dev")
        assert state(aws) == healthy, f"killed at call {call} of {calls}"


def interrupted(project: Project, aws: EmbeddedAws, by: signal.Signals) -> subprocess.Popen[str]:
    """Start a launch of redis, and interrupt it while vpc is created, which does not end."""
    aws.control(holds={"sentry-vpc-dev": 600})
    process = subprocess.Popen(
        [BIN / "sceptre", "--no-colour", "launch", "-y", "dev/redis"],
        cwd=project.directory,
        env=project.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_until(lambda: aws.stack_names() == ["sentry-vpc-dev"])
    assert aws.status("sentry-vpc-dev") == "CREATE_IN_PROGRESS"
    process.send_signal(by)
    assert process.stdout
    assert any("Ctrl-C again" in line for line in process.stdout)
    return process


def end(process: subprocess.Popen[str], code: int) -> str:
    said, _ = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in said
    return said


def test_sigterm_starts_no_stack_and_watches_those_in_progress(
    project: Project, aws: EmbeddedAws
) -> None:
    process = interrupted(project, aws, signal.SIGTERM)
    aws.control()
    said = end(process, 143)
    assert "dev/vpc created in " in said
    assert "not started: dev/redis (interrupted)" in said
    assert said.splitlines()[-1] == "resume: sceptre --no-colour launch -y dev/redis"
    assert aws.stack_names() == ["sentry-vpc-dev"]
    assert aws.status("sentry-vpc-dev") == "CREATE_COMPLETE"
    assert "dev is not locked." in project.program("oms", "unlock", "dev").stdout


def test_a_second_ctrl_c_stops_watching(project: Project, aws: EmbeddedAws) -> None:
    process = interrupted(project, aws, signal.SIGINT)
    process.send_signal(signal.SIGINT)
    assert "no longer watched: dev/vpc" in end(process, 130)
    assert aws.status("sentry-vpc-dev") == "CREATE_IN_PROGRESS"
