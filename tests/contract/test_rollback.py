"""What the embedded CloudFormation keeps and deletes when an operation rolls back, as AWS does.

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


def body(**resources: Any) -> str:
    return json.dumps({"Resources": resources})


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


def create(aws: EmbeddedAws, **options: Any) -> str:
    aws.client("cloudformation").create_stack(StackName=STACK, TemplateBody=body(**BOTH), **options)
    return aws.settled(STACK)


def update(aws: EmbeddedAws, **options: Any) -> str:
    assert aws.deploy(STACK, body(First=PARAMETER)) == "CREATE_COMPLETE"
    aws.client("cloudformation").update_stack(
        StackName=STACK, TemplateBody=body(First=PARAMETER, **BOTH), **options
    )
    return aws.settled(STACK)


def execute(aws: EmbeddedAws, **options: Any) -> str:
    assert aws.deploy(STACK, body(First=PARAMETER)) == "CREATE_COMPLETE"
    cloudformation = aws.client("cloudformation")
    asked = {"StackName": STACK, "ChangeSetName": "more"}
    cloudformation.create_change_set(TemplateBody=body(First=PARAMETER, **BOTH), **asked)
    cloudformation.get_waiter("change_set_create_complete").wait(**asked)
    cloudformation.execute_change_set(**asked, **options)
    return aws.settled(STACK)


OPERATIONS = pytest.mark.parametrize(
    ("operation", "status"),
    [
        (create, "ROLLBACK_COMPLETE"),
        (update, "UPDATE_ROLLBACK_COMPLETE"),
        (execute, "UPDATE_ROLLBACK_COMPLETE"),
    ],
)


@OPERATIONS
def test_a_new_resource_with_a_retain_policy_survives_a_rollback(
    aws: EmbeddedAws, operation: Any, status: str
) -> None:
    assert operation(aws) == status
    assert group_exists(aws)


@OPERATIONS
def test_retain_except_on_create_deletes_it(aws: EmbeddedAws, operation: Any, status: str) -> None:
    assert operation(aws, **EXCEPT) == status
    assert not group_exists(aws)


def test_what_survived_makes_the_next_create_fail(aws: EmbeddedAws) -> None:
    assert create(aws) == "ROLLBACK_COMPLETE"
    aws.delete(STACK)
    aws.control()
    assert create(aws, **EXCEPT) == "ROLLBACK_COMPLETE"
    assert f"LogGroup {GROUP} already exists" in aws.reasons(STACK)


def test_what_a_rollback_could_not_delete_stays_in_the_stack(aws: EmbeddedAws) -> None:
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
    assert aws.deploy(STACK, body(**resources)) == "ROLLBACK_FAILED"
    cloudformation, dynamodb = aws.client("cloudformation"), aws.client("dynamodb")
    (left,) = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    assert (left["LogicalResourceId"], left["ResourceStatus"]) == ("Table", "DELETE_FAILED")
    assert aws.delete(STACK) == "DELETE_FAILED"
    dynamodb.update_table(TableName="protected", DeletionProtectionEnabled=False)
    assert aws.delete(STACK) == "DELETE_COMPLETE"
    assert "protected" not in dynamodb.list_tables()["TableNames"]
