"""A failed stack stops its dependents and nothing else, and the last lines say why.

In each case the exit code is 1, every other stack is complete, and the next launch converges once
the cause is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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
"""The dependencies of each stack, written down so that the test does not ask the code."""


def dependents(*stacks: str) -> set[str]:
    """Return the direct and indirect dependents of stacks."""
    found = set(stacks)
    while more := {stack for stack, needed in GRAPH.items() if needed & found} - found:
        found |= more
    return found - set(stacks)


def launch(project: Project) -> tuple[int, dict[str, str], set[str]]:
    """Launch dev; return the exit code, the causes by stack, and the stacks not started."""
    done = project.sceptre("launch", "-y", "dev")
    assert "Traceback" not in done.stdout
    lines = done.stdout.splitlines()[-LAST_LINES:]
    found = (re.fullmatch(r"failed: (.+?): (.*)", line) for line in lines)
    failed = {
        stack.removeprefix("dev/"): one[2] for one in found if one for stack in one[1].split(", ")
    }
    stopped = " ".join(line.split(" (")[0] for line in lines if line.startswith("not started: "))
    if done.returncode:
        assert lines[-1] == "resume: sceptre --no-colour launch -y dev"
    return done.returncode, failed, set(re.findall(r"dev/([a-z-]+)", stopped))


def short(name: str) -> str:
    return name.removeprefix("sentry-").removesuffix("-dev")


def moments(aws: EmbeddedAws) -> dict[str, Any]:
    """Return when each stack was written last."""
    stacks = [aws.stack(name) for name in aws.stack_names()]
    return {
        short(one["StackName"]): one.get("LastUpdatedTime", one["CreationTime"]) for one in stacks
    }


def complete(aws: EmbeddedAws) -> set[str]:
    done = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    return {short(name) for name in aws.stack_names() if aws.stack(name)["StackStatus"] in done}


@pytest.fixture(scope="module")
def launched(new_project: Callable[[], Project], aws: EmbeddedAws) -> None:
    """dev, whose first launch fails to create a table."""
    project = new_project()
    aws.create_table("oms_trading_data_dev")
    code, failed, stopped = launch(project)
    assert code == 1
    (cause,) = failed.values()
    assert cause.startswith("Table (AWS::DynamoDB::Table) CREATE_FAILED: ")
    assert "exists" in cause
    assert stopped == dependents("dynamodb-trading")
    assert complete(aws) == set(GRAPH) - stopped - {"dynamodb-trading"}
    aws.client("dynamodb").delete_table(TableName="oms_trading_data_dev")
    assert launch(project) == (0, {}, set())
    assert complete(aws) == set(GRAPH)


class Case(NamedTuple):
    """A way to fail an update of dev."""

    failed: set[str]
    causes: tuple[str, ...]
    control: dict[str, Any]
    edit: tuple[str, str, str] | None = None


SECOND = '"Second": {"Type": "AWS::SQS::Queue"},'
LIMIT = "Limit on the number of stacks has been reached"
CASES = {
    "an update is rolled back": Case(
        {"dynamodb-trading"},
        ("Second (AWS::SQS::Queue) ", "injected refusal"),
        {"refused": {"sentry-dynamodb-trading-dev": "Second"}},
        (
            "templates/dynamodb/oms-trading-table.json",
            '"Resources": {',
            f'"Resources": {{{SECOND}',
        ),
    ),
    "CloudFormation refuses the call": Case(
        {"redis"},
        ("Limit on the number of stacks has been reached",),
        {
            "faults": [
                {
                    "action": "UpdateStack",
                    "containing": "sentry-redis-dev",
                    "code": "LimitExceededException",
                    "message": "Limit on the number of stacks has been reached",
                }
            ]
        },
    ),
    "a hook raises": Case(
        {"task-frontend", "task-websocket"},
        ("!validate_cognito user pool us-east-1_", "its MFA is OPTIONAL"),
        {},
        ("config/config.yaml", "cognito_mfa: OPTIONAL", "cognito_mfa: 'ON'"),
    ),
    "a resolver raises": Case(
        {"task-oms"},
        ("!secret_arn name: there is no secret 'nowhere' in us-east-1",),
        {},
        ("config/dev/task-oms.yaml", "name: sentry/{{ environment }}", "name: nowhere"),
    ),
    "somebody else updates the stack": Case(
        {"vpc"},
        ("sentry-vpc-dev is UPDATE_IN_PROGRESS",),
        {"statuses": {"sentry-vpc-dev": "UPDATE_IN_PROGRESS"}},
    ),
    "a rollback has failed": Case(
        {"sqs"},
        (
            "sentry-sqs-dev is UPDATE_ROLLBACK_FAILED",
            "aws cloudformation continue-update-rollback --stack-name sentry-sqs-dev",
        ),
        {"statuses": {"sentry-sqs-dev": "UPDATE_ROLLBACK_FAILED"}},
    ),
}


@pytest.mark.usefixtures("launched")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_failed_stack_stops_its_dependents_only(
    new_project: Callable[[], Project], aws: EmbeddedAws, case: Case
) -> None:
    project, healthy = new_project(), new_project()
    for one in (project, healthy):
        center = f"CostCenter: {'-'.join(sorted(case.failed))}"
        one.edit("config/config.yaml", "CostCenter: sentry-oms", center)
    if case.edit:
        project.edit(*case.edit)
    before = moments(aws)
    aws.control(**case.control)
    code, failed, stopped = launch(project)
    assert code == 1
    assert set(failed) == case.failed
    assert [cause for cause in case.causes if cause not in " ".join(failed.values())] == []
    assert stopped == dependents(*case.failed)
    after = moments(aws)
    assert {stack for stack in GRAPH if after[stack] == before[stack]} - case.failed == stopped
    repaired = dict.fromkeys(case.control.get("statuses", {}), "UPDATE_ROLLBACK_COMPLETE")
    aws.control(statuses=repaired)
    assert launch(healthy) == (0, {}, set())
    assert complete(aws) == set(GRAPH)
