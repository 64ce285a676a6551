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


@pytest.mark.parametrize(
    ("action", "kind", "policy", "denied"),
    [
        (Action.MODIFY, SECRET, protect_state.policy(), "Update:Modify"),
        (Action.REPLACE, QUEUE, protect_state.policy(), "Update:Replace"),
        (Action.REMOVE, SECRET, protect_state.policy(), "Update:Delete"),
        (Action.REMOVE, QUEUE, protect_state.policy(), None),
        (Action.ADD, SECRET, protect_state.policy(), None),
        (Action.MODIFY, SECRET, None, None),
    ],
)
def test_a_denial_is_an_obstacle_besides_others(
    action: Action, kind: str, policy: Any, denied: str | None
) -> None:
    change = ResourceChange(logical_id="R", type=kind, action=action, obstacle="its name is taken")
    (found,) = with_denials([change], policy)
    assert str(found.obstacle).startswith("its name is taken")
    assert ("the stack policy denies" in str(found.obstacle)) is (denied is not None)
    assert (denied or "") in str(found.obstacle)
