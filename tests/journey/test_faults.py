"""Launch and delete a part of dev on an AWS with faults; `make soak` does more with all of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import EmbeddedAws, Project
from tests.journey.faulty import MIXED, assert_clear, before, run
from tests.journey.killed import state

SEED = 1


def test_commands_end_complete_or_with_a_cause(
    new_project: Callable[[], Project], aws: EmbeddedAws
) -> None:
    healthy = new_project()
    with before(aws, MIXED, SEED) as proxy:
        project = proxy.project(new_project())
        assert_clear(run(project, "launch", "-y", "dev/task-oms"))
        assert len(proxy.fired()) > 10
        healthy.succeed("launch", "-y", "dev/task-oms")
        assert {status for status, _ in state(aws)["stacks"].values()} == {"COMPLETE"}
        assert_clear(run(project, "delete", "-y", "dev"))
    healthy.succeed("delete", "-y", "dev")
    assert aws.stack_names() == []
