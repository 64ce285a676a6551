"""Change sets and notification topics of the embedded CloudFormation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import EmbeddedAws
from tests.contract.stacks import deployed, one

QUEUE = {"Type": "AWS::SQS::Queue"}


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

    def queue(delay: int) -> str:
        return json.dumps(one("AWS::SQS::Queue", {"DelaySeconds": delay}))

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
