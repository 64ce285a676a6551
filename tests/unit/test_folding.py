"""A template as one environment gets it."""

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


def test_conditions_are_decided() -> None:
    dev, prod = folded("dev"), folded("prod")
    assert "Conditions" not in dev
    assert "Rules" not in dev
    assert "Guard" not in dev["Resources"]
    assert prod["Resources"]["Guard"] == {"Type": "AWS::X::Y", "DependsOn": ["Key"]}
    assert dev["Resources"]["Log"]["DeletionPolicy"] == "Delete"
    assert prod["Resources"]["Log"]["DeletionPolicy"] == "Retain"
    assert set(dev["Outputs"]) == {"Id"}


def test_what_a_condition_leaves_out_is_left_out_everywhere() -> None:
    log = folded("dev")["Resources"]["Log"]
    assert log["DependsOn"] == ["Key"]
    assert "KmsKeyId" not in log["Properties"]
    assert log["Properties"]["Tags"] == ["b"]
    assert folded("prod")["Resources"]["Log"]["Properties"]["Tags"] == ["a", "b"]


def test_mappings_and_parameters_are_filled_in() -> None:
    log = folded("dev")["Resources"]["Log"]["Properties"]
    assert log["RetentionInDays"] == 14
    alarm = folded("dev")["Resources"]["Alarm"]["Properties"]
    assert alarm["Given"] == "dev/dev"


def test_what_only_cloudformation_knows_stays_with_the_rest_filled_in() -> None:
    dev = folded("dev")["Resources"]
    assert dev["Log"]["Properties"]["LogGroupName"] == {"Fn::Sub": "/sentry/dev/${Key}"}
    alarm = dev["Alarm"]["Properties"]
    assert alarm["Peer"] == {"Fn::ImportValue": "sentry-dev-Id"}
    assert alarm["Both"] == {"Fn::Join": ["-", ["dev", {"Ref": "Key"}]]}
    assert alarm["Mixed"] == {"Fn::Sub": ["${a}/dev", {"a": {"Ref": "Key"}}]}


def test_a_parameter_that_nobody_knows_stays_a_parameter() -> None:
    dev = folded("dev")
    assert dev["Parameters"] == {"Topic": {"Type": "String"}}
    assert dev["Resources"]["Alarm"]["Properties"]["AlarmActions"] == [{"Ref": "Topic"}]
