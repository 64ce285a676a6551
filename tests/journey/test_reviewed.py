"""A launch with its plan in view: the question before it, and a saved plan.

The tests depend on their order.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import EmbeddedAws, Project
from tests.journey.test_terminal import on_a_terminal

TOKEN = "hunter-2"
STORE = {
    "Parameters": {
        "TableName": {"Type": "String"},
        "Secret": {"Type": "String"},
        "Token": {"Type": "String", "NoEcho": True},
    },
    "Resources": {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": {"Ref": "TableName"},
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
            },
        }
    },
    "Outputs": {"Name": {"Value": {"Ref": "Table"}}},
}
QUEUE = {
    "Parameters": {"Delay": {"Type": "Number"}, "Table": {"Type": "String", "Default": ""}},
    "Resources": {
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "DelaySeconds": {"Ref": "Delay"},
                "QueueName": {"Fn::Sub": "q-${Table}"},
            },
        }
    },
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, aws: EmbeddedAws) -> Project:
    """Stacks alone, store, and reader, which reads an output of store; launched once."""
    config = {"project_code": "x", "region": "us-east-1", "executor": "ready_queue"}
    files = {
        "config/config.yaml": json.dumps(config),
        "config/g/config.yaml": "delay: 1",
        "config/g/store.yaml": "template: {path: store.json}\nparameters:\n"
        f"  TableName: t-1\n  Token: {TOKEN}\n  Secret: !secret_arn {{name: s}}\n",
        "config/g/reader.yaml": "template: {path: queue.json}\nparameters:\n"
        "  Delay: {{ delay }}\n  Table: !stack_output g/store.yaml::Name\n",
        "config/g/alone.yaml": "template: {path: queue.json}\nparameters: {Delay: {{ delay }}}\n",
        "templates/store.json": json.dumps(STORE),
        "templates/queue.json": json.dumps(QUEUE),
    }
    one = Project(tmp_path_factory.mktemp("small"), dict(aws.environ), files)
    aws.client("secretsmanager").create_secret(Name="s", SecretString="x")
    one.succeed("launch", "-y", "g")
    return one


def save(project: Project, tmp_path: Path) -> Path:
    """Save a plan."""
    path = tmp_path / "plan.json"
    done = project.program("oms", "plan", "g", "--save", str(path))
    assert done.returncode == 2, done.stderr
    return path


def launch(project: Project, file: Path) -> subprocess.CompletedProcess[str]:
    return project.sceptre("launch", "-y", "g", OMS_PLAN=str(file))


def refused(project: Project, aws: EmbeddedAws, file: Path) -> str:
    """Launch a plan that is out of date, and return what changed."""
    aws.control()
    done = launch(project, file)
    (line,) = done.stdout.splitlines()
    assert done.returncode == 1
    assert f"OMS_PLAN: {file} is out of date, nothing was changed: since the plan of g" in line
    assert f"Plan again: oms plan g --save {file}" in line
    assert not {"CreateStack", "UpdateStack", "DeleteStack"} & aws.calls().keys()
    return line.partition("these changed: ")[2].partition(". Plan again")[0]


def test_exactly_the_saved_plan_is_launched(
    project: Project, aws: EmbeddedAws, tmp_path: Path
) -> None:
    project.edit("config/g/config.yaml", "delay: 1", "delay: 2")
    file = save(project, tmp_path)
    assert TOKEN not in file.read_text()
    project.edit("config/g/config.yaml", "delay: 2", "delay: 3")
    project.edit("config/g/store.yaml", TOKEN, "another")
    assert refused(project, aws, file) == (
        "parameter Delay of g/alone, parameter Delay of g/reader, parameter Token of g/store"
    )
    project.edit("config/g/store.yaml", "another", TOKEN)
    project.edit("config/g/config.yaml", "delay: 3", "delay: 2")
    aws.control()
    said = launch(project, file).stdout
    assert re.search("launch: (2 updated, 1 unchanged|1 unchanged, 2 updated), in", said), said
    # One call for each stack, and another two for each that is written.
    assert aws.calls()["DescribeStacks"] <= 3 + 2 * 2
    assert refused(project, aws, file) == "g/alone on AWS, g/reader on AWS"


def test_a_value_that_changed_since_the_plan_stops_its_stack(
    project: Project, aws: EmbeddedAws, tmp_path: Path
) -> None:
    project.edit("config/g/config.yaml", "delay: 2", "delay: 4")
    file = save(project, tmp_path)
    secrets = aws.client("secretsmanager")
    secrets.delete_secret(SecretId="s", ForceDeleteWithoutRecovery=True)
    secrets.create_secret(Name="s", SecretString="x")
    before = aws.stack("x-g-store")
    done = launch(project, file)
    assert done.returncode == 1
    assert f"OMS_PLAN: {file} is out of date, the stack was not changed" in done.stdout
    assert "these changed: parameter Secret of g/store. Plan again" in done.stdout
    assert "g/alone updated" in done.stdout
    assert "g/reader not started: g/store failed" in done.stdout
    assert aws.stack("x-g-store") == before


def written(aws: EmbeddedAws) -> set[str]:
    """Return the stacks written since the control was set."""
    return {event["stack"] for event in aws.happened()["timeline"]}


def test_a_launch_asks_with_the_changes_in_view(project: Project, aws: EmbeddedAws) -> None:
    project.edit("config/g/config.yaml", "delay: 4", "delay: 5")
    aws.control()
    said = on_a_terminal(project, "launch", "g/alone", typed="n\n", code=1, NO_COLOR="1")
    changes, question = map(said.index, ("g/alone changes: 1 to modify", "Do you want to launch"))
    assert changes < said.index("plan g/alone: 1 stack changes") < question
    assert "Aborted!" in said
    assert written(aws) == set()


def test_a_launch_that_loses_state_asks_for_the_name_of_the_environment(
    project: Project, aws: EmbeddedAws
) -> None:
    project.edit("config/g/store.yaml", "t-1", "t-2")
    aws.control()
    said = on_a_terminal(project, "launch", "g", typed="y\n", code=1, NO_COLOR="1")
    losses, changes = map(said.index, ("replaces or removes state", "g/store changes: "))
    assert losses < changes < said.index("State is lost. To launch 'g', type g: ")
    assert "'y' is not g: nothing was changed." in said
    assert written(aws) == set()
    said = on_a_terminal(project, "launch", "g", typed="g\n", NO_COLOR="1")
    assert "launch: 3 updated" in said
    assert written(aws) == {"x-g-alone", "x-g-reader", "x-g-store"}


def test_a_deletion_lists_the_state_that_it_loses(project: Project, aws: EmbeddedAws) -> None:
    aws.control()
    said = on_a_terminal(project, "delete", "g", typed="y\n", code=1, NO_COLOR="1")
    assert "g/store 1 AWS::DynamoDB::Table: it is deleted with its rows" in said
    assert "g/alone 1 AWS::SQS::Queue: it is deleted with its messages" in said
    assert "State is lost. To delete 'g', type g: " in said
    assert written(aws) == set()


def test_without_a_plan_nothing_is_asked(project: Project, aws: EmbeddedAws) -> None:
    project.edit("config/g/config.yaml", "delay: 5", "delay: soon")
    aws.control()
    done = project.sceptre("update", "g")
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    assert "2 findings in config, nothing was changed: oms check g lists them" in line
    assert aws.calls() == {}
