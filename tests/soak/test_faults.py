"""Every kind of fault in every command: each run completes, or fails with one clear line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import EmbeddedAws, Project
from tests.journey.killed import state
from tests.soak.faulty import KINDS, MIXED, assert_clear, before, run

COMMANDS = (
    ("launch", "-y", "dev"),
    ("launch", "-y", "dev"),
    ("diff", "dev"),
    ("plan", "dev"),
    ("status", "dev"),
    ("create", "-y", "dev/sqs", "review"),
    ("describe", "change-set", "dev/sqs", "review"),
    ("execute", "-y", "dev/sqs", "review"),
    ("delete", "-y", "dev"),
)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", [*KINDS, "mixed"])
def test_faults(new_project: Callable[[], Project], aws: EmbeddedAws, kind: str, seed: int) -> None:
    ended = {}
    with before(aws, KINDS.get(kind, MIXED), seed) as proxy:
        project = proxy.project(new_project())
        for command in COMMANDS:
            if command[0] == "create":
                # A change, because a change set without one fails.
                project.edit("config/config.yaml", "CostCenter: sentry-oms", "CostCenter: another")
            found = run(project, *command)
            assert_clear(found)
            if found.exit_code:
                print(kind, seed, command, found.said)
            ended[command] = (found.exit_code, round(found.seconds), round(found.silence))
        assert proxy.fired()
    print(kind, seed, ended)
    healthy = new_project()
    healthy.succeed("launch", "-y", "dev")
    assert {status for status, _ in state(aws)["stacks"].values()} == {"COMPLETE"}
    assert "launch: 16 unchanged" in healthy.succeed("launch", "-y", "dev")
    healthy.succeed("delete", "-y", "dev")
    assert aws.stack_names() == []
