"""``oms plan``: the right verdict and exit code, and nothing of it left on AWS."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import BIN, EmbeddedAws, Project
from tests.plan_examples import (
    CHANGES,
    CONFIG_TABLE,
    EXAMPLES,
    add_an_exchange,
    example,
    oms,
    put_back,
)


@pytest.fixture(scope="module")
def launched(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    project.succeed("launch", "-y", "dev")
    return project


@pytest.fixture
def project(launched: Project, aws: EmbeddedAws) -> Iterator[Project]:
    """dev as it was launched; no test leaves a change set or a stack behind."""
    before = set(aws.stack_names())
    with put_back(launched):
        yield launched
    aws.control()
    assert set(aws.stack_names()) == before
    assert change_sets(aws) == []


def change_sets(aws: EmbeddedAws) -> list[str]:
    cloudformation = aws.client("cloudformation")
    return [
        one["ChangeSetName"]
        for name in aws.stack_names()
        for one in cloudformation.list_change_sets(StackName=name)["Summaries"]
    ]


def plan(project: Project, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the stacks of the report by name."""
    done = oms(project, "plan", *arguments, "--format", "json")
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert report["exit_code"] == done.returncode
    return done.returncode, {one["name"].partition("/")[2]: one for one in report["stacks"]}


def resources(stack: dict[str, Any]) -> dict[str, Any]:
    return {one["logical_id"]: one for one in stack["resources"]}


def changing(stacks: dict[str, Any]) -> dict[str, str]:
    kinds = {name: one["kind"] for name, one in stacks.items()}
    return {name: kind for name, kind in kinds.items() if kind not in ("unchanged", "left out")}


def test_nothing_to_do_makes_no_change_set(project: Project, aws: EmbeddedAws) -> None:
    aws.control()
    done = oms(project, "plan", "dev")
    assert done.returncode == 0
    assert done.stdout == "plan dev: 16 stacks unchanged\nexit 0: no change\n"
    calls = aws.calls()
    assert "CreateChangeSet" not in calls
    assert calls["DescribeStacks"] == 16


def test_an_attribute_is_a_change(project: Project) -> None:
    project.edit(CONFIG_TABLE, '"SSEEnabled": true', '"SSEEnabled": false')
    code, stacks = plan(project, "dev")
    assert code == 2
    assert changing(stacks) == {"dynamodb-config": "changed"}
    table = resources(stacks["dynamodb-config"])["Table"]
    assert (table["action"], table["loss"]) == ("modify", None)
    assert [cause["property"] for cause in table["causes"]] == ["SSESpecification"]


def test_a_renamed_table_loses_its_rows_and_its_readers_wait(project: Project) -> None:
    CHANGES["plan-table-replaced.md"](project)
    code, stacks = plan(project, "dev")
    assert code == 3
    table = resources(stacks["dynamodb-config"])["Table"]
    assert (table["action"], table["certain"]) == ("replace", True)
    assert "without its rows; the old one is deleted" in table["loss"]
    assert stacks["cluster-oms"]["kind"] == "may change"
    (names,) = stacks["cluster-oms"]["parameters"]
    assert (names["new"], names["known_after"]) == (None, "dev/dynamodb-config")
    role = resources(stacks["cluster-oms"])["TaskRole"]
    assert (role["action"], role["certain"]) == ("modify", False)


def test_other_keys_replace_a_table_which_its_name_forbids(project: Project) -> None:
    project.edit(CONFIG_TABLE, '"pk"', '"id"')
    code, stacks = plan(project, "dev", "dynamodb-config")
    assert code == 3
    table = resources(stacks["dynamodb-config"])["Table"]
    assert (table["action"], table["certain"]) == ("replace", True)
    assert "change TableName too" in table["obstacle"]


def test_how_users_sign_in_to_a_pool_is_not_changed(project: Project) -> None:
    path = "templates/cognito/cognito-user-pool.json"
    template = json.loads((project.directory / path).read_text())
    properties = template["Resources"]["UserPool"]["Properties"]
    assert properties["UsernameAttributes"] == ["email"]
    properties["UsernameAttributes"] = ["phone_number"]
    (project.directory / path).write_text(json.dumps(template))
    code, stacks = plan(project, "dev", "cognito")
    assert code == 3
    pool = resources(stacks["cognito"])["UserPool"]
    assert pool["action"] == "replace"
    assert "CloudFormation will refuse UsernameAttributes" in pool["obstacle"]


def test_an_exchange_is_added_on_three_stacks(project: Project) -> None:
    add_an_exchange(project)
    code, stacks = plan(project, "dev")
    assert code == 2
    assert changing(stacks) == dict.fromkeys(("sqs", "cluster-oms", "task-oms"), "changed")
    added = [key for key, one in resources(stacks["sqs"]).items() if one["action"] == "add"]
    assert len([key for key in added if key.endswith("Queue")]) == 4
    assert all(key.startswith("Kraken") for key in added)


def test_an_exchange_that_is_taken_out_takes_its_messages(project: Project) -> None:
    project.edit("config/config.yaml", "[bitget, bingx, okx]", "[bitget, bingx]")
    code, stacks = plan(project, "dev")
    assert code == 3
    lost = {key for key, one in resources(stacks["sqs"]).items() if one["loss"]}
    assert lost == {
        "OkxOrdersQueue",
        "OkxOrdersDeadLetterQueue",
        "OkxFilledOrdersQueue",
        "OkxFilledOrdersDeadLetterQueue",
    }
    assert {one["action"] for one in stacks["sqs"]["resources"]} == {"remove", "modify"}


def test_a_second_nat_gateway_comes_of_a_condition(project: Project) -> None:
    project.edit("config/config.yaml", "multi_az: false", "multi_az: true")
    code, stacks = plan(project, "dev", "vpc")
    assert code == 2
    assert resources(stacks["vpc"])["NatGateway2"]["action"] == "add"


