"""A launch that does not come to its end: killed, or interrupted by a person."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import BIN, EmbeddedAws, Project
from tests.journey.killed import calls_of_a_launch, launch_killed_at, spread, state


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    return new_project()


@pytest.fixture(autouse=True)
def back_to_nothing(aws: EmbeddedAws, project: Project) -> Iterator[None]:
    yield
    aws.control()
    project.succeed("delete", "-y", "dev")


def test_after_a_kill_a_launch_ends_where_it_would_have(project: Project, aws: EmbeddedAws) -> None:
    """Three of the twenty moments that `make soak` tries."""
    calls = calls_of_a_launch(project, aws)
    healthy = state(aws)
    for call in spread(calls, 20)[4::6]:
        project.succeed("delete", "-y", "dev")
        launch_killed_at(call, project, aws)
        project.succeed("launch", "-y", "dev")
        assert state(aws) == healthy, f"killed at call {call} of {calls}"


class Interrupted:
    """A launch that runs until somebody presses Ctrl-C."""

    def __init__(self, project: Project, aws: EmbeddedAws, seconds: float) -> None:
        aws.control(holds={"sentry-vpc-dev": seconds})
        self._aws = aws
        self._process = subprocess.Popen(
            [BIN / "sceptre", "--no-colour", "launch", "-y", "dev/redis"],
            cwd=project.directory,
            env=project.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        while self.status_of_vpc() != "CREATE_IN_PROGRESS":
            time.sleep(0.05)

    def status_of_vpc(self) -> str:
        names = self._aws.stack_names()
        return self._aws.stack("sentry-vpc-dev")["StackStatus"] if names else ""

    def press(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def said_in_the_end(self) -> str:
        said, _ = self._process.communicate(timeout=60)
        assert self._process.returncode == 130
        assert "Traceback" not in said
        return said

    def says(self, words: str) -> None:
        """Wait for a line that holds the words."""
        assert self._process.stdout
        for line in self._process.stdout:
            if words in line:
                return
        raise AssertionError(f"it ended without {words!r}")


def test_ctrl_c_starts_nothing_new_and_watches_what_runs(
    project: Project, aws: EmbeddedAws
) -> None:
    run = Interrupted(project, aws, seconds=3)
    run.press()
    said = run.said_in_the_end()
    assert "Interrupted: nothing new is started, and 1 stack (dev/vpc) watched to the end" in said
    assert "dev/vpc created in " in said
    assert "not started: dev/redis (interrupted)" in said
    assert said.splitlines()[-1] == "resume: sceptre --no-colour launch -y dev/redis"
    assert aws.stack_names() == ["sentry-vpc-dev"]
    assert run.status_of_vpc() == "CREATE_COMPLETE"


def test_ctrl_c_again_stops_and_says_what_goes_on(project: Project, aws: EmbeddedAws) -> None:
    run = Interrupted(project, aws, seconds=600)
    run.press()
    run.says("Ctrl-C again stops watching")
    run.press()
    said = run.said_in_the_end()
    assert "no longer watched: dev/vpc: CloudFormation goes on creating it" in said
    assert run.status_of_vpc() == "CREATE_IN_PROGRESS"
