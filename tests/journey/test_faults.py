"""A life of dev on an AWS that throttles, fails, hesitates and hangs up; `make soak` has more."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import EmbeddedAws, Project
from tests.journey.faulty import MIXED, assert_clear, before, run
from tests.journey.killed import state

SEED = 1


def test_a_launch_a_relaunch_and_a_delete_end_where_they_should(
    new_project: Callable[[], Project], aws: EmbeddedAws
) -> None:
    with before(aws, MIXED, SEED) as proxy:
        project = proxy.project(new_project())
        launched = run(project, "launch", "-y", "dev")
        fired = proxy.fired()
        relaunched = run(project, "launch", "-y", "dev")
    assert len(fired) > 20
    for found in (launched, relaunched):
        assert_clear(found)
    healthy = new_project()
    healthy.succeed("launch", "-y", "dev")
    assert "launch: 16 unchanged" in healthy.succeed("launch", "-y", "dev")
    assert {status for status, _ in state(aws)["stacks"].values()} == {"COMPLETE"}
    with before(aws, MIXED, SEED) as proxy:
        deleted = run(proxy.project(new_project()), "delete", "-y", "dev")
    assert_clear(deleted)
    healthy.succeed("delete", "-y", "dev")
    assert aws.stack_names() == []
