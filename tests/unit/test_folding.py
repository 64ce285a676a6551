"""A template as an environment deploys it."""

from __future__ import annotations

from typing import Any

from sentry_oms.cloudformation.evaluate import UNKNOWN, Evaluator
from sentry_oms.cloudformation.folding import fold

TEMPLATE: dict[str, Any] = {
    "Description": "x",
    "Parameters": {"Environment": {"Type": "String"}, "Topic": {"Type": "String"}},
    "Mappings": {"Environment": {"dev": {"Days": 14}, "prod": {"Days": 365}}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
        "IsNotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
    },
    "Rules": {"R": {}},
    "Resources": {
        "Log": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": {"Fn::If": ["IsProd", "Retain", "Delete"]},
            "DependsOn": ["Guard", "Key"],
            "Properties": {
                "LogGroupName": {"Fn::Sub": "/sentry/${Environment}/${Key}"},
                "RetentionInDays": {
                    "Fn::FindInMap": ["Environment", {"Ref": "Environment"}, "Days"]
                },
                "KmsKeyId": {"Fn::If": ["IsProd", {"Ref": "Key"}, {"Ref": "AWS::NoValue"}]},
                "Tags": [{"Fn::If": ["IsProd", "a", {"Ref": "AWS::NoValue"}]}, "b"],
            },
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
        "Guard": {"Type": "AWS::X::Y", "Condition": "IsProd", "DependsOn": "Key"},
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmActions": [{"Ref": "Topic"}],
                "Peer": {"Fn::ImportValue": {"Fn::Sub": "sentry-${Environment}-Id"}},
                "Both": {"Fn::Join": ["-", [{"Ref": "Environment"}, {"Ref": "Key"}]]},
                "Given": {"Fn::Sub": ["${a}/${Environment}", {"a": {"Ref": "Environment"}}]},
                "Mixed": {"Fn::Sub": ["${a}/${Environment}", {"a": {"Ref": "Key"}}]},
            },
        },
    },
    "Outputs": {"Prod": {"Condition": "IsProd", "Value": "x"}, "Id": {"Value": {"Ref": "Key"}}},
}


def folded(environment: str) -> Any:
    known = {"Environment": environment}
    return fold(TEMPLATE, Evaluator(TEMPLATE, lambda name: known.get(name, UNKNOWN)))


def test_known_values_are_filled_in_and_others_keep_their_intrinsic_function() -> None:
    assert folded("dev") == {
        "Description": "x",
        "Parameters": {"Topic": {"Type": "String"}},
        "Resources": {
            "Log": {
                "Type": "AWS::Logs::LogGroup",
                "DeletionPolicy": "Delete",
                "DependsOn": ["Key"],
                "Properties": {
                    "LogGroupName": {"Fn::Sub": "/sentry/dev/${Key}"},
                    "RetentionInDays": 14,
                    "Tags": ["b"],
                },
            },
            "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
            "Alarm": {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {
                    "AlarmActions": [{"Ref": "Topic"}],
                    "Peer": {"Fn::ImportValue": "sentry-dev-Id"},
                    "Both": {"Fn::Join": ["-", ["dev", {"Ref": "Key"}]]},
                    "Given": "dev/dev",
                    "Mixed": {"Fn::Sub": ["${a}/dev", {"a": {"Ref": "Key"}}]},
                },
            },
        },
        "Outputs": {"Id": {"Value": {"Ref": "Key"}}},
    }


def test_a_true_condition_keeps_its_branch() -> None:
    prod = folded("prod")
    assert prod["Resources"]["Guard"] == {"Type": "AWS::X::Y", "DependsOn": ["Key"]}
    log = prod["Resources"]["Log"]
    assert (log["DeletionPolicy"], log["DependsOn"]) == ("Retain", ["Guard", "Key"])
    assert (log["Properties"]["KmsKeyId"], log["Properties"]["Tags"]) == (
        {"Ref": "Key"},
        ["a", "b"],
    )
    assert set(prod["Outputs"]) == {"Prod", "Id"}
