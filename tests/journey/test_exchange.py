"""A developer adds an exchange with one word of YAML, and takes it away again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import EmbeddedAws, Project

NAMES = [f"kraken-{kind}" for kind in ("orders", "filled-orders")]
QUEUES = {f"{name}-{kind}-dev.fifo" for name in NAMES for kind in ("queue", "dlq")}


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """A launched project without the exchange."""
    project = new_project()
    project.succeed("launch", "-y", "dev")
    return project


@pytest.fixture(scope="module")
def launched(project: Project, aws: EmbeddedAws) -> dict[str, Any]:
    """What there was before, and what the diff said of the exchange before it was launched."""
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="okx-orders-queue-dev.fifo")["QueueUrl"]
    sqs.send_message(
        QueueUrl=url, MessageBody="kept", MessageGroupId="btc", MessageDeduplicationId="1"
    )
    before = {"queues": queue_names(aws), "resources": physical_ids(aws), "policy": policy(aws)}
    project.edit("config/config.yaml", "[bitget, bingx, okx]", "[bitget, bingx, okx, kraken]")
    before["diff"] = project.differing()
    project.succeed("launch", "-y", "dev")
    return before


def queue_names(aws: EmbeddedAws) -> set[str]:
    return {url.rpartition("/")[2] for url in aws.client("sqs").list_queues()["QueueUrls"]}


def physical_ids(aws: EmbeddedAws) -> dict[tuple[str, str], str]:
    cloudformation = aws.client("cloudformation")
    return {
        (name, resource["LogicalResourceId"]): resource["PhysicalResourceId"]
        for name in aws.stack_names()
        for resource in cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    }


def policy(aws: EmbeddedAws) -> str:
    iam = aws.client("iam")
    role = "sentry-oms-task-dev"
    return str(
        [
            iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        ]
    )


def test_the_diff_shows_it_on_its_queues_and_their_consumers_only(launched: dict[str, Any]) -> None:
    said = launched["diff"]
    assert sorted(said) == ["sentry-cluster-oms-dev", "sentry-sqs-dev", "sentry-task-oms-dev"]
    assert "KrakenOrdersQueue" in said["sentry-sqs-dev"]
    assert "kraken-orders-queue-dev.fifo" in said["sentry-cluster-oms-dev"]
    assert "root.parameters['SQSQueueNames']" in said["sentry-cluster-oms-dev"]
    assert "root.parameters['Exchanges']" in said["sentry-task-oms-dev"]


def test_the_launch_adds_its_queues_and_permissions(
    launched: dict[str, Any], aws: EmbeddedAws
) -> None:
    assert queue_names(aws) - launched["queues"] == QUEUES
    for name in NAMES:
        assert f":{name}-queue-dev.fifo" not in launched["policy"]
        assert f":{name}-queue-dev.fifo" in policy(aws)


def test_nothing_is_replaced_but_the_task_definition(
    launched: dict[str, Any], aws: EmbeddedAws
) -> None:
    now = physical_ids(aws)
    changed = {key for key, value in launched["resources"].items() if now.get(key) != value}
    # A task definition has no update: each change is a new revision of the family.
    assert changed == {("sentry-task-oms-dev", "TaskDefinition")}


def test_taken_away_again_all_is_as_before_and_orders_elsewhere_survive(
    launched: dict[str, Any], project: Project, aws: EmbeddedAws
) -> None:
    project.edit("config/config.yaml", ", kraken]", "]")
    project.succeed("launch", "-y", "dev")
    assert queue_names(aws) == launched["queues"]
    assert policy(aws) == launched["policy"]
    assert project.differing() == {}
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="okx-orders-queue-dev.fifo")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0)["Messages"]
    assert message["Body"] == "kept"
