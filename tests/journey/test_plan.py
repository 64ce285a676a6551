"""``oms plan`` reports each change with its exit code, and leaves nothing on AWS."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import BIN, EmbeddedAws, Project, template, wait_until
from tests.plan_examples import CHANGES, EXAMPLES, add_an_exchange, example, put_back

CONFIG_TABLE = "dynamodb/oms-config-table.json"


@pytest.fixture(scope="module")
def launched(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    project.succeed("launch", "-y", "dev")
    return project


@pytest.fixture
def project(launched: Project, aws: EmbeddedAws) -> Iterator[Project]:
    """dev as it was launched. No test may leave a change set or a stack."""
    before = aws.stack_names()
    with put_back(launched):
        yield launched
    aws.control()
    assert aws.stack_names() == before
    cloudformation = aws.client("cloudformation")
    for name in before:
        assert cloudformation.list_change_sets(StackName=name)["Summaries"] == []


def plan(project: Project, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code, and the stacks of the report by name."""
    done = project.program("oms", "plan", *arguments, "--format", "json")
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert report["exit_code"] == done.returncode
    return done.returncode, {one["name"].partition("/")[2]: one for one in report["stacks"]}


def resources(stack: dict[str, Any]) -> dict[str, Any]:
    return {one["logical_id"]: one for one in stack["resources"]}


def changing(stacks: dict[str, Any]) -> dict[str, str]:
    return {name: one["kind"] for name, one in stacks.items() if one["kind"] != "unchanged"}


def test_without_changes_no_change_set_is_created(project: Project, aws: EmbeddedAws) -> None:
    aws.control()
    done = project.program("oms", "plan", "dev")
    assert done.returncode == 0
    assert done.stdout == "plan dev: 16 stacks unchanged\nexit 0: no change\n"
    calls = aws.calls()
    assert "CreateChangeSet" not in calls
    assert (calls["DescribeStacks"], calls["ListStacks"]) == (16, 1)


def test_changes_that_lose_nothing(project: Project) -> None:
    add_an_exchange(project)
    project.edit("config/config.yaml", "multi_az: false", "multi_az: prepare")
    project.edit("config/config.yaml", 'oms_cpu: ""', "oms_cpu: 1024")
    project.edit("config/config.yaml", 'oms_memory: ""', "oms_memory: 2048")
    with project.edit_template("dynamodb/oms-trading-table.json") as template:
        del template["Resources"]["Table"]["Properties"]["SSESpecification"]
    with project.edit_template(CONFIG_TABLE) as template:
        template["Outputs"]["TableName"]["Value"] = {"Fn::Sub": "oms_config_${Environment}"}
    code, stacks = plan(project, "dev")
    assert code == 2
    assert changing(stacks) == {
        **dict.fromkeys(("vpc", "redis", "sqs", "cluster-oms", "task-oms"), "changed"),
        **dict.fromkeys(("dynamodb-config", "dynamodb-trading"), "changed"),
        "cluster-gateway": "may change",
    }
    added = [key for key, one in resources(stacks["sqs"]).items() if one["action"] == "add"]
    assert len([key for key in added if key.endswith("Queue")]) == 4
    assert all(key.startswith("Kraken") for key in added)
    table = resources(stacks["dynamodb-trading"])["Table"]
    assert (table["action"], table["loss"]) == ("modify", None)
    assert [cause["property"] for cause in table["causes"]] == ["SSESpecification"]
    values = {
        one["path"]: (one["old"], one["new"])
        for one in resources(stacks["task-oms"])["TaskDefinition"]["values"]
    }
    exchanges = values["/ContainerDefinitions/oms/Environment/EXCHANGES/Value"]
    assert exchanges == ("bitget,bingx,okx", "bitget,bingx,okx,kraken")
    assert values["/Cpu"][1] == "1024"
    # An output alone changes, and those who read it wait for it.
    assert stacks["dynamodb-config"]["resources"] == []


def test_changes_that_lose_state(project: Project) -> None:
    project.edit("config/config.yaml", "[bitget, bingx, okx]", "[bitget, bingx]")
    project.edit(f"templates/{CONFIG_TABLE}", '"pk"', '"id"')
    with project.edit_template("cognito/cognito-user-pool.json") as template:
        pool = template["Resources"]["UserPool"]["Properties"]
        pool["UsernameAttributes"] = ["phone_number"]
    code, stacks = plan(project, "dev")
    assert code == 3
    assert {key for key, one in resources(stacks["sqs"]).items() if one["loss"]} == {
        "OkxOrdersQueue",
        "OkxOrdersDeadLetterQueue",
        "OkxFilledOrdersQueue",
        "OkxFilledOrdersDeadLetterQueue",
    }
    table = resources(stacks["dynamodb-config"])["Table"]
    assert (table["action"], table["certain"]) == ("replace", True)
    assert "change TableName too" in table["obstacle"]
    pool = resources(stacks["cognito"])["UserPool"]
    assert pool["action"] == "replace"
    assert "CloudFormation will refuse UsernameAttributes" in pool["obstacle"]


