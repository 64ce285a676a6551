"""GitHub's roles may do what CloudFormation's handlers call for the types in the templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sentry_oms.names import ENVIRONMENTS
from tools.lint.iam.handlers import (
    READ,
    WRITE,
    Call,
    LeftOut,
    calls,
    launched,
    left_out,
    may_call,
    problems,
    published,
    used,
)
from tools.lint.iam.policies import Role, roles
from tools.lint.iam.table import rows
from tools.lint.iam.widening import listed

HANDLERS = {"github-launch": WRITE, "github-plan": READ}


def role_without(action: str, name: str = "github-launch") -> Role:
    """The role of dev with an action taken out of its policies."""

    def taken(statement: Mapping[str, Any]) -> dict[str, Any]:
        kept = [one for one in listed(statement["Action"]) if one != action]
        return {**statement, "Action": kept}

    given = roles("dev")[name]
    policies = [{"Statement": list(map(taken, one["Statement"]))} for one in given.identity]
    return given._replace(identity=tuple(policies))


def role(*statements: dict[str, Any]) -> Role:
    return Role("r", ({"Statement": list(statements)},), {})


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_type_of_a_template_is_published(environment: str) -> None:
    assert used(environment) <= launched()


def test_one_type_publishes_no_handlers() -> None:
    """Of such a type nothing can be said here."""
    without = {type_ for type_ in launched() if not published()[type_]["handlers"]}
    assert without == {"AWS::CodeBuild::Project"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("name", HANDLERS)
def test_a_role_may_do_what_handlers_call(name: str, environment: str) -> None:
    needed = list(calls(launched(), HANDLERS[name]))
    assert list(problems(roles(environment)[name], needed, left_out(name))) == []


@pytest.mark.parametrize(
    ("action", "type_", "handlers"),
    [
        ("ec2:CreateVpc", "AWS::EC2::VPC", ["create"]),
        ("sqs:TagQueue", "AWS::SQS::Queue", ["create", "update"]),
        ("sqs:DeleteQueue", "AWS::SQS::Queue", ["delete"]),
        ("codepipeline:ListTagsForResource", "AWS::CodePipeline::Pipeline", ["read"]),
    ],
)
def test_an_action_that_is_taken_out_is_named(action: str, type_: str, handlers: list[str]) -> None:
    needed = calls([type_], WRITE)
    found = list(problems(role_without(action), needed, ()))
    assert [line for line in found if f" {action}, " in line] == [
        f"{type_}: its {handler} handler calls {action}, and sentry-github-launch-dev may not"
        for handler in handlers
    ]


def test_a_read_that_is_taken_out_of_the_plan_role_is_named() -> None:
    lacking = role_without("dynamodb:DescribeTable", "github-plan")
    needed = list(calls(launched(), READ))
    (found,) = problems(lacking, needed, left_out("github-plan"))
    assert found == (
        "AWS::DynamoDB::Table: its read handler calls dynamodb:DescribeTable, "
        "and sentry-github-plan may not"
    )


OF_KIND = {
    "cache-cluster": "AWS::ElastiCache::ReplicationGroup",
    "cache-snapshot": "AWS::ElastiCache::ReplicationGroup",
    "cache-subnets": "AWS::ElastiCache::SubnetGroup",
    "elastic-ip": "AWS::EC2::EIP",
    "endpoint": "AWS::EC2::VPCEndpoint",
    "flow-log": "AWS::EC2::FlowLog",
    "internet-gateway": "AWS::EC2::InternetGateway",
    "key": "AWS::KMS::Key",
    "listener": "AWS::ElasticLoadBalancingV2::Listener",
    "listener-rule": "AWS::ElasticLoadBalancingV2::ListenerRule",
    "load-balancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "nat-gateway": "AWS::EC2::NatGateway",
    "pool": "AWS::Cognito::UserPool",
    "redis": "AWS::ElastiCache::ReplicationGroup",
    "route-table": "AWS::EC2::RouteTable",
    "scalable-target": "AWS::ApplicationAutoScaling::ScalableTarget",
    "security-group": "AWS::EC2::SecurityGroup",
    "subnet": "AWS::EC2::Subnet",
    "target-group": "AWS::ElasticLoadBalancingV2::TargetGroup",
    "vpc": "AWS::EC2::VPC",
    "web-acl": "AWS::WAFv2::WebACL",
}
"""The resource type of a short name of the IAM table."""


def test_the_iam_table_counts_on_no_tag_that_cloudformation_does_not_set() -> None:
    tagged = {
        row.on.removeprefix("another environment's ").removeprefix("another system's ")
        for row in rows()
        if any(key.startswith("aws:ResourceTag/") for key in row.context)
    }
    assert tagged
    assert [kind for kind in tagged if not published()[OF_KIND[kind]]["tagging"]["taggable"]] == []
    assert not published()[OF_KIND["scalable-target"]]["tagging"]["taggable"]


NEEDED = [Call("T", "create", "s:Make"), Call("T", "create", "s:Extra")]
MAY_MAKE = role({"Effect": "Allow", "Action": "s:Make", "Resource": "*"})


def test_an_entry_leaves_out_what_it_matches() -> None:
    assert list(problems(MAY_MAKE, NEEDED, [LeftOut("T", "s:Ext*", "x")])) == []


def test_an_entry_that_no_handler_calls_is_stale() -> None:
    entries = [LeftOut("T", "s:Extra", "x"), LeftOut("T", "s:Gone", "x")]
    assert list(problems(MAY_MAKE, NEEDED, entries)) == [
        "T: s:Gone is left out, and nothing refused matches it"
    ]


def test_an_entry_that_the_role_may_call_is_stale() -> None:
    assert list(problems(MAY_MAKE, NEEDED, [LeftOut("T", "s:*", "x")])) == [
        "T: s:* is left out, and r may call s:Make"
    ]


def test_a_denial_of_everything_counts_and_one_under_a_condition_does_not() -> None:
    allow = {"Effect": "Allow", "Action": "s:*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "s:Make", "Resource": "*"}
    assert may_call(role(allow), "S:make")
    assert not may_call(role(allow, deny), "s:Make")
    assert may_call(role(allow, {**deny, "Condition": {"Bool": {"a": "b"}}}), "s:Make")
    assert may_call(role(allow, {**deny, "Resource": "arn:aws:s:::x"}), "s:Make")
