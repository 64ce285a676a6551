"""What a change set means, from answers of DescribeChangeSet."""

from __future__ import annotations

from typing import Any

from sentry_oms.plan.change import Action, ResourceChange
from sentry_oms.plan.verdicts import of_change_set

TABLE, QUEUE, SECRET = "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SecretsManager::Secret"
POOL, ROLE, ALARM = "AWS::Cognito::UserPool", "AWS::IAM::Role", "AWS::CloudWatch::Alarm"


def detail(
    name: str,
    recreation: str = "Never",
    cause: str = "",
    source: str = "DirectModification",
    evaluation: str = "Static",
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Target": {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation},
        "Evaluation": evaluation,
        "ChangeSource": source,
    }
    return {**found, "CausingEntity": cause} if cause else found


def change(
    key: str, kind: str, *details: dict[str, Any], action: str = "Modify", **more: Any
) -> dict[str, Any]:
    return {
        "Type": "Resource",
        "ResourceChange": {
            "Action": action,
            "LogicalResourceId": key,
            "ResourceType": kind,
            "Details": list(details),
            **more,
        },
    }


def template(**resources: Any) -> dict[str, Any]:
    return {"Resources": resources}


def verdict(
    one: dict[str, Any], old: dict[str, Any] | None = None, new: dict[str, Any] | None = None
) -> ResourceChange:
    before, after = ({"Resources": {"R": {"Properties": given or {}}}} for given in (old, new))
    (found,) = of_change_set([one], before, after)
    return found


def test_an_attribute_is_modified_where_it_is() -> None:
    found = verdict(change("R", TABLE, detail("BillingMode"), Replacement="False"))
    assert (found.action, found.certain, found.loss) == (Action.MODIFY, True, None)
    assert [str(cause) for cause in found.causes] == ["BillingMode"]


def test_a_rename_replaces_and_loses() -> None:
    found = verdict(
        change("R", TABLE, detail("TableName", "Always"), Replacement="True"),
        {"TableName": "a"},
        {"TableName": "b"},
    )
    assert found.action is Action.REPLACE
    assert found.loss == "a new one takes its place, without its rows; the old one is deleted"
    assert found.obstacle is None


def test_a_policy_says_what_becomes_of_the_old_one() -> None:
    renamed = change(
        "R",
        TABLE,
        detail("TableName", "Always"),
        Replacement="True",
        PolicyAction="ReplaceAndRetain",
    )
    assert (verdict(renamed).loss or "").endswith("the old one stays, unused")
    removed = change("R", QUEUE, action="Remove", PolicyAction="Delete")
    assert verdict(removed).loss == "it is deleted with its messages"
    unknown = {"Resources": {"R": {"DeletionPolicy": {"Fn::If": ["x", "Retain", "Delete"]}}}}
    (found,) = of_change_set([change("R", QUEUE, action="Remove")], unknown, template())
    assert (found.loss or "").startswith("its DeletionPolicy decides")


def test_a_custom_name_stands_in_the_way() -> None:
    fifo = change("R", QUEUE, detail("FifoQueue", "Always"), Replacement="True")
    named = {"QueueName": "q", "FifoQueue": True}
    assert "change QueueName too" in (verdict(fifo, named, named).obstacle or "")
    assert verdict(fifo, {}, {"FifoQueue": True}).obstacle is None


def test_the_keys_of_a_table_are_certain_where_cloudformation_doubts() -> None:
    keys = change("R", TABLE, detail("KeySchema", "Conditionally"), Replacement="Conditional")
    found = verdict(keys)
    assert (found.action, found.certain) == (Action.REPLACE, True)


def test_an_attribute_definition_may_be_added_and_not_retyped() -> None:
    pk = {"AttributeName": "pk", "AttributeType": "S"}
    more = {"AttributeName": "sk", "AttributeType": "S"}
    changed = change("R", TABLE, detail("AttributeDefinitions"), Replacement="False")
    added = verdict(changed, {"AttributeDefinitions": [pk]}, {"AttributeDefinitions": [pk, more]})
    assert added.action is Action.MODIFY
    number = {**pk, "AttributeType": "N"}
    retyped = verdict(changed, {"AttributeDefinitions": [pk]}, {"AttributeDefinitions": [number]})
    assert retyped.action is Action.REPLACE