def test_a_renamed_table_loses_its_rows_and_its_readers_wait(project: Project) -> None:
    CHANGES["plan-table-replaced.md"](project)
    code, stacks = plan(project, "dev")
    assert code == 3
    table = resources(stacks["dynamodb-config"])["Table"]
    assert (table["action"], table["certain"]) == ("replace", True)
    assert "rows" in table["loss"]
    assert stacks["cluster-oms"]["kind"] == "may change"
    (names,) = stacks["cluster-oms"]["parameters"]
    assert (names["new"], names["known_after"]) == (None, "dev/dynamodb-config")
    role = resources(stacks["cluster-oms"])["TaskRole"]
    assert (role["action"], role["certain"]) == ("modify", False)


def test_new_stacks_are_rendered_and_not_created(project: Project) -> None:
    code, stacks = plan(project, "staging")
    assert code == 2
    assert set(changing(stacks).values()) == {"new"}
    later = {one["name"]: one["known_after"] for one in stacks["task-oms"]["parameters"]}
    assert later["RedisStackName"] == "staging/redis"
    assert later["AppSecretArn"] == "staging/secrets"
    assert later["ECRRepositoryUri"] == "its hook !ecr_repository"
    assert later["Environment"] is None
    text = project.program("oms", "plan", "staging", "redis").stdout
    assert "plan staging/redis: 2 stacks are new" in text


def test_stacks_that_are_no_longer_in_config_are_listed(project: Project, aws: EmbeddedAws) -> None:
    table = template("dynamodb/oms-config-table.json")
    table["Resources"]["Table"]["Properties"]["TableName"] = "oms_old_dev"
    tags = {"Project": "sentry-oms", "Environment": "dev"}
    aws.deploy("sentry-old-dev", table, tags, Environment="dev")
    aws.deploy("sentry-another-dev", {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    done = project.program("oms", "plan", "dev")
    for name in ("sentry-old-dev", "sentry-another-dev"):
        aws.delete(name)
    assert done.returncode == 0
    assert done.stdout == (
        "no longer in config, and left by a launch\n"
        "  sentry-old-dev (CREATE_COMPLETE) holds Table (rows)\n"
        "      put its file back, or after a launch of dev: "
        "aws cloudformation delete-stack --stack-name sentry-old-dev\n"
        "plan dev: 16 stacks unchanged; 1 stack no longer in config\n"
        "exit 0: no change\n"
    )


def test_a_stack_that_cant_be_planned_does_not_hide_the_others(
    project: Project, aws: EmbeddedAws
) -> None:
    add_an_exchange(project)
    refusal = {"code": "LimitExceededException", "message": "too many change sets", "times": 9}
    aws.control(
        statuses={"sentry-redis-dev": "UPDATE_ROLLBACK_FAILED"},
        faults=[{"action": "CreateChangeSet", "containing": "sentry-sqs-dev", **refusal}],
    )
    code, stacks = plan(project, "dev")
    aws.control(statuses={"sentry-redis-dev": "UPDATE_COMPLETE"})
    assert code == 1
    assert "continue-update-rollback" in stacks["redis"]["error"]
    assert "too many change sets" in stacks["sqs"]["error"]
    assert stacks["cluster-oms"]["kind"] == "changed"


def test_mistakes_in_config_are_found_before_aws_is_asked(
    project: Project, aws: EmbeddedAws
) -> None:
    project.edit("config/config.yaml", 'oms_cpu: ""', "oms_cpu: 300")
    aws.control()
    done = project.program("oms", "plan", "dev")
    assert done.returncode == 1
    assert "OMS009" in done.stderr
    assert aws.calls() == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "oms: 'nowhere' is not in config"),
        (["dev"], "oms: Could not connect to the endpoint URL"),
        (["dev", "--output", "nowhere/plan.md"], "oms: --output: "),
        (["dev", "prod", "--format", "json"], "oms: --format json "),
    ],
)
def test_an_error_is_one_line(project: Project, arguments: list[str], message: str) -> None:
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    done = project.program("oms", "plan", *arguments, **nowhere)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(message)


def test_a_file_gets_markdown_and_the_screen_the_text(project: Project) -> None:
    path = project.directory / "plan.md"
    words = ("plan", "dev", "--format", "markdown", "--output", path.name)
    done = project.program("oms", *words, CODESTAR_CONNECTION_ARN="")
    assert "dev/pipeline-oms is left out: config says ignore: true" in done.stdout
    assert path.read_text().startswith("<!-- oms plan dev -->")


def test_ctrl_c_leaves_no_change_set(project: Project, aws: EmbeddedAws) -> None:
    add_an_exchange(project)
    aws.control(latency_seconds=0.3)
    process = subprocess.Popen(
        [BIN / "oms", "plan", "dev"],
        cwd=project.directory,
        env=project.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: "CreateChangeSet" in aws.calls())
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "no change set is left" in said


@pytest.mark.parametrize("name", CHANGES)
def test_the_examples_are_up_to_date(project: Project, name: str) -> None:
    assert (EXAMPLES / name).read_text() == example(project, name), "make generated"
