"""What fails stops what depends on it and nothing else, and the last lines say why.

For each way to fail: dependents are untouched, what is independent is complete, the true cause is
in the last lines, the exit code is 1, and a launch after the cause is gone brings everything to
where it should be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.conftest import EmbeddedAws, Project

LAST_LINES = 25
GRAPH = {
    "vpc": set[str](),
    "cognito": set[str](),
    "dynamodb-config": set[str](),
    "dynamodb-trading": set[str](),
    "sqs": set[str](),
    "secrets": set[str](),
    "redis": {"vpc"},
    "alb": {"vpc"},
    "cluster-gateway": {"vpc", "dynamodb-config", "dynamodb-trading", "sqs"},
    "cluster-oms": {"vpc", "dynamodb-config", "dynamodb-trading", "sqs"},
    "task-frontend": {"cluster-gateway", "alb", "secrets", "cognito"},
    "task-oms": {"cluster-oms", "redis", "secrets"},
    "task-websocket": {"cluster-gateway", "alb", "redis", "secrets", "cognito"},
    "pipeline-frontend": {"task-frontend", "cognito"},
    "pipeline-oms": {"task-oms"},
    "pipeline-websocket": {"task-websocket"},
}
"""Each stack with what it depends on, written down so that the test does not ask the code."""


def dependents(*stacks: str) -> set[str]:
    """Everything that depends on one of the stacks, however far."""
    found = set(stacks)
    while True:
        more = {stack for stack, before in GRAPH.items() if before & found} - found
        if not more:
            return found - set(stacks)
        found |= more


@pytest.fixture
def project(new_project: Callable[[], Project]) -> Project:
    return new_project()


@pytest.fixture(autouse=True)
def back_to_nothing(aws: EmbeddedAws, new_project: Callable[[], Project]) -> Iterator[None]:
    """Each test begins on an empty AWS without faults."""
    yield
    aws.control()
    new_project().succeed("delete", "-y", "dev")
    assert aws.stack_names() == []


class Run(NamedTuple):
    """A launch that failed, as a person reads it."""

    said: str
    exit_code: int

    @property
    def last_lines(self) -> list[str]:
        return self.said.splitlines()[-LAST_LINES:]

    @property
    def not_started(self) -> set[str]:
        lines = [line for line in self.last_lines if line.startswith("not started: ")]
        return set(re.findall(r"dev/([a-z-]+)", " ".join(line.split(" (")[0] for line in lines)))

    @property
    def failed(self) -> dict[str, str]:
        lines = (line for line in self.last_lines if line.startswith("failed: "))
        found = (re.fullmatch(r"failed: (.+?): (.*)", line) for line in lines)
        return {
            stack.removeprefix("dev/"): one[2]
            for one in found
            if one
            for stack in one[1].split(", ")
        }


def launch(project: Project, *arguments: str) -> Run:
    done = project.sceptre("launch", "-y", *(arguments or ("dev",)))
    assert "Traceback" not in done.stdout
    return Run(done.stdout, done.returncode)


def moments(aws: EmbeddedAws) -> dict[str, Any]:
    """When each stack was written last."""
    found = {}
    for name in aws.stack_names():
        stack = aws.stack(name)
        short = name.removeprefix("sentry-").removesuffix("-dev")
        found[short] = stack.get("LastUpdatedTime", stack["CreationTime"])
    return found


def complete(aws: EmbeddedAws) -> set[str]:
    return {
        name.removeprefix("sentry-").removesuffix("-dev")
        for name in aws.stack_names()
        if aws.stack(name)["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    }


def assert_contained(run: Run, aws: EmbeddedAws, *failed: str, cause: str) -> None:
    """The stacks failed for this cause, their dependents were not created, all else was."""
    assert run.exit_code == 1
    assert set(run.failed) == set(failed), run.said
    for stack in failed:
        assert cause in run.failed[stack]
    untouched = dependents(*failed)
    assert run.not_started == untouched
    assert complete(aws) == set(GRAPH) - untouched - set(failed)
    assert run.last_lines[-1] == "resume: sceptre --no-colour launch -y dev"


def assert_converges(project: Project, aws: EmbeddedAws) -> None:
    run = launch(project)
    assert run.exit_code == 0, run.said
    assert complete(aws) == set(GRAPH)
    assert f"launch: {len(GRAPH)} unchanged" in launch(project).said


def own_table(aws: EmbeddedAws, name: str = "oms_trading_data_dev") -> Any:
    """Somebody else's table, under the name that a stack wants for its own."""
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "x", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "x", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


def test_a_create_that_fails(project: Project, aws: EmbeddedAws) -> None:
    dynamodb = own_table(aws)
    run = launch(project)
    assert_contained(run, aws, "dynamodb-trading", cause="(AWS::DynamoDB::Table) CREATE_FAILED: ")
    assert "exists" in run.failed["dynamodb-trading"]
    dynamodb.delete_table(TableName="oms_trading_data_dev")
    assert_converges(project, aws)


