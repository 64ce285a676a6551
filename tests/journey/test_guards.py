"""Whoever would lose orders or data is stopped before AWS does anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from hooks.protect_state import policy
from tests.conftest import EmbeddedAws, Project, failures

EXCHANGES = ("[bitget, bingx, okx]", "[bitget, bingx]")
OKX = "okx-orders-queue-dev.fifo"


@pytest.fixture(scope="module")
def launched(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    project.succeed("launch", "-y", "dev")
    project.succeed("launch", "-y", "prod")
    return project


@pytest.fixture
def project(launched: Project, new_project: Callable[[], Project]) -> Project:  # noqa: ARG001
    """A copy of its own that a test may change, after everything was launched."""
    return new_project()


def url(aws: EmbeddedAws, name: str) -> str:
    return str(aws.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])


@pytest.fixture
def an_order(aws: EmbeddedAws) -> Iterator[None]:
    """One order in a queue of okx."""
    sqs = aws.client("sqs")
    sqs.send_message(
        QueueUrl=url(aws, OKX),
        MessageBody="x",
        MessageGroupId="g",
        MessageDeduplicationId=uuid4().hex,
    )
    yield
    if OKX in [one.rpartition("/")[2] for one in sqs.list_queues(MaxResults=1000)["QueueUrls"]]:
        sqs.purge_queue(QueueUrl=url(aws, OKX))


def written(aws: EmbeddedAws, stack: str) -> Any:
    found = aws.stack(stack)
    return found.get("LastUpdatedTime", found["CreationTime"])


class TestKeepMessages:
    @pytest.mark.parametrize(
        "command", [["launch", "-y", "dev/sqs"], ["create", "-y", "dev/sqs", "review"]]
    )
    def test_an_exchange_that_holds_orders_is_not_removed(
        self,
        project: Project,
        aws: EmbeddedAws,
        an_order: None,  # noqa: ARG002
        command: list[str],
    ) -> None:
        before = written(aws, "sentry-sqs-dev")
        project.edit("config/config.yaml", *EXCHANGES)
        done = project.sceptre(*command)
        assert done.returncode == 1
        assert f"!keep_messages {OKX} holds 1 visible: drain it first" in done.stdout
        assert written(aws, "sentry-sqs-dev") == before

    def test_a_queue_that_holds_orders_does_not_change_its_type(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        queue = "clients-events-queue-dev"
        aws.client("sqs").send_message(QueueUrl=url(aws, queue), MessageBody="x", DelaySeconds=900)
        project.edit(
            "config/dev/sqs.yaml",
            "- name: clients-events",
            "- name: clients-events\n      fifo: true",
        )
        done = project.sceptre("launch", "-y", "dev/sqs")
        aws.client("sqs").purge_queue(QueueUrl=url(aws, queue))
        assert failures(done.stdout)["dev/sqs"].startswith(
            f"!keep_messages {queue} holds 1 delayed: drain"
        )

    def test_a_queue_that_holds_orders_is_not_renamed(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        queue = "clients-events-queue-dev"
        aws.client("sqs").send_message(QueueUrl=url(aws, queue), MessageBody="x", DelaySeconds=900)
        project.edit("config/dev/sqs.yaml", "- name: clients-events", "- name: client-events")
        done = project.sceptre("launch", "-y", "dev/sqs")
        aws.client("sqs").purge_queue(QueueUrl=url(aws, queue))
        assert failures(done.stdout)["dev/sqs"].startswith(
            f"!keep_messages {queue} holds 1 delayed: drain"
        )

    def test_the_stack_is_not_deleted_while_a_dead_letter_queue_holds_orders(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        dead = "okx-orders-dlq-dev.fifo"
        aws.client("sqs").send_message(
            QueueUrl=url(aws, dead), MessageBody="x", MessageGroupId="g", MessageDeduplicationId="2"
        )
        done = project.sceptre("--ignore-dependencies", "delete", "-y", "dev/sqs")
        aws.client("sqs").purge_queue(QueueUrl=url(aws, dead))
        assert done.returncode == 1
        assert f"{dead} holds 1 visible" in done.stdout
        assert aws.stack("sentry-sqs-dev")["StackStatus"].endswith("_COMPLETE")

    def test_a_drained_exchange_goes(self, project: Project, aws: EmbeddedAws) -> None:
        project.edit("config/config.yaml", *EXCHANGES)
        project.succeed("launch", "-y", "dev/sqs")
        with pytest.raises(ClientError, match="NonExistentQueue|does not exist"):
            url(aws, OKX)


class TestProtectState:
    def policy_of(self, aws: EmbeddedAws, stack: str) -> Any:
        response = aws.client("cloudformation").get_stack_policy(StackName=stack)
        return json.loads(response.get("StackPolicyBody") or "null")

    def test_every_stack_of_prod_is_protected_and_none_of_dev(
        self,
        launched: Project,  # noqa: ARG002
        aws: EmbeddedAws,
    ) -> None:
        for name in aws.stack_names():
            is_prod = name.endswith("-prod")
            assert aws.stack(name)["EnableTerminationProtection"] is is_prod, name
            assert self.policy_of(aws, name) == (policy() if is_prod else None), name

    def test_prod_is_not_deleted(self, project: Project, aws: EmbeddedAws) -> None:
        before = [name for name in aws.stack_names() if name.endswith("-prod")]
        done = project.sceptre("delete", "-y", "prod")
        assert done.returncode == 1
        assert "TerminationProtection is enabled" in done.stdout
        assert [name for name in aws.stack_names() if name.endswith("-prod")] == before

    def test_what_is_lifted_is_lifted_for_one_launch(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        cloudformation = aws.client("cloudformation")
        allow = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
        cloudformation.set_stack_policy(
            StackName="sentry-sqs-prod", StackPolicyBody=json.dumps({"Statement": [allow]})
        )
        cloudformation.update_termination_protection(
            StackName="sentry-sqs-prod", EnableTerminationProtection=False
        )
        project.succeed("launch", "-y", "prod/sqs")
        assert self.policy_of(aws, "sentry-sqs-prod") == policy()
        assert aws.stack("sentry-sqs-prod")["EnableTerminationProtection"] is True

    def test_where_nothing_changes_it_is_one_call_a_stack(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        aws.control()
        project.succeed("launch", "-y", "prod/sqs")
        assert aws.calls() == {"DescribeStacks": 1, "UpdateStack": 1, "GetStackPolicy": 1}


def test_a_template_that_is_not_there_is_found_before_anything_is_written(
    project: Project, aws: EmbeddedAws
) -> None:
    project.edit("config/dev/dynamodb-config.yaml", "oms-config-table", "nowhere")
    aws.control()
    done = project.sceptre("launch", "-y", "dev")
    assert done.returncode == 1
    assert "nothing was changed" in done.stdout
    assert aws.calls() == {}
