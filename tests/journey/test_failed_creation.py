"""A creation that failed can be repeated: nothing that it made is in the way of the next one.

In prod, where resources with fixed names outlive their stacks. The tests run in this order on one
embedded AWS: first as CloudFormation behaves by itself, then as the executor asks it to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import EmbeddedAws, Project, failures, template
from tests.journey.test_operations import Shell, blocks

REFUSED = {
    "sentry-cluster-oms-prod": "TaskRole",
    "sentry-redis-prod": "ReplicationGroup",
    "sentry-secrets-prod": "KeyAlias",
}
"""Resources that fail after those before them, which are retained, were created."""
SERVICE_ROLE = "/aws-service-role/"


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


def existing(aws: EmbeddedAws) -> set[str]:
    """What the services have of the kinds that the three stacks create, by physical ID."""
    key_ids = [key["KeyId"] for key in listed(aws, "kms", "list_keys", "Keys")]
    keys = [aws.client("kms").describe_key(KeyId=key)["KeyMetadata"] for key in key_ids]
    aliases = listed(aws, "kms", "list_aliases", "Aliases")
    roles = listed(aws, "iam", "list_roles", "Roles")
    groups = listed(aws, "ec2", "describe_security_groups", "SecurityGroups")
    subnets = listed(aws, "elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups")
    clusters = listed(aws, "ecs", "list_clusters", "clusterArns")
    return {
        *(one["logGroupName"] for one in listed(aws, "logs", "describe_log_groups", "logGroups")),
        *(one["ARN"] for one in listed(aws, "secretsmanager", "list_secrets", "SecretList")),
        *(one["KeyId"] for one in keys if one["KeyState"] == "Enabled"),
        *(one["AliasName"] for one in aliases if not one["AliasName"].startswith("alias/aws/")),
        *(one["RoleName"] for one in roles if not one["Path"].startswith(SERVICE_ROLE)),
        *(one["GroupId"] for one in groups if one["GroupName"] != "default"),
        *(one["CacheSubnetGroupName"] for one in subnets),
        *(arn.rpartition("/")[2] for arn in clusters),
    }


def left_over(aws: EmbeddedAws) -> set[str]:
    """What exists and belongs to no stack."""
    client = aws.client("cloudformation")
    owned = {
        one["PhysicalResourceId"]
        for name in aws.stack_names()
        for one in client.describe_stack_resources(StackName=name)["StackResources"]
    }
    return existing(aws) - owned


@pytest.mark.parametrize(
    ("stack", "path"),
    [("redis", "data/elasticache-redis.json"), ("secrets", "secrets/secrets-manager.json")],
)
def test_without_the_parameter_a_retained_resource_is_in_the_way(
    aws: EmbeddedAws, stack: str, path: str
) -> None:
    name = f"sentry-{stack}-prod"
    parameters = {"Environment": "prod"}
    if stack == "redis":
        parameters["VPCStackName"] = "sentry-vpc-prod"
        vpc = template("networking/vpc-nonprod.json")
        assert aws.deploy("sentry-vpc-prod", vpc, Environment="prod") == "CREATE_COMPLETE"
    before = left_over(aws)
    aws.control(refused=REFUSED)
    assert aws.deploy(name, template(path), **parameters) == "ROLLBACK_COMPLETE"
    left = left_over(aws) - before
    (secret,) = (one for one in left if ":secret:" in one)
    aws.delete(name)
    aws.control()
    assert aws.deploy(name, template(path), **parameters) == "ROLLBACK_COMPLETE"
    assert "already exists" in aws.reasons(name)
    # As before, for the tests that follow.
    secrets = aws.client("secretsmanager")
    secrets.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    for key in left_over(aws) - before:
        aws.client("kms").schedule_key_deletion(KeyId=key)
    aws.delete(name)


def test_a_rollback_that_fails_is_ended_by_hand(
    project: Project, aws: EmbeddedAws, tmp_path: Path
) -> None:
    """The new table is under deletion protection, as all of prod's are."""
    shell, stack = Shell(project, tmp_path), "sentry-dynamodb-trading-prod"
    _, _, rollback_failed, _, _ = blocks("A stack is stuck")
    aws.control(refused={stack: "ReadThrottleAlarm"})
    first = project.sceptre("launch", "-y", "prod/dynamodb-trading")
    assert "ReadThrottleAlarm (AWS::CloudWatch::Alarm) CREATE_FAILED" in first.stdout
    aws.control()
    second = project.sceptre("launch", "-y", "prod/dynamodb-trading")
    assert failures(second.stdout)["prod/dynamodb-trading"] == (
        f"{stack} is ROLLBACK_FAILED and can't be changed: delete by hand what its events "
        f"say could not be deleted, then aws cloudformation delete-stack --stack-name {stack}"
    )
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
    for name in REFUSED:
        assert aws.stack(name)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert left_over(aws) == before
    aws.control()
    assert "16 stacks" in project.succeed("launch", "-y", "prod")
    assert left_over(aws) == before
    assert {aws.stack(name)["StackStatus"] for name in REFUSED} == {"CREATE_COMPLETE"}


def test_an_update_that_fails_leaves_no_new_queue(project: Project, aws: EmbeddedAws) -> None:
    config = "exchanges: [bitget, bingx, okx]"
    project.edit("config/config.yaml", config, "exchanges: [bitget, bingx, okx, bybit]")
    aws.control(refused={"sentry-sqs-prod": "BybitOrdersQueue"})
    assert project.sceptre("launch", "-y", "prod/sqs").returncode == 1
    assert aws.stack("sentry-sqs-prod")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    urls = listed(aws, "sqs", "list_queues", "QueueUrls")
    assert not [url for url in urls if "bybit" in url]
    aws.control()
    project.succeed("launch", "-y", "prod/sqs")