def test_an_update_that_is_rolled_back(project: Project, aws: EmbeddedAws) -> None:
    assert launch(project).exit_code == 0
    before = moments(aws)
    # A second table, whose name somebody else has taken, and a change for every dependent.
    own_table(aws, "taken")
    path = "templates/dynamodb/oms-trading-table.json"
    healthy = (project.directory / path).read_text()
    second = (
        '"Resources": {\n    "Second": {"Type": "AWS::DynamoDB::Table", "Properties": {'
        '"TableName": "taken", "BillingMode": "PAY_PER_REQUEST", '
        '"AttributeDefinitions": [{"AttributeName": "x", "AttributeType": "S"}], '
        '"KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}]}},'
    )
    project.edit(path, '"Resources": {', second)
    project.edit("config/config.yaml", "CostCenter: sentry-oms", "CostCenter: another")
    run = launch(project)
    assert run.exit_code == 1
    assert set(run.failed) == {"dynamodb-trading"}
    assert run.failed["dynamodb-trading"].startswith("Second (AWS::DynamoDB::Table) ")
    assert "already exists" in run.failed["dynamodb-trading"]
    assert run.not_started == dependents("dynamodb-trading")
    after = moments(aws)
    assert {stack for stack in GRAPH if after[stack] == before[stack]} == run.not_started
    (project.directory / path).write_text(healthy)
    assert_converges(project, aws)


def test_a_call_that_cloudformation_refuses(project: Project, aws: EmbeddedAws) -> None:
    aws.control(
        faults=[
            {
                "action": "CreateStack",
                "containing": "sentry-redis-dev",
                "code": "LimitExceededException",
                "message": "Limit on the number of stacks has been reached",
            }
        ]
    )
    run = launch(project)
    assert_contained(run, aws, "redis", cause="Limit on the number of stacks has been reached")
    assert_converges(project, aws)


def test_a_hook_that_raises(project: Project, aws: EmbeddedAws) -> None:
    project.edit("config/config.yaml", "cognito_mfa: OPTIONAL", "cognito_mfa: 'ON'")
    run = launch(project)
    assert_contained(
        run,
        aws,
        "task-frontend",
        "task-websocket",
        cause="!validate_cognito user pool us-east-1_",
    )
    assert "its MFA is OPTIONAL and must be at least ON" in run.failed["task-frontend"]
    project.edit("config/config.yaml", "cognito_mfa: 'ON'", "cognito_mfa: OPTIONAL")
    assert_converges(project, aws)


def test_a_resolver_that_raises(project: Project, aws: EmbeddedAws) -> None:
    project.edit("config/dev/task-oms.yaml", "name: sentry/{{ environment }}", "name: nowhere")
    run = launch(project)
    assert_contained(
        run, aws, "task-oms", cause="!secret_arn name: there is no secret 'nowhere' in us-east-1"
    )
    project.edit("config/dev/task-oms.yaml", "name: nowhere", "name: sentry/{{ environment }}")
    assert_converges(project, aws)


def test_a_stack_that_somebody_else_is_changing(project: Project, aws: EmbeddedAws) -> None:
    assert launch(project, "dev/vpc").exit_code == 0
    aws.control(statuses={"sentry-vpc-dev": "UPDATE_IN_PROGRESS"})
    run = launch(project)
    aws.control(statuses={"sentry-vpc-dev": "UPDATE_COMPLETE"})
    assert run.exit_code == 1
    assert run.failed == {
        "vpc": "sentry-vpc-dev is UPDATE_IN_PROGRESS: wait until the other operation ends"
    }
    assert run.not_started == dependents("vpc")
    assert complete(aws) == set(GRAPH) - dependents("vpc")
    assert_converges(project, aws)


def test_a_stack_whose_rollback_failed(project: Project, aws: EmbeddedAws) -> None:
    assert launch(project, "dev/sqs").exit_code == 0
    aws.control(statuses={"sentry-sqs-dev": "UPDATE_ROLLBACK_FAILED"})
    run = launch(project)
    assert_contained(
        run,
        aws,
        "sqs",
        cause="sentry-sqs-dev is UPDATE_ROLLBACK_FAILED and can't be changed: "
        "aws cloudformation continue-update-rollback --stack-name sentry-sqs-dev",
    )
    aws.control(statuses={"sentry-sqs-dev": "UPDATE_ROLLBACK_COMPLETE"})
    # As it was before the update that failed is as it should be: nothing writes it again.
    project.edit("config/config.yaml", "CostCenter: sentry-oms", "CostCenter: another")
    assert_converges(project, aws)