def test_new_stacks_are_rendered_and_not_created(project: Project) -> None:
    code, stacks = plan(project, "staging")
    assert code == 2
    assert set(changing(stacks).values()) == {"new"}
    later = {one["name"]: one["known_after"] for one in stacks["task-oms"]["parameters"]}
    assert later["RedisStackName"] == "staging/redis"
    assert later["AppSecretArn"] == "staging/secrets"
    assert later["ECRRepositoryUri"] == "its hook !ecr_repository"
    assert later["Environment"] is None
    text = oms(project, "plan", "staging", "redis").stdout
    assert "VPCStackName: known after staging/vpc" in text
    assert "plan staging/redis: 2 stacks are new" in text


def test_what_can_not_be_planned_is_said_and_the_rest_is_planned(
    project: Project, aws: EmbeddedAws
) -> None:
    add_an_exchange(project)
    aws.control(statuses={"sentry-redis-dev": "UPDATE_ROLLBACK_FAILED"})
    code, stacks = plan(project, "dev")
    aws.control(statuses={"sentry-redis-dev": "UPDATE_COMPLETE"})
    assert code == 1
    assert "continue-update-rollback" in stacks["redis"]["error"]
    assert stacks["sqs"]["kind"] == "changed"


def test_a_refusal_of_cloudformation_is_one_line(project: Project, aws: EmbeddedAws) -> None:
    add_an_exchange(project)
    refusal = {"code": "LimitExceededException", "message": "too many change sets", "times": 9}
    aws.control(faults=[{"action": "CreateChangeSet", "containing": "sentry-sqs-dev", **refusal}])
    done = oms(project, "plan", "dev")
    assert done.returncode == 1
    (line,) = [one for one in done.stdout.splitlines() if "can't be planned" in one]
    assert line.startswith("dev/sqs: can't be planned:")
    assert "too many change sets" in line
    assert "dev/cluster-oms changes" in done.stdout


def test_mistakes_in_config_end_it_before_aws_is_asked(project: Project, aws: EmbeddedAws) -> None:
    project.edit("config/config.yaml", 'oms_cpu: ""', "oms_cpu: 300")
    aws.control()
    done = oms(project, "plan", "dev")
    assert done.returncode == 1
    assert "OMS042" in done.stderr
    assert "AWS was not asked" in done.stderr
    assert aws.calls() == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "'nowhere' is not in config: its environments are dev"),
        (["dev", "nothing"], "'nothing' is not in dev: its stacks are alb, "),
    ],
)
def test_what_there_is_not_is_named(project: Project, arguments: list[str], message: str) -> None:
    done = oms(project, "plan", *arguments)
    assert done.returncode == 1
    assert message in done.stderr


def test_an_aws_that_does_not_answer_is_one_line(project: Project) -> None:
    done = oms(project, "plan", "dev", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("oms: Could not connect to the endpoint URL")


def test_a_directory_that_there_is_not_is_named_first(project: Project) -> None:
    done = oms(project, "plan", "dev", "--output", "nowhere/plan.md")
    assert (done.returncode, done.stderr) == (1, "oms: --output: there is no directory nowhere\n")


def test_an_output_alone_is_a_change_that_its_readers_wait_for(project: Project) -> None:
    template = json.loads((project.directory / CONFIG_TABLE).read_text())
    template["Outputs"]["TableName"]["Value"] = {"Fn::Sub": "oms_config_${Environment}"}
    (project.directory / CONFIG_TABLE).write_text(json.dumps(template))
    code, stacks = plan(project, "dev")
    assert code == 2
    assert stacks["dynamodb-config"]["kind"] == "changed"
    assert stacks["dynamodb-config"]["resources"] == []
    assert stacks["cluster-oms"]["kind"] == "may change"


def test_stacks_that_are_passed_by_are_left_out(project: Project) -> None:
    done = oms(project, "plan", "dev", CODESTAR_CONNECTION_ARN="")
    text = done.stdout
    assert "dev/pipeline-oms is left out: config says ignore: true" in text


def test_a_file_gets_one_form_and_the_screen_the_text(project: Project) -> None:
    add_an_exchange(project)
    done = oms(project, "plan", "dev", "--format", "markdown", "--output", "plan.md")
    assert done.returncode == 2
    assert "plan dev: 3 stacks change" in done.stdout
    path = project.directory / "plan.md"
    assert path.read_text().startswith("<!-- oms plan dev -->")
    path.unlink()


def test_environments_are_planned_one_after_the_other(project: Project) -> None:
    """prod lacks its certificate, which keeps nobody from reading what becomes of the others."""
    add_an_exchange(project)
    words = ("plan", "dev", "staging", "prod", "--format", "markdown", "--output", "plan.md")
    done = oms(project, *words, CERTIFICATE_ARN="")
    assert done.returncode == 1
    assert "plan dev: 3 stacks change" in done.stdout
    assert "plan staging: 16 stacks are new" in done.stdout
    assert "oms: prod: " in done.stderr
    path = project.directory / "plan.md"
    text = path.read_text()
    path.unlink()
    assert text.startswith("<!-- oms plan dev, staging, prod -->")
    assert "> **prod was not planned: " in text


def test_json_is_of_one_environment(project: Project) -> None:
    done = oms(project, "plan", "dev", "prod", "--format", "json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "oms: --format json holds one plan: name one environment\n"


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
    while "CreateChangeSet" not in aws.calls() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "no change set is left" in said


@pytest.mark.parametrize("name", CHANGES)
def test_the_examples_are_fresh(project: Project, name: str) -> None:
    assert (EXAMPLES / name).read_text() == example(project, name), "make generated"
