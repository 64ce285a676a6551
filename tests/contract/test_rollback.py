"""The embedded CloudFormation keeps and deletes resources in a rollback as AWS does.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
(RetainExceptOnCreate; UpdateStack and ExecuteChangeSet have it too).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import EmbeddedAws

STACK, GROUP = "rolled-back", "/kept/by/its/policy"
PARAMETER = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}
RETAINED = {
    "Type": "AWS::Logs::LogGroup",
    "DeletionPolicy": "Retain",
    "Properties": {"LogGroupName": GROUP},
}
BOTH = {"Kept": RETAINED, "Refused": {**PARAMETER, "DependsOn": "Kept"}}
EXCEPT = {"RetainExceptOnCreate": True}


@pytest.fixture(autouse=True)
def one_refusal(aws: EmbeddedAws) -> Iterator[None]:
    aws.control(refused={STACK: "Refused"})
    yield
    aws.control()
    if STACK in aws.stack_names():
        aws.delete(STACK)
    if group_exists(aws):
        aws.client("logs").delete_log_group(logGroupName=GROUP)


def group_exists(aws: EmbeddedAws) -> bool:
    return bool(aws.client("logs").describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"])


def fail(aws: EmbeddedAws, operation: str, **options: Any) -> str:
    """Create or update the stack so that it rolls back, and return its status."""
    cloudformation = aws.client("cloudformation")
    first = {} if operation == "create_stack" else {"First": PARAMETER}
    wanted = {"StackName": STACK, "TemplateBody": json.dumps({"Resources": {**first, **BOTH}})}
    if first:
        assert aws.deploy(STACK, {"Resources": first}) == "CREATE_COMPLETE"
    if operation == "execute_change_set":
        cloudformation.create_change_set(**wanted, ChangeSetName="more")
        wanted = {"StackName": STACK, "ChangeSetName": "more"}
        cloudformation.get_waiter("change_set_create_complete").wait(**wanted)
    getattr(cloudformation, operation)(**wanted, **options)
    return aws.settled(STACK)


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ("create_stack", "ROLLBACK_COMPLETE"),
        ("update_stack", "UPDATE_ROLLBACK_COMPLETE"),
        ("execute_change_set", "UPDATE_ROLLBACK_COMPLETE"),
    ],
)
@pytest.mark.parametrize(("options", "survives"), [({}, True), (EXCEPT, False)])
def test_a_new_resource_with_a_retain_policy_survives_unless_except_on_create(
    aws: EmbeddedAws, operation: str, status: str, options: dict[str, bool], survives: bool
) -> None:
    assert fail(aws, operation, **options) == status
    assert group_exists(aws) is survives


def test_a_resource_that_survived_makes_the_next_create_fail(aws: EmbeddedAws) -> None:
    assert fail(aws, "create_stack") == "ROLLBACK_COMPLETE"
    aws.delete(STACK)
    aws.control()
    assert fail(aws, "create_stack", **EXCEPT) == "ROLLBACK_COMPLETE"
    assert f"LogGroup {GROUP} already exists" in aws.reasons(STACK)


def test_a_resource_that_a_rollback_could_not_delete_stays_in_the_stack(aws: EmbeddedAws) -> None:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "protected",
            "DeletionProtectionEnabled": True,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "x", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}],
        },
    }
    resources = {"Table": table, "Refused": {**PARAMETER, "DependsOn": "Table"}}
    assert aws.deploy(STACK, {"Resources": resources}) == "ROLLBACK_FAILED"
    cloudformation, dynamodb = aws.client("cloudformation"), aws.client("dynamodb")
    (left,) = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    assert (left["LogicalResourceId"], left["ResourceStatus"]) == ("Table", "DELETE_FAILED")
    assert aws.delete(STACK) == "DELETE_FAILED"
    dynamodb.update_table(TableName="protected", DeletionProtectionEnabled=False)
    assert aws.delete(STACK) == "DELETE_COMPLETE"
    assert "protected" not in dynamodb.list_tables()["TableNames"]
