"""Change sets, notification topics and refused requests of the embedded CloudFormation."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import EmbeddedAws
from tests.contract.stacks import deployed, one, refused

QUEUE = {"Type": "AWS::SQS::Queue"}
ROLE = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}


def queue(delay: int) -> str:
    return json.dumps(one("AWS::SQS::Queue", {"DelaySeconds": delay}))


def changes(aws: EmbeddedAws, old: Any, new: Any, **parameters: str) -> dict[str, dict[str, Any]]:
    """Return what a change set of a deployed template says of each resource."""
    cloudformation = aws.client("cloudformation")
    deployed(aws, "changed", old)
    where = {"StackName": "changed", "ChangeSetName": "c"}
    given = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
    cloudformation.create_change_set(**where, TemplateBody=json.dumps(new), Parameters=given)
    found = [
        one["ResourceChange"] for one in cloudformation.describe_change_set(**where)["Changes"]
    ]
    aws.delete("changed")
    return {one["LogicalResourceId"]: one for one in found}


@pytest.mark.parametrize(
    ("change", "replacement"), [({"Description": "b"}, "False"), ({"Name": "other"}, "True")]
)
def test_replacement_follows_the_registry_for_types_that_ministack_lacks(
    aws: EmbeddedAws, change: dict[str, str], replacement: str
) -> None:
    properties = {"Name": "judged", "Description": "a", "SecretString": "x"}
    kind = "AWS::SecretsManager::Secret"
    found = changes(aws, one(kind, properties), one(kind, {**properties, **change}))
    assert found["R"]["Replacement"] == replacement


def test_resources_follow_their_conditions(aws: EmbeddedAws) -> None:
    template = {
        "Parameters": {"Which": {"Type": "String", "Default": "A"}},
        "Conditions": {name: {"Fn::Equals": [{"Ref": "Which"}, name]} for name in "AB"},
        "Resources": {name: {**QUEUE, "Condition": name} for name in "AB"},
    }
    found = changes(aws, template, template, Which="B")
    assert {key: one["Action"] for key, one in found.items()} == {"A": "Remove", "B": "Add"}


def test_notification_topics_are_set_by_a_create_and_by_an_executed_change_set(
    aws: EmbeddedAws,
) -> None:
    cloudformation = aws.client("cloudformation")

    topics = [f"arn:aws:sns:us-east-1:000000000000:t{n}" for n in (1, 2)]
    cloudformation.create_stack(StackName="topics", TemplateBody=queue(0), NotificationARNs=topics)
    aws.settled("topics")
    assert aws.stack("topics")["NotificationARNs"] == topics
    change_set = {"StackName": "topics", "ChangeSetName": "none"}
    cloudformation.create_change_set(**change_set, TemplateBody=queue(1), NotificationARNs=[])
    assert aws.stack("topics")["NotificationARNs"] == topics
    cloudformation.execute_change_set(**change_set)
    aws.settled("topics")
    assert aws.stack("topics")["NotificationARNs"] == []
    deployed(aws, "quiet", one("AWS::SQS::Queue", {}))
    assert aws.stack("quiet")["NotificationARNs"] == []


def test_an_executed_change_set_is_removed_with_the_others_of_its_stack(aws: EmbeddedAws) -> None:
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="executed", TemplateBody=queue(0))
    aws.settled("executed")
    assert "ChangeSetId" not in aws.stack("executed")
    ids = [
        cloudformation.create_change_set(
            StackName="executed", ChangeSetName=name, TemplateBody=queue(1)
        )["Id"]
        for name in ("a", "b")
    ]
    where = {"StackName": "executed", "ChangeSetName": "a"}
    assert cloudformation.describe_change_set(**where)["ChangeSetId"] == ids[0]
    listed = cloudformation.list_change_sets(StackName="executed")["Summaries"]
    assert [one["ChangeSetId"] for one in listed] == ids
    cloudformation.execute_change_set(**where)
    assert aws.settled("executed") == "UPDATE_COMPLETE"
    assert aws.stack("executed")["ChangeSetId"] == ids[0]
    assert cloudformation.list_change_sets(StackName="executed")["Summaries"] == []
    with pytest.raises(ClientError) as caught:
        cloudformation.describe_change_set(**where)
    assert caught.value.response["Error"]["Code"] == "ChangeSetNotFound"


def test_a_change_set_whose_execution_failed_is_kept(aws: EmbeddedAws) -> None:
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="kept", TemplateBody=queue(0))
    aws.settled("kept")
    where = {"StackName": "kept", "ChangeSetName": "a"}
    larger = json.dumps(one("AWS::SQS::Queue", {}, S=QUEUE))
    cloudformation.create_change_set(**where, TemplateBody=larger)
    aws.control(refused={"kept": "S"})
    cloudformation.execute_change_set(**where)
    assert aws.settled("kept") == "UPDATE_ROLLBACK_COMPLETE"
    assert cloudformation.describe_change_set(**where)["ExecutionStatus"] == "EXECUTE_FAILED"


@pytest.mark.parametrize(
    "url",
    [
        "https://{bucket}.s3.us-east-1.amazonaws.com/a/{key}",
        "https://{bucket}.s3.amazonaws.com/a/{key}",
        "https://{bucket}.s3-us-east-1.amazonaws.com/a/{key}",
        "https://s3.us-east-1.amazonaws.com/{bucket}/a/{key}",
        "https://{bucket}.s3.cn-north-1.amazonaws.com.cn/a/{key}",
    ],
)
def test_a_template_is_read_from_each_form_of_its_url(aws: EmbeddedAws, url: str) -> None:
    s3, bucket = aws.client("s3"), "templates.of-stacks"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a/t 1.json", Body=queue(0))
    cloudformation = aws.client("cloudformation")
    summary = cloudformation.get_template_summary(
        TemplateURL=url.format(bucket=bucket, key="t 1.json")
    )
    assert summary["ResourceTypes"] == ["AWS::SQS::Queue"]
    escaped = url.format(bucket=bucket, key="t%201.json")
    assert cloudformation.validate_template(TemplateURL=escaped)["Parameters"] == []


@pytest.mark.parametrize("command", ["create_stack", "update_stack", "create_change_set"])
@pytest.mark.parametrize(
    ("template", "request_", "code", "message"),
    [
        (
            one("AWS::SQS::Queue", {}),
            {"Parameters": [{"ParameterKey": key, "ParameterValue": "v"} for key in "XY"]},
            "ValidationError",
            "Parameters: [X, Y] do not exist in the template",
        ),
        (
            one("AWS::IAM::Role", ROLE),
            {},
            "InsufficientCapabilitiesException",
            "Requires capabilities : [CAPABILITY_IAM]",
        ),
        (
            one("AWS::IAM::Role", {**ROLE, "RoleName": "named"}),
            {"Capabilities": ["CAPABILITY_IAM"]},
            "InsufficientCapabilitiesException",
            "Requires capabilities : [CAPABILITY_NAMED_IAM]",
        ),
    ],
    ids=["parameters", "iam", "named-iam"],
)
def test_a_write_is_refused_with_the_words_of_cloudformation(
    aws: EmbeddedAws,
    command: str,
    template: dict[str, Any],
    request_: dict[str, Any],
    code: str,
    message: str,
) -> None:
    cloudformation = aws.client("cloudformation")
    if "refused" not in aws.stack_names():
        deployed(aws, "refused", one("AWS::SQS::Queue", {}))
    name = "new" if command == "create_stack" else "refused"
    change_set = {"ChangeSetName": "c"} if command == "create_change_set" else {}
    with pytest.raises(ClientError) as caught:
        getattr(cloudformation, command)(
            StackName=name, TemplateBody=json.dumps(template), **change_set, **request_
        )
    assert caught.value.response["Error"] == {"Type": "Sender", "Code": code, "Message": message}
    assert "new" not in aws.stack_names()


def test_a_wait_condition_handle_has_no_properties(aws: EmbeddedAws) -> None:
    handle = one("AWS::CloudFormation::WaitConditionHandle", {"Invalid": "x"})
    assert "Encountered unsupported property Invalid" in refused(aws, "handle", handle)


def test_a_sam_template_is_transformed(aws: EmbeddedAws) -> None:
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Orders": {"Type": "AWS::Serverless::SimpleTable"}},
    }
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName="serverless",
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_AUTO_EXPAND"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="serverless", WaiterConfig={"Delay": 1}
    )
    resources = cloudformation.list_stack_resources(StackName="serverless")
    (table,) = resources["StackResourceSummaries"]
    aws.delete("serverless")
    assert table["ResourceType"] == "AWS::DynamoDB::Table"
