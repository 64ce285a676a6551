"""A launch killed at twenty moments over its whole duration."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import EmbeddedAws, Project
from tests.journey.killed import State, calls_of_a_launch, launch_killed_at, spread, state

MOMENTS = 20


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    return new_project()


@pytest.fixture(scope="module")
def calls(project: Project, aws: EmbeddedAws) -> int:
    return calls_of_a_launch(project, aws)


@pytest.fixture(scope="module")
def healthy(aws: EmbeddedAws, calls: int) -> State:
    assert calls > MOMENTS
    return state(aws)


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_launch_after_a_kill_has_the_same_result(
    project: Project, aws: EmbeddedAws, calls: int, healthy: State, moment: int
) -> None:
    project.succeed("delete", "-y", "dev")
    launch_killed_at(spread(calls, MOMENTS)[moment], project, aws)
    project.succeed("launch", "-y", "dev")
    assert state(aws) == healthy
