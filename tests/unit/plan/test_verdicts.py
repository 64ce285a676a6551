"""Verdicts about the changes that DescribeChangeSet returns."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.plan.change import Action, ResourceChange
from sentry_oms.plan.verdicts import of_change_set

TABLE, QUEUE, SECRET = "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SecretsManager::Secret"
POOL, ROLE, ALARM = "AWS::Cognito::UserPool", "AWS::IAM::Role", "AWS::CloudWatch::Alarm"
EMPTY: dict[str, Any] = {"Resources": {}}


def detail(
    name: str,
    recreation: str = "Never",
    cause: str = "",
    source: str = "DirectModification",
    evaluation: str = "Static",
) -> dict[str, Any]:
    return {
        "Target": {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation},
        "Evaluation": evaluation,
        "ChangeSource": source,
        **({"CausingEntity": cause} if cause else {}),
    }


TAGS = {"Target": {"Attribute": "Tags", "RequiresRecreation": "Never"}, "Evaluation": "Static"}
RENAMED = detail("TableName", "Always")
UNSURE = detail("QueueName", "Always", evaluation="Dynamic")


def change(
    kind: str, *details: dict[str, Any], key: str = "R", action: str = "Modify", **more: Any
) -> dict[str, Any]:
    resource = {"Action": action, "LogicalResourceId": key, "ResourceType": kind, **more}
    return {"Type": "Resource", "ResourceChange": {**resource, "Details": list(details)}}


def verdict(
    one: dict[str, Any], old: dict[str, Any] | None = None, new: dict[str, Any] | None = None
) -> ResourceChange:
    """Return the verdict about a change of a resource with these old and new properties."""
    before, after = ({"Resources": {"R": {"Properties": given or {}}}} for given in (old, new))
    (found,) = of_change_set([one], before, after)
    return found


PK, SK = ({"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk"))
NUMBER = {**PK, "AttributeType": "N"}
EMAIL, PLAN = {"Name": "email", "Required": True}, {"Name": "plan"}


@pytest.mark.parametrize(
    ("kind", "property_", "old", "new", "action", "is_refused"),
    [
        (TABLE, "BillingMode", "a", "b", Action.MODIFY, False),
        (TABLE, "AttributeDefinitions", [PK], [PK, SK], Action.MODIFY, False),
        (TABLE, "AttributeDefinitions", [PK], [NUMBER], Action.REPLACE, False),
        (POOL, "Schema", [EMAIL], [EMAIL, PLAN], Action.MODIFY, False),
        (POOL, "Schema", [EMAIL], [{"Name": "email"}], Action.REPLACE, True),
    ],
)
def test_a_change_without_replacement_is_a_modification_unless_the_property_is_create_only(
    kind: str, property_: str, old: Any, new: Any, action: Action, is_refused: bool
) -> None:
    one = change(kind, detail(property_), Replacement="False")
    found = verdict(one, {property_: old}, {property_: new})
    assert (found.action, found.certain) == (action, True)
    assert (found.loss is None) is (action is Action.MODIFY)
    assert (found.obstacle is not None) is is_refused
    assert [str(cause) for cause in found.causes] == [property_]


def test_a_renamed_table_is_replaced_and_its_rows_are_lost() -> None:
    renamed = change(TABLE, RENAMED, Replacement="True")
    found = verdict(renamed, {"TableName": "a"}, {"TableName": "b"})
    assert (found.action, found.obstacle) == (Action.REPLACE, None)
    assert "without its rows; the old one is deleted" in str(found.loss)


def test_a_policy_decides_about_the_old_resource() -> None:
    retained = change(TABLE, RENAMED, Replacement="True", PolicyAction="ReplaceAndRetain")
    assert str(verdict(retained).loss).endswith("the old one stays, unused")
    removed = change(QUEUE, action="Remove", PolicyAction="Delete")
    assert verdict(removed).loss == "it is deleted with its messages"
    policy = {"DeletionPolicy": {"Fn::If": ["x", "Retain", "Delete"]}}
    (found,) = of_change_set([change(QUEUE, action="Remove")], {"Resources": {"R": policy}}, EMPTY)
    assert "its DeletionPolicy " in str(found.loss)


def test_a_custom_name_prevents_a_replacement() -> None:
    fifo = change(QUEUE, detail("FifoQueue", "Always"), Replacement="True")
    named = {"QueueName": "q", "FifoQueue": True}
    assert "QueueName" in str(verdict(fifo, named, named).obstacle)
    assert verdict(fifo, {}, {"FifoQueue": True}).obstacle is None


@pytest.mark.parametrize(
    ("property_", "is_lost"), [("GenerateSecretString", True), ("Description", False)]
)
def test_a_new_generator_overwrites_a_secret(property_: str, is_lost: bool) -> None:
    found = verdict(change(SECRET, detail(property_), Replacement="False"))
    assert found.action is Action.MODIFY
    assert (found.loss is not None) is is_lost


def test_a_reference_to_an_attribute_that_stays_is_no_change() -> None:
    by_ref = {"source": "ResourceReference", "cause": "Table", "evaluation": "Dynamic"}
    by_arn = {"source": "ResourceAttribute", "cause": "Table.Arn", "evaluation": "Dynamic"}
    by_stream = {**by_arn, "cause": "Table.StreamArn"}
    name = detail("AlarmName", "Always", **by_ref)
    changes = [
        change(TABLE, detail("BillingMode"), key="Table", Replacement="False"),
        change(ALARM, name, key="Alarm", Replacement="Conditional"),
        change(ROLE, detail("Policies", **by_arn), key="Role", Replacement="False"),
        change(ROLE, detail("Policies", **by_stream), key="Reader", Replacement="False"),
    ]
    found = of_change_set(changes, EMPTY, EMPTY)
    assert [one.logical_id for one in found] == ["Table", "Reader"]


def test_a_reference_to_a_replaced_resource_is_certain() -> None:
    dynamic = {"source": "ResourceReference", "evaluation": "Dynamic"}
    path_of_b, path_of_a = (detail("Path", "Always", one, **dynamic) for one in "BA")
    changes = [
        change(ROLE, path_of_b, key="C", Replacement="Conditional"),
        change(ROLE, path_of_a, key="B", Replacement="Conditional"),
        change(ROLE, detail("RoleName", "Always"), key="A", Replacement="True"),
    ]
    found = of_change_set(changes, EMPTY, EMPTY)
    assert [(one.action, one.certain) for one in found] == [(Action.REPLACE, True)] * 3


@pytest.mark.parametrize(
    ("one", "certain"),
    [
        (change(TABLE, detail("KeySchema", "Conditionally"), Replacement="Conditional"), True),
        (change(QUEUE, UNSURE, Replacement="Conditional"), False),
        (change(QUEUE, Replacement="Conditional"), False),
        (change(QUEUE, action="Dynamic"), False),
    ],
)
def test_a_conditional_replacement_is_uncertain_except_of_a_tables_keys(
    one: dict[str, Any], certain: bool
) -> None:
    found = verdict(one)
    assert (found.action, found.certain) == (Action.REPLACE, certain)
    assert (" may " in str(found.loss)) is not certain


@pytest.mark.parametrize(
    ("details", "cause"),
    [
        (
            [
                detail("Policies", evaluation="Dynamic"),
                detail("Policies", "Never", "QueueNames", "ParameterReference"),
            ],
            "Policies (parameter QueueNames)",
        ),
        ([TAGS], "Tags"),
    ],
)
def test_the_cause_of_a_change_is_named_once(details: list[dict[str, Any]], cause: str) -> None:
    found = verdict(change(ROLE, *details, Replacement="False"))
    assert [str(one) for one in found.causes] == [cause]


@pytest.mark.parametrize("action", ["Add", "Import"])
def test_an_import_is_an_addition(action: str) -> None:
    assert verdict(change(QUEUE, action=action)).action is Action.ADD
