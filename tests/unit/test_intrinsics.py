"""Intrinsic functions: evaluated with known parameters, and folded into a template."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.cloudformation.evaluate import NO_VALUE, UNKNOWN, Evaluator
from sentry_oms.cloudformation.folding import fold

IMPORT = {"Peer": {"Fn::ImportValue": "b"}}
TEMPLATE: dict[str, Any] = {
    "Description": "x",
    "Parameters": {"Environment": {"Type": "String"}, "Topic": {"Type": "String"}},
    "Mappings": {"Size": {"dev": {"Nodes": 1}, "prod": {"Nodes": 2}}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
        "IsNotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
        "Never": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "Unsure"}]},
        "Always": {"Fn::Or": [{"Condition": "IsNotProd"}, {"Condition": "Unsure"}]},
        "Unsure": {"Fn::Equals": [{"Ref": "Subnet"}, "x"]},
    },
    "Rules": {"R": {}},
    "Resources": {
        "Log": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": {"Fn::If": ["IsProd", "Retain", "Delete"]},
            "DependsOn": ["Guard", "Key"],
            "Properties": {
                "LogGroupName": {"Fn::Sub": "/sentry/${Environment}/${Key}"},
                "KmsKeyId": {"Fn::If": ["IsProd", {"Ref": "Key"}, {"Ref": "AWS::NoValue"}]},
                "Tags": [{"Fn::If": ["IsProd", "a", {"Ref": "AWS::NoValue"}]}, "b"],
            },
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
        "Guard": {"Type": "X", "Condition": "IsProd", "DependsOn": "Key", "Properties": IMPORT},
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmActions": [{"Ref": "Topic"}],
                "One": {"Fn::If": ["IsProd", {"Fn::ImportValue": "p"}, {"Fn::ImportValue": "d"}]},
                "Peer": {"Fn::ImportValue": {"Fn::Sub": "sentry-${Environment}-Id"}},
                "Both": {"Fn::Join": ["-", [{"Ref": "Environment"}, {"Ref": "Key"}]]},
                "Mixed": {"Fn::Sub": ["${a}/${Environment}", {"a": {"Ref": "Key"}}]},
            },
        },
    },
    "Outputs": {"Prod": {"Condition": "IsProd", "Value": "x"}, "Id": {"Value": {"Ref": "Key"}}},
}


def evaluator(environment: str = "dev", **options: Any) -> Evaluator:
    known = {"Environment": environment, "Queues": ["a", "b"]}
    return Evaluator(TEMPLATE, lambda name: known.get(name, UNKNOWN), **options)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("text", "text"),
        ({"Ref": "Environment"}, "dev"),
        ({"Ref": "Subnet"}, UNKNOWN),
        ({"Fn::Sub": "x-${Environment}-${!Literal}"}, "x-dev-${Literal}"),
        ({"Fn::Sub": ["${A}-${Environment}", {"A": {"Ref": "Environment"}}]}, "dev-dev"),
        ({"Fn::Sub": "${Subnet}"}, UNKNOWN),
        ({"Fn::Join": ["-", ["a", {"Ref": "Environment"}]]}, "a-dev"),
        ({"Fn::Join": [",arn:", {"Ref": "Queues"}]}, "a,arn:b"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Subnet"}]]}, UNKNOWN),
        ({"Fn::Split": [",", {"Fn::Join": [",", {"Ref": "Queues"}]}]}, ["a", "b"]),
        ({"Fn::Select": ["1", {"Ref": "Queues"}]}, "b"),
        ({"Fn::Select": ["7", {"Ref": "Queues"}]}, UNKNOWN),
        ({"Fn::If": ["IsProd", "p", "d"]}, "d"),
        ({"Fn::If": ["Unsure", "p", "d"]}, UNKNOWN),
        ({"Fn::FindInMap": ["Size", {"Ref": "Environment"}, "Nodes"]}, 1),
        ({"Fn::FindInMap": ["Size", "qa", "Nodes"]}, UNKNOWN),
        ({"Fn::GetAtt": ["Key", "Arn"]}, UNKNOWN),
        ({"A": {"Ref": "AWS::NoValue"}, "B": 1}, {"B": 1}),
        ([{"Ref": "AWS::NoValue"}, 1], [1]),
        ({"A": {"Ref": "Subnet"}}, UNKNOWN),
        ("a-{{resolve:ssm:/a/b}}", UNKNOWN),
        ({"Fn::Sub": "{{resolve:ssm:/${Environment}}}"}, UNKNOWN),
        ({"Fn::If": ["IsProd"]}, UNKNOWN),
        ({"Fn::Join": "-"}, UNKNOWN),
        ({"Ref": ["Environment"]}, UNKNOWN),
    ],
)
def test_the_value_of_an_expression(expression: Any, value: Any) -> None:
    assert evaluator().value(expression) == value


def test_an_unknown_value_may_be_empty() -> None:
    shortest = evaluator(unknown="")
    assert shortest.value({"Fn::Sub": "a-${Subnet}"}) == "a-"
    assert shortest.value({"Fn::If": ["Unsure", "longer", {"Ref": "AWS::NoValue"}]}) is NO_VALUE
    assert shortest.value({"Fn::If": ["Unsure", "longer", "short"]}) == "short"
    assert shortest.value([{"Fn::GetAtt": ["Key", "Arn"]}, {"Ref": "Environment"}]) == ["", "dev"]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("IsProd", False),
        ("IsNotProd", True),
        ("Never", False),
        ("Always", True),
        ("Unsure", None),
        ("Absent", None),
    ],
)
def test_a_condition_is_true_false_or_unknown(condition: str, holds: bool | None) -> None:
    assert evaluator().holds(condition) is holds


def test_only_imports_that_conditions_keep_are_imports() -> None:
    assert list(evaluator().imports(all_branches=False)) == [
        ("Resources.Alarm.Properties.One", "d"),
        ("Resources.Alarm.Properties.Peer", {"Fn::Sub": "sentry-${Environment}-Id"}),
    ]
    assert len(list(evaluator().imports(all_branches=True))) == 4


def test_known_values_are_filled_in_and_others_keep_their_intrinsic_function() -> None:
    assert fold(TEMPLATE, evaluator("dev")) == {
        "Description": "x",
        "Parameters": {"Topic": {"Type": "String"}},
        "Resources": {
            "Log": {
                "Type": "AWS::Logs::LogGroup",
                "DeletionPolicy": "Delete",
                "DependsOn": ["Key"],
                "Properties": {
                    "LogGroupName": {"Fn::Sub": "/sentry/dev/${Key}"},
                    "Tags": ["b"],
                },
            },
            "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
            "Alarm": {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {
                    "AlarmActions": [{"Ref": "Topic"}],
                    "One": {"Fn::ImportValue": "d"},
                    "Peer": {"Fn::ImportValue": "sentry-dev-Id"},
                    "Both": {"Fn::Join": ["-", ["dev", {"Ref": "Key"}]]},
                    "Mixed": {"Fn::Sub": ["${a}/dev", {"a": {"Ref": "Key"}}]},
                },
            },
        },
        "Outputs": {"Id": {"Value": {"Ref": "Key"}}},
    }


def test_a_true_condition_keeps_its_branch() -> None:
    prod = fold(TEMPLATE, evaluator("prod"))
    assert prod["Resources"]["Guard"] == {"Type": "X", "DependsOn": ["Key"], "Properties": IMPORT}
    log = prod["Resources"]["Log"]
    assert (log["DeletionPolicy"], log["DependsOn"]) == ("Retain", ["Guard", "Key"])
    assert (log["Properties"]["KmsKeyId"], log["Properties"]["Tags"]) == (
        {"Ref": "Key"},
        ["a", "b"],
    )
    assert set(prod["Outputs"]) == {"Prod", "Id"}


def test_an_unknown_condition_is_kept_without_what_is_known() -> None:
    template = {
        "Parameters": {"Topic": {"Type": "String"}, "Environment": {"Type": "String"}},
        "Conditions": {
            **TEMPLATE["Conditions"],
            "HasTopic": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Topic"}, ""]}]},
            "Sends": {"Fn::And": [{"Condition": "IsNotProd"}, {"Condition": "HasTopic"}]},
            "Unused": {"Fn::Equals": [{"Ref": "Topic"}, "x"]},
        },
        "Resources": {
            "Alarm": {
                "Type": "AWS::CloudWatch::Alarm",
                "Condition": "HasTopic",
                "Properties": {"A": {"Fn::If": ["Sends", {"Ref": "Topic"}, "none"]}},
            },
            "Log": {"Type": "AWS::Logs::LogGroup", "Condition": "IsNotProd"},
        },
    }
    read = Evaluator(template, lambda name: "dev" if name == "Environment" else UNKNOWN)
    assert fold(template, read) == {
        "Parameters": {"Topic": {"Type": "String"}},
        "Conditions": {
            "HasTopic": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Topic"}, ""]}]},
            "Sends": {"Condition": "HasTopic"},
        },
        "Resources": {
            "Alarm": template["Resources"]["Alarm"],
            "Log": {"Type": "AWS::Logs::LogGroup"},
        },
        "Outputs": {},
    }
