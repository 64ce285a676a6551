"""Changes that a stack's policy denies, tested with AWS's examples of stack policies."""

from __future__ import annotations

from typing import Any

import pytest

from hooks import protect_state
from sentry_oms.plan.change import Action, ResourceChange
from sentry_oms.plan.stack_policy import permits, with_denials

OPEN = {"Effect": "Allow", "Action": "Update:*", "Principal": "*"}
ALLOW = {**OPEN, "Resource": "*"}
DATABASE = "LogicalResourceId/ProductionDatabase"
SECRET, QUEUE = "AWS::SecretsManager::Secret", "AWS::SQS::Queue"


def deny(**more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": "Update:*", **more}


def of_types(operator: str, types: Any) -> dict[str, Any]:
    return {"Statement": [deny(Resource="*", Condition={operator: {"ResourceType": types}}), ALLOW]}


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
PREVENT = {"Statement": [ALLOW, deny(Resource=DATABASE)]}
BY_DEFAULT = {"Statement": [{**OPEN, "NotResource": DATABASE}]}
NO_INSTANCE = of_types("StringEquals", ["AWS::EC2::Instance"])
NO_DATABASE = of_types("StringLike", "AWS::RDS::*")
NO_REPLACEMENT = {"Statement": [deny(Action="Update:Replace", Resource=DATABASE), ALLOW]}
BY_ACTION = {"Statement": [{**ALLOW, "Action": ["Update:Modify", "Update:Delete"]}]}


@pytest.mark.parametrize(
    ("policy", "update", "logical_id", "kind", "expected"),
    [
        (PREVENT, "Update:Modify", "ProductionDatabase", "AWS::RDS::DBInstance", False),
        (PREVENT, "Update:Modify", "WebServer", "AWS::EC2::Instance", True),
        (BY_DEFAULT, "Update:Delete", "ProductionDatabase", "AWS::RDS::DBInstance", False),
        (BY_DEFAULT, "Update:Delete", "WebServer", "AWS::EC2::Instance", True),
        (NO_INSTANCE, "Update:Replace", "WebServer", "AWS::EC2::Instance", False),
        (NO_INSTANCE, "Update:Replace", "Table", "AWS::DynamoDB::Table", True),
        (NO_DATABASE, "Update:Modify", "Database", "AWS::RDS::DBCluster", False),
        (NO_DATABASE, "Update:Modify", "Table", "AWS::DynamoDB::Table", True),
        (NO_REPLACEMENT, "Update:Replace", "ProductionDatabase", "AWS::RDS::DBInstance", False),
        (NO_REPLACEMENT, "Update:Modify", "ProductionDatabase", "AWS::RDS::DBInstance", True),
        (BY_ACTION, "Update:Modify", "Table", "AWS::DynamoDB::Table", True),
        (BY_ACTION, "Update:Replace", "Table", "AWS::DynamoDB::Table", False),
    ],
)
def test_a_policy_permits_what_aws_documents(
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


def test_a_stack_without_a_policy_permits_every_change() -> None:
    (found,) = with_denials([change(Action.MODIFY, SECRET)], None)
    assert found.obstacle is None


def test_a_denial_is_added_to_another_obstacle() -> None:
    blocked = change(Action.REPLACE, SECRET).model_copy(update={"obstacle": "its name is taken"})
    (found,) = with_denials([blocked], protect_state.policy())
    assert (found.obstacle or "").startswith("its name is taken. the stack policy denies")
