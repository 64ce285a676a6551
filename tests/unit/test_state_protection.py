"""Stateful resources outlive their stack in prod, and are deleted with it elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from sentry_oms.names import ENVIRONMENTS
from tools.lint.deployed import deployed

POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")

KEPT = {
    "AWS::Cognito::UserPool": "Retain",
    "AWS::Cognito::UserPoolGroup": "Retain",
    "AWS::DynamoDB::Table": "Retain",
    "AWS::ElastiCache::ReplicationGroup": "Snapshot",
    "AWS::KMS::Key": "Retain",
    "AWS::Logs::LogGroup": "Retain",
    "AWS::S3::Bucket": "Retain",
    "AWS::S3::BucketPolicy": "Retain",
    "AWS::SQS::Queue": "Retain",
    "AWS::SecretsManager::Secret": "Retain",
}
"""The stateful types, and how prod keeps them."""

PROTECTED: Mapping[str, Callable[[Any], bool]] = {
    "AWS::Cognito::UserPool": lambda pool: pool.get("DeletionProtection") == "ACTIVE",
    "AWS::DynamoDB::Table": lambda table: table.get("DeletionProtectionEnabled") is True,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda balancer: (
        {"Key": "deletion_protection.enabled", "Value": "true"}
        in balancer["LoadBalancerAttributes"]
    ),
}
"""Whether deletion protection is on, for the types that have it in CloudFormation."""

STATELESS = (
    "AWS::ApplicationAutoScaling::",
    "AWS::CloudWatch::Alarm",
    "AWS::CodeBuild::",
    "AWS::CodePipeline::",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolRiskConfigurationAttachment",
    "AWS::EC2::",
    "AWS::ECS::",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::ElasticLoadBalancingV2::",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::SQS::QueuePolicy",
    "AWS::WAFv2::",
)
"""The types that can be replaced without loss."""


def resources(environment: str) -> Iterator[tuple[str, Any]]:
    for stack, template in deployed(environment).items():
        for key, one in template["Resources"].items():
            yield f"{stack}/{key}", one


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_type_is_stateful_or_stateless(environment: str) -> None:
    types = {one["Type"] for _, one in resources(environment)}
    assert {one for one in types if one not in KEPT and not one.startswith(STATELESS)} == set()


def test_prod_keeps_state() -> None:
    lost = {
        (name, policy): one.get(policy)
        for name, one in resources("prod")
        for policy in POLICIES
        if one["Type"] in KEPT and one.get(policy) != KEPT[one["Type"]]
    }
    assert lost == {}


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_other_environments_keep_nothing(environment: str) -> None:
    """Stateful types say so, because without a DeletionPolicy Redis leaves a snapshot."""
    kept = {
        (name, policy): one.get(policy)
        for name, one in resources(environment)
        for policy in POLICIES
        if one["Type"] in KEPT or policy in one
        if one.get(policy) != "Delete"
    }
    assert kept == {}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_only_prod_has_deletion_protection(environment: str) -> None:
    found = [
        PROTECTED[one["Type"]](one["Properties"])
        for _, one in resources(environment)
        if one["Type"] in PROTECTED
    ]
    assert found == [environment == "prod"] * 4
