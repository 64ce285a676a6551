"""What holds state outlives its stack in prod, and goes with it elsewhere."""

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
"""The types that hold state, and how prod keeps it."""

REQUIRED = {
    "AWS::Cognito::UserPool": 1,
    "AWS::DynamoDB::Table": 2,
    "AWS::ElastiCache::ReplicationGroup": 1,
    "AWS::SQS::Queue": 6,
    "AWS::SecretsManager::Secret": 2,
}
"""How many of them every environment has at least: so that none is left out by mistake."""

PROTECTED: Mapping[str, Callable[[Any], bool]] = {
    "AWS::Cognito::UserPool": lambda pool: pool.get("DeletionProtection") == "ACTIVE",
    "AWS::DynamoDB::Table": lambda table: table.get("DeletionProtectionEnabled") is True,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda balancer: (
        {"Key": "deletion_protection.enabled", "Value": "true"}
        in balancer["LoadBalancerAttributes"]
    ),
}
"""The types whose service can refuse a deletion, and whether it is asked to.

Queues, secrets, ElastiCache, buckets and log groups have nothing of the kind in CloudFormation.
"""

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
"""The types that can be made anew with nothing lost."""


def resources(environment: str) -> Iterator[tuple[str, Any]]:
    for stack, template in deployed(environment).items():
        for key, one in template["Resources"].items():
            yield f"{stack}/{key}", one


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_type_is_one_that_holds_state_or_one_that_does_not(environment: str) -> None:
    kinds = {one["Type"] for _, one in resources(environment)}
    assert {kind for kind in kinds if kind not in KEPT and not kind.startswith(STATELESS)} == set()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_all_that_holds_state_is_looked_at(environment: str) -> None:
    kinds = [one["Type"] for _, one in resources(environment)]
    assert [kind for kind, least in REQUIRED.items() if kinds.count(kind) < least] == []


def test_prod_keeps_state_both_ways() -> None:
    lost = {
        (name, policy): one.get(policy)
        for name, one in resources("prod")
        for policy in POLICIES
        if one["Type"] in KEPT and one.get(policy) != KEPT[one["Type"]]
    }
    assert lost == {}


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_elsewhere_nothing_is_kept(environment: str) -> None:
    kept = {
        (name, policy): one[policy]
        for name, one in resources(environment)
        for policy in POLICIES
        if one.get(policy, "Delete") != "Delete"
    }
    assert kept == {}


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_elsewhere_it_is_said_that_nothing_is_kept(environment: str) -> None:
    """Without a word, Redis would leave a snapshot."""
    unsaid = {
        (name, policy)
        for name, one in resources(environment)
        for policy in POLICIES
        if one["Type"] in KEPT and policy not in one
    }
    assert unsaid == set()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_deletion_protection_is_prods_alone(environment: str) -> None:
    found = {
        name: PROTECTED[one["Type"]](one["Properties"])
        for name, one in resources(environment)
        if one["Type"] in PROTECTED
    }
    assert len(found) == 4
    assert set(found.values()) == {environment == "prod"}