def test_the_schema_of_a_pool_may_grow_and_not_change() -> None:
    email, plan = {"Name": "email", "Required": True}, {"Name": "plan"}
    schema = change("R", POOL, detail("Schema"), Replacement="False")
    assert verdict(schema, {"Schema": [email]}, {"Schema": [email, plan]}).loss is None
    changed = verdict(schema, {"Schema": [email]}, {"Schema": [{"Name": "email"}]})
    assert changed.action is Action.REPLACE
    assert "without its users" in (changed.loss or "")
    assert "CloudFormation will refuse Schema" in (changed.obstacle or "")


def test_a_secret_is_written_anew() -> None:
    found = verdict(change("R", SECRET, detail("GenerateSecretString"), Replacement="False"))
    assert found.action is Action.MODIFY
    assert found.loss == "its value is overwritten"
    assert verdict(change("R", SECRET, detail("Description"), Replacement="False")).loss is None


def test_a_reference_to_what_stays_comes_to_nothing() -> None:
    by_ref = {"source": "ResourceReference", "cause": "Table", "evaluation": "Dynamic"}
    by_arn = {"source": "ResourceAttribute", "cause": "Table.Arn", "evaluation": "Dynamic"}
    by_stream = {**by_arn, "cause": "Table.StreamArn"}
    found = of_change_set(
        [
            change("Table", TABLE, detail("BillingMode"), Replacement="False"),
            change(
                "Alarm", ALARM, detail("AlarmName", "Always", **by_ref), Replacement="Conditional"
            ),
            change("Role", ROLE, detail("Policies", **by_arn), Replacement="False"),
            change("Reader", ROLE, detail("Policies", **by_stream), Replacement="False"),
        ],
        template(),
        template(),
    )
    assert [one.logical_id for one in found] == ["Table", "Reader"]


def test_a_reference_to_what_is_replaced_is_certain() -> None:
    dynamic = {"source": "ResourceReference", "evaluation": "Dynamic"}
    found = of_change_set(
        [
            change("C", ROLE, detail("Path", "Always", "B", **dynamic), Replacement="Conditional"),
            change("B", ROLE, detail("Path", "Always", "A", **dynamic), Replacement="Conditional"),
            change("A", ROLE, detail("RoleName", "Always"), Replacement="True"),
        ],
        template(),
        template(),
    )
    assert [(one.action, one.certain) for one in found] == [(Action.REPLACE, True)] * 3


def test_a_doubt_stays_a_doubt() -> None:
    unsure = detail("QueueName", "Always", evaluation="Dynamic")
    found = verdict(change("R", QUEUE, unsure, Replacement="Conditional"))
    assert (found.action, found.certain) == (Action.REPLACE, False)
    assert (found.loss or "").startswith("a new one may take its place, without its messages")
    assert verdict(change("R", QUEUE, Replacement="Conditional")).certain is False
    assert verdict(change("R", QUEUE, action="Dynamic")).certain is False


def test_the_parameter_behind_a_change_is_named_once() -> None:
    found = verdict(
        change(
            "R",
            ROLE,
            detail("Policies", evaluation="Dynamic"),
            detail("Policies", "Never", "QueueNames", "ParameterReference"),
            Replacement="False",
        )
    )
    assert [str(cause) for cause in found.causes] == ["Policies (parameter QueueNames)"]


def test_tags_are_a_change_of_their_own() -> None:
    tags = {"Target": {"Attribute": "Tags", "RequiresRecreation": "Never"}, "Evaluation": "Static"}
    found = verdict(change("R", QUEUE, tags, Replacement="False", Scope=["Tags"]))
    assert [str(cause) for cause in found.causes] == ["Tags"]


def test_an_addition_and_an_import_are_additions() -> None:
    for action in ("Add", "Import"):
        assert verdict(change("R", QUEUE, action=action)).action is Action.ADD
