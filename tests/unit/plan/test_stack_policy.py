"""Changes that a stack's policy denies, by AWS's own examples of stack policies."""

from __future__ import annotations

from typing import Any

import pytest

from hooks import protect_state
from sentry_oms.plan.change import Action, ResourceChange
from sentry_oms.plan.stack_policy import permits, with_denials

ALLOW_ALL = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
DATABASE = "LogicalResourceId/ProductionDatabase"
SECRET, QUEUE = "AWS::SecretsManager::Secret", "AWS::SQS::Queue"


def deny(**more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": "Update:*", **more}


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
PREVENT_UPDATES = {"Statement": [ALLOW_ALL, deny(Resource=DATABASE)]}
PREVENT_BY_DEFAULT = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "NotResource": DATABASE}
    ]
}
PREVENT_TYPES = {
    "Statement": [
        deny(
            Resource="*",
            Condition={"StringEquals": {"ResourceType": ["AWS::EC2::Instance"]}},
        ),
        ALLOW_ALL,
    ]
}
ONLY_REPLACEMENT = {
    "Statement": [deny(Action="Update:Replace", Resource="LogicalResourceId/MyInstance"), ALLOW_ALL]
}
LIKE = {
    "Statement": [
        deny(Resource="*", Condition={"StringLike": {"ResourceType": "AWS::RDS::*"}}),
        ALLOW_ALL,
    ]
}
BY_ACTION = {"Statement": [{**ALLOW_ALL, "Action": ["Update:Modify", "Update:Delete"]}]}


@pytest.mark.parametrize(
    ("policy", "update", "logical_id", "kind", "expected"),
    [
        (PREVENT_UPDATES, "Update:Modify", "ProductionDatabase", "AWS::RDS::DBInstance", False),
        (PREVENT_UPDATES, "Update:Modify", "WebServer", "AWS::EC2::Instance", True),
        (PREVENT_BY_DEFAULT, "Update:Delete", "ProductionDatabase", "AWS::RDS::DBInstance", False),
        (PREVENT_BY_DEFAULT, "Update:Delete", "WebServer", "AWS::EC2::Instance", True),
        (PREVENT_TYPES, "Update:Replace", "WebServer", "AWS::EC2::Instance", False),
        (PREVENT_TYPES, "Update:Replace", "Table", "AWS::DynamoDB::Table", True),
        (ONLY_REPLACEMENT, "Update:Replace", "MyInstance", "AWS::EC2::Instance", False),
        (ONLY_REPLACEMENT, "Update:Modify", "MyInstance", "AWS::EC2::Instance", True),
        (LIKE, "Update:Modify", "Database", "AWS::RDS::DBCluster", False),
        (LIKE, "Update:Modify", "Table", "AWS::DynamoDB::Table", True),
        (BY_ACTION, "Update:Modify", "Table", "AWS::DynamoDB::Table", True),
        (BY_ACTION, "Update:Replace", "Table", "AWS::DynamoDB::Table", False),
    ],
)
def test_a_policy_permits_what_aws_says(
    policy: dict[str, Any], update: str, logical_id: str, kind: str, expected: bool
) -> None:
    assert permits(policy, update, logical_id, kind) is expected


def change(action: Action, kind: str) -> ResourceChange:
    return ResourceChange(logical_id="R", type=kind, action=action)


@pytest.mark.parametrize(
    ("action", "kind", "denied"),
    [
        (Action.MODIFY, SECRET, "Update:Modify"),
        (Action.REPLACE, QUEUE, "Update:Replace"),
        (Action.REMOVE, SECRET, "Update:Delete"),
        (Action.REMOVE, QUEUE, None),
        (Action.MODIFY, QUEUE, None),
        (Action.ADD, SECRET, None),
    ],
)
def test_protect_state_denies(action: Action, kind: str, denied: str | None) -> None:
    (found,) = with_denials([change(action, kind)], protect_state.policy())
    if denied is None:
        assert found.obstacle is None
    else:
        assert f"the stack policy denies {denied} of a {kind}" in (found.obstacle or "")


def test_a_stack_without_a_policy_permits_all() -> None:
    (found,) = with_denials([change(Action.MODIFY, SECRET)], None)
    assert found.obstacle is None


def test_a_denial_stands_beside_another_obstacle() -> None:
    blocked = change(Action.REPLACE, SECRET).model_copy(update={"obstacle": "its name is taken"})
    (found,) = with_denials([blocked], protect_state.policy())
    assert (found.obstacle or "").startswith("its name is taken. the stack policy denies")
