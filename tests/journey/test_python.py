"""Several commands in one Python process, as Sceptre's MCP server runs them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sceptre.connection_manager import ConnectionManager
from sceptre.context import SceptreContext
from sceptre.plan import actions
from sceptre.plan.plan import SceptrePlan

from tests.conftest import EmbeddedAws, Project

QUEUE = {
    "Parameters": {"Seconds": {"Type": "String"}},
    "Resources": {
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"VisibilityTimeout": {"Ref": "Seconds"}},
        }
    },
    "Outputs": {"Seconds": {"Value": {"Ref": "Seconds"}}},
}
FILES = {
    "templates/queue.json": json.dumps(QUEUE),
    "config/g/a.yaml": "parameters: {Seconds: '1'}\n",
    "config/g/b.yaml": "parameters: {Seconds: !stack_output g/a.yaml::Seconds}\n",
}
EXECUTORS = pytest.mark.parametrize("project", ["ready_queue", None], indirect=True)


@pytest.fixture
def project(
    tmp_path: Path,
    aws: EmbeddedAws,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Project]:
    """Two stacks, of which b passes an output of a; the parameter is the executor."""
    for name in os.environ.keys() - aws.environ.keys():
        monkeypatch.delenv(name)
    for name, value in aws.environ.items():
        monkeypatch.setenv(name, value)
    # Sceptre keeps them for the process; those of another module reach its embedded AWS.
    monkeypatch.setattr(ConnectionManager, "_boto_sessions", {})
    monkeypatch.setattr(ConnectionManager, "_clients", {})
    # Sceptre's own executor waits four seconds at a time.
    monkeypatch.setattr(actions, "time", SimpleNamespace(sleep=lambda _: None))
    executor = getattr(request, "param", "ready_queue")
    config = {"project_code": "x", "region": "us-east-1", "template": {"path": "queue.json"}}
    config |= {"executor": executor} if executor else {}
    made = Project(tmp_path, {}, {**FILES, "config/config.yaml": json.dumps(config)})
    yield made
    aws.control()
    for name in aws.stack_names():
        aws.delete(name)


def plan(project: Project, path: str = "g") -> SceptrePlan:
    return SceptrePlan(SceptreContext(str(project.directory), path))


def statuses(responses: dict[Any, Any]) -> dict[str, str]:
    return {stack.name: str(getattr(one, "value", one)) for stack, one in responses.items()}


COMPLETE = {"g/a": "complete", "g/b": "complete"}


@EXECUTORS
def test_a_second_launch_passes_the_new_output(project: Project, aws: EmbeddedAws) -> None:
    for seconds in ("1", "2", "3"):
        (project.directory / "config/g/a.yaml").write_text(
            f"parameters: {{Seconds: '{seconds}'}}\n"
        )
        assert statuses(plan(project).launch()) == COMPLETE
        assert aws.outputs("x-g-b") == {"Seconds": seconds}


@EXECUTORS
def test_a_second_command_sees_what_others_did(project: Project, aws: EmbeddedAws) -> None:
    plan(project).launch()
    assert statuses(plan(project).get_status())["g/b"] == "CREATE_COMPLETE"
    aws.delete("x-g-b")
    assert statuses(plan(project).get_status())["g/b"] == "PENDING"
    (b,) = [stack for stack in plan(project).graph if stack.name == "g/b"]
    assert b.parameters == {"Seconds": "1"}
    aws.deploy("x-g-a", QUEUE, Seconds="3")
    (b,) = [stack for stack in plan(project).graph if stack.name == "g/b"]
    assert b.parameters == {"Seconds": "3"}
