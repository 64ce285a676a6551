"""A failed creation in prod leaves nothing that the next one collides with.

The tests share one AWS and depend on their order: first CloudFormation's own behaviour, then what
a launch asks of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, EmbeddedAws, Project, failures, template
from tests.journey.shell import Shell, sections

REFUSED = {
    "sentry-cluster-oms-prod": "TaskRole",
    "sentry-redis-prod": "ReplicationGroup",
    "sentry-secrets-prod": "KeyAlias",
}
"""Resources that fail after resources of their stack that are retained."""


@pytest.fixture(autouse=True)
def nothing_refused_after(aws: EmbeddedAws) -> Iterator[None]:
    yield
    aws.control()


@pytest.fixture
def project(new_project: Callable[[], Project]) -> Project:
    return new_project()


def listed(aws: EmbeddedAws, service: str, operation: str, members: str) -> list[Any]:
    pages = aws.client(service).get_paginator(operation).paginate()
    return [one for page in pages for one in page.get(members, [])]


def left_over(aws: EmbeddedAws) -> set[str]:
    """Return what exists outside any stack, of the kinds that the three stacks create."""
    client = aws.client("cloudformation")
    owned = {
        one["PhysicalResourceId"]
        for name in aws.stack_names()
        for one in client.describe_stack_resources(StackName=name)["StackResources"]
    }
    key_ids = [key["KeyId"] for key in listed(aws, "kms", "list_keys", "Keys")]
    keys = [aws.client("kms").describe_key(KeyId=key)["KeyMetadata"] for key in key_ids]
    aliases = listed(aws, "kms", "list_aliases", "Aliases")
    roles = listed(aws, "iam", "list_roles", "Roles")
    groups = listed(aws, "ec2", "describe_security_groups", "SecurityGroups")
    subnets = listed(aws, "elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups")
    clusters = listed(aws, "ecs", "list_clusters", "clusterArns")
    existing = {
        *(one["logGroupName"] for one in listed(aws, "logs", "describe_log_groups", "logGroups")),
        *(one["ARN"] for one in listed(aws, "secretsmanager", "list_secrets", "SecretList")),
        *(one["KeyId"] for one in keys if one["KeyState"] == "Enabled"),
        *(one["AliasName"] for one in aliases if not one["AliasName"].startswith("alias/aws/")),
        *(one["RoleName"] for one in roles if not one["Path"].startswith("/aws-service-role/")),
        *(one["GroupId"] for one in groups if one["GroupName"] != "default"),
        *(one["CacheSubnetGroupName"] for one in subnets),
        *(arn.rpartition("/")[2] for arn in clusters),
    }
    return existing - owned


def test_by_default_a_retained_resource_makes_the_next_creation_fail(aws: EmbeddedAws) -> None:
    name, body = "sentry-secrets-prod", template("secrets/secrets-manager.json")
    aws.control(refused=REFUSED)
    assert aws.deploy(name, body, Environment="prod") == "ROLLBACK_COMPLETE"
    left = left_over(aws)
    (secret,) = (one for one in left if ":secret:" in one)
    aws.delete(name)
    aws.control()
    assert aws.deploy(name, body, Environment="prod") == "ROLLBACK_COMPLETE"
    assert "already exists" in aws.reasons(name)
    aws.client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    for key in left_over(aws):
        aws.client("kms").schedule_key_deletion(KeyId=key)
    aws.delete(name)


def test_a_failed_rollback_is_ended_by_hand(
    project: Project, aws: EmbeddedAws, tmp_path: Path
) -> None:
    """The rollback can't delete the new table, which has deletion protection."""
    shell, stack = Shell(project, tmp_path), "sentry-dynamodb-trading-prod"
    rollback_failed = sections((ROOT / "docs/OPERATIONS.md").read_text())["A stack is stuck"][2]
    aws.control(refused={stack: "ReadThrottleAlarm"})
    first = project.sceptre("launch", "-y", "prod/dynamodb-trading")
    assert "ReadThrottleAlarm (AWS::CloudWatch::Alarm) CREATE_FAILED" in first.stdout
    aws.control()
    second = project.sceptre("launch", "-y", "prod/dynamodb-trading")
    cause = failures(second.stdout)["prod/dynamodb-trading"]
    assert cause.startswith(f"{stack} is ROLLBACK_FAILED")
    assert cause.endswith(f"aws cloudformation delete-stack --stack-name {stack}")
    said = shell.type(rollback_failed)
    assert '"Table"' in said
    assert "1 created" in said
    assert aws.stack(stack)["StackStatus"] == "CREATE_COMPLETE"


def test_a_launch_after_failed_creations_completes(project: Project, aws: EmbeddedAws) -> None:
    before = left_over(aws)
    aws.control(refused=REFUSED)
    first = project.sceptre("launch", "-y", "prod")
    assert first.returncode == 1
    assert set(failures(first.stdout)) == {"prod/cluster-oms", "prod/redis", "prod/secrets"}
    assert {aws.stack(name)["StackStatus"] for name in REFUSED} == {"ROLLBACK_COMPLETE"}
    assert left_over(aws) == before
    aws.control()
    project.succeed("launch", "-y", "prod")
    assert len(aws.stack_names()) == 16
    assert {aws.stack(name)["StackStatus"] for name in REFUSED} == {"CREATE_COMPLETE"}
    assert left_over(aws) == before


def test_a_failed_update_leaves_no_new_queue(project: Project, aws: EmbeddedAws) -> None:
    project.edit("config/config.yaml", "bingx, okx]", "bingx, okx, bybit]")
    aws.control(refused={"sentry-sqs-prod": "BybitOrdersQueue"})
    assert project.sceptre("launch", "-y", "prod/sqs").returncode == 1
    assert aws.stack("sentry-sqs-prod")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert not [url for url in listed(aws, "sqs", "list_queues", "QueueUrls") if "bybit" in url]
    aws.control()
    project.succeed("launch", "-y", "prod/sqs")
