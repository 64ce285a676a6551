"""Changes that would lose orders or data are refused before anything is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from hooks.protect_state import policy
from tests.conftest import EmbeddedAws, Project

OKX = "okx-orders-queue-dev.fifo"
EVENTS = "clients-events-queue-dev"
NAME = "- name: clients-events"
REMOVE_OKX = ("config/config.yaml", "[bitget, bingx, okx]", "[bitget, bingx]")


@pytest.fixture(scope="module")
def launched(new_project: Callable[[], Project]) -> None:
    project = new_project()
    project.succeed("launch", "-y", "dev/sqs")
    project.succeed("launch", "-y", "prod/sqs")


@pytest.fixture
def project(launched: None, new_project: Callable[[], Project]) -> Project:  # noqa: ARG001
    """A copy of the launched project."""
    return new_project()


def url(aws: EmbeddedAws, name: str) -> str:
    return str(aws.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])


@contextmanager
def message_in(aws: EmbeddedAws, queue: str) -> Iterator[None]:
    own = {"MessageGroupId": "g", "MessageDeduplicationId": uuid4().hex}
    fifo = own if queue.endswith(".fifo") else {}
    aws.client("sqs").send_message(QueueUrl=url(aws, queue), MessageBody="x", **fifo)
    yield
    aws.client("sqs").purge_queue(QueueUrl=url(aws, queue))


@pytest.mark.parametrize(
    ("command", "edit", "queue"),
    [
        (["launch", "-y", "dev/sqs"], REMOVE_OKX, OKX),
        (["create", "-y", "dev/sqs", "review"], REMOVE_OKX, OKX),
        (
            ["launch", "-y", "dev/sqs"],
            ("config/dev/sqs.yaml", NAME, f"{NAME}\n      fifo: true"),
            EVENTS,
        ),
        (
            ["launch", "-y", "dev/sqs"],
            ("config/dev/sqs.yaml", NAME, "- name: client-events"),
            EVENTS,
        ),
    ],
    ids=["removed", "removed by a change set", "of another type", "renamed"],
)
def test_a_queue_that_holds_messages_is_not_lost(
    project: Project, aws: EmbeddedAws, command: list[str], edit: tuple[str, str, str], queue: str
) -> None:
    before = aws.stack("sentry-sqs-dev")
    project.edit(*edit)
    with message_in(aws, queue):
        done = project.sceptre(*command)
    assert done.returncode == 1
    assert f"!keep_messages {queue} holds 1 visible" in done.stdout
    assert aws.stack("sentry-sqs-dev") == before


def test_the_queues_are_not_deleted_while_a_dead_letter_queue_holds_messages(
    project: Project, aws: EmbeddedAws
) -> None:
    dead = "okx-orders-dlq-dev.fifo"
    with message_in(aws, dead):
        done = project.sceptre("--ignore-dependencies", "delete", "-y", "dev/sqs")
    assert done.returncode == 1
    assert f"{dead} holds 1 visible" in done.stdout
    assert aws.stack("sentry-sqs-dev")["StackStatus"].endswith("_COMPLETE")


def test_an_exchange_without_messages_is_removed(project: Project, aws: EmbeddedAws) -> None:
    project.edit(*REMOVE_OKX)
    project.succeed("launch", "-y", "dev/sqs")
    with pytest.raises(ClientError, match="NonExistentQueue|does not exist"):
        url(aws, OKX)


def test_prod_is_not_deleted(project: Project, aws: EmbeddedAws) -> None:
    done = project.sceptre("delete", "-y", "prod")
    assert done.returncode == 1
    assert "TerminationProtection is enabled" in done.stdout
    assert aws.stack("sentry-sqs-prod")["StackStatus"].endswith("_COMPLETE")


def test_a_launch_restores_the_protection_that_was_lifted(
    project: Project, aws: EmbeddedAws
) -> None:
    cloudformation = aws.client("cloudformation")

    def stack_policy() -> Any:
        response = cloudformation.get_stack_policy(StackName="sentry-sqs-prod")
        return json.loads(response["StackPolicyBody"])

    allow = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    cloudformation.set_stack_policy(
        StackName="sentry-sqs-prod", StackPolicyBody=json.dumps({"Statement": [allow]})
    )
    cloudformation.update_termination_protection(
        StackName="sentry-sqs-prod", EnableTerminationProtection=False
    )
    project.succeed("launch", "-y", "prod/sqs")
    assert stack_policy() == policy()
    assert aws.stack("sentry-sqs-prod")["EnableTerminationProtection"] is True
    # Once it is in place, the guard is one call.
    aws.control()
    project.succeed("launch", "-y", "prod/sqs")
    lock = {"PutItem": 1, "DeleteItem": 1}
    assert aws.calls() == {"DescribeStacks": 1, "UpdateStack": 1, "GetStackPolicy": 1, **lock}


def test_a_missing_template_is_found_before_anything_is_written(
    project: Project, aws: EmbeddedAws
) -> None:
    project.edit("config/dev/dynamodb-config.yaml", "oms-config-table", "nowhere")
    aws.control()
    done = project.sceptre("launch", "-y", "dev")
    assert done.returncode == 1
    assert "nothing was changed" in done.stdout
    assert aws.calls() == {}
