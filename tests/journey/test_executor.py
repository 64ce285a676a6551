"""The ready queue keeps what Sceptre promises of its commands, in a project of four stacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import EmbeddedAws, Project

QUEUE = {
    "Parameters": {"After": {"Type": "String", "Default": ""}},
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}},
}
STACKS = {"a": "", "b": "a", "c": "b", "d": ""}
"""Each stack with the one that it depends on."""


@pytest.fixture
def project(tmp_path: Path, aws: EmbeddedAws) -> Project:
    config = {"project_code": "x", "region": "us-east-1", "executor": "ready_queue"}
    files = {"config/config.yaml": json.dumps(config), "templates/queue.json": json.dumps(QUEUE)}
    for name, before in STACKS.items():
        after = f"parameters: {{After: !stack_output 'g/{before}.yaml::Name'}}\n" if before else ""
        files[f"config/g/{name}.yaml"] = (
            f"template: {{path: queue.json}}\nstack_name: x-{name}\nstack_timeout: 5\n{after}"
        )
    return Project(tmp_path, dict(aws.environ), files)


@pytest.fixture(autouse=True)
def back_to_nothing(aws: EmbeddedAws) -> Iterator[None]:
    yield
    aws.control()
    for name in aws.stack_names():
        aws.delete(name)


def add(project: Project, stack: str, line: str) -> None:
    file = project.directory / f"config/g/{stack}.yaml"
    file.write_text(f"{line}\n{file.read_text()}")


def report(project: Project, *arguments: str) -> dict[str, Any]:
    path = project.directory / "report.json"
    project.sceptre(*arguments, OMS_REPORT=str(path))
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def states(report: dict[str, Any]) -> dict[str, str]:
    return {one["name"].removeprefix("g/"): one["state"] for one in report["stacks"]}


def test_the_report_says_what_was_done(project: Project) -> None:
    first = report(project, "launch", "-y", "g")
    assert states(first) == dict.fromkeys("adbc", "complete")
    assert {one["operation"] for one in first["stacks"]} == {"created"}
    assert first["critical_path"][-1] == "g/c"
    assert set(states(report(project, "launch", "-y", "g")).values()) == {"unchanged"}
    gone = report(project, "delete", "-y", "g")
    assert {one["operation"] for one in gone["stacks"]} == {"deleted"}
    assert [one["name"] for one in gone["stacks"]] == ["g/c", "g/d", "g/b", "g/a"]


def test_without_a_place_for_its_report_a_launch_does_nothing(
    project: Project, aws: EmbeddedAws
) -> None:
    done = project.sceptre("launch", "-y", "g", OMS_REPORT="nowhere/report.json")
    assert done.returncode == 1
    assert "OMS_REPORT: nowhere/report.json can't be written" in done.stdout
    assert aws.stack_names() == []


def test_max_concurrency_limits_the_stacks_in_progress(project: Project) -> None:
    found = report(project, "launch", "-y", "--max-concurrency", "1", "g")["stacks"]
    moments = sorted(
        (one["started_after_seconds"], one["started_after_seconds"] + one["seconds"])
        for one in found
    )
    for (_, end), (start, _) in pairwise(moments):
        # The report rounds to milliseconds.
        assert start >= end - 0.002


def test_an_ignored_stack_is_left_out_and_its_dependents_keep_their_order(
    project: Project, aws: EmbeddedAws
) -> None:
    project.succeed("launch", "-y", "g")
    add(project, "b", "ignore: true")
    found = report(project, "launch", "-y", "g")
    assert set(states(found)) == {"a", "c", "d"}
    (last,) = [one for one in found["stacks"] if one["name"] == "g/c"]
    assert last["waits_for"] == ["g/a"]
    assert "x-b" in aws.stack_names()


def test_an_obsolete_stack_is_left_out_and_pruned_on_request(
    project: Project, aws: EmbeddedAws
) -> None:
    project.succeed("launch", "-y", "g")
    add(project, "c", "obsolete: true")
    assert set(states(report(project, "launch", "-y", "g"))) == {"a", "b", "d"}
    assert "x-c" in aws.stack_names()
    assert "g/c deleted in " in project.succeed("launch", "-y", "--prune", "g")
    assert set(aws.stack_names()) == {"x-a", "x-b", "x-d"}


def test_a_protected_stack_fails_and_stops_its_dependents(
    project: Project, aws: EmbeddedAws
) -> None:
    add(project, "b", "protect: true")
    done = project.sceptre("launch", "-y", "g")
    assert done.returncode == 1
    assert "failed: g/b: Cannot perform action on 'g/b': Stack protection is" in done.stdout
    assert set(aws.stack_names()) == {"x-a", "x-d"}


def test_each_stack_keeps_its_region(project: Project, aws: EmbeddedAws) -> None:
    (project.directory / "config/g/config.yaml").write_text("region: sa-east-1\n")
    project.succeed("launch", "-y", "g")
    assert aws.stack_names() == []
    there = aws.client("cloudformation", region="sa-east-1")
    assert len(there.describe_stacks()["Stacks"]) == len(STACKS)
    project.succeed("delete", "-y", "g")
    assert there.describe_stacks()["Stacks"] == []


def test_a_failed_deletion_leaves_its_dependencies(project: Project, aws: EmbeddedAws) -> None:
    project.succeed("launch", "-y", "g")
    refusal = {"action": "DeleteStack", "containing": "x-c", "message": "not now"}
    aws.control(faults=[{**refusal, "code": "ValidationError"}])
    done = project.sceptre("delete", "-y", "g")
    assert done.returncode == 1
    assert "not now" in done.stdout
    assert "not started: g/b, g/a (after g/c)" in done.stdout
    assert set(aws.stack_names()) == {"x-a", "x-b", "x-c"}


@pytest.mark.parametrize("command", ["create", "execute"])
def test_a_refused_change_set_fails_the_command(
    project: Project, aws: EmbeddedAws, command: str
) -> None:
    project.succeed("launch", "-y", "g/d")
    if command == "execute":
        add(project, "d", "stack_tags: {Why: test}")
        project.succeed("create", "-y", "g/d", "review")
    action = {"create": "CreateChangeSet", "execute": "ExecuteChangeSet"}[command]
    aws.control(faults=[{"action": action, "code": "LimitExceeded", "message": "too many"}])
    done = project.sceptre(command, "-y", "g/d", "review")
    assert done.returncode == 1
    assert "too many" in done.stdout


def test_a_reading_command_names_every_failure(project: Project, aws: EmbeddedAws) -> None:
    refusal = {"action": "ValidateTemplate", "code": "ValidationError", "times": 2}
    aws.control(faults=[{**refusal, "message": "no good"}])
    done = project.sceptre("validate", "g")
    assert done.returncode == 1
    assert done.stdout.count("no good") == 2
