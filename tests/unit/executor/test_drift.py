"""What a drift detection says to a person, and what it ends with."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.executor.drift import FOUND, NONE, UNKNOWN, Drift, exit_code, lines


def queue(expected: str = "120", actual: str = "60") -> dict[str, Any]:
    return {
        "LogicalResourceId": "Orders",
        "ResourceType": "AWS::SQS::Queue",
        "StackResourceDriftStatus": "MODIFIED",
        "PropertyDifferences": [
            {
                "PropertyPath": "/VisibilityTimeout",
                "ExpectedValue": expected,
                "ActualValue": actual,
                "DifferenceType": "NOT_EQUAL",
            }
        ],
    }


GONE = {
    "LogicalResourceId": "Table",
    "ResourceType": "AWS::DynamoDB::Table",
    "StackResourceDriftStatus": "DELETED",
}


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (["IN_SYNC", "NOT_CHECKED"], NONE),
        (["IN_SYNC", "DRIFTED"], FOUND),
        (["DRIFTED", "STACK_DOES_NOT_EXIST"], UNKNOWN),
        (["IN_SYNC", "TIMED_OUT"], UNKNOWN),
        (["DETECTION_FAILED"], UNKNOWN),
        (["UNKNOWN"], UNKNOWN),
    ],
)
def test_what_is_not_known_goes_before_what_drifted(statuses: list[str], code: int) -> None:
    assert exit_code(Drift(f"dev/{n}", status) for n, status in enumerate(statuses)) == code


def test_each_difference_is_a_line_with_both_values() -> None:
    said = list(lines([Drift("dev/sqs", "DRIFTED", [queue()]), Drift("dev/vpc", "IN_SYNC")]))
    assert said[:2] == [
        "drifted: dev/sqs: Orders (AWS::SQS::Queue) /VisibilityTimeout is 60, launched as 120",
        "drift: 1 drifted, 1 as launched",
    ]
    assert said[2].startswith("A launch does not undo it")


def test_a_resource_that_is_gone_and_a_stack_that_is_not_there() -> None:
    said = list(
        lines([Drift("dev/data", "DRIFTED", [GONE]), Drift("dev/a", "STACK_DOES_NOT_EXIST")])
    )
    assert said[0] == "drifted: dev/data: Table (AWS::DynamoDB::Table) is gone"
    assert said[1] == "not known: dev/a: STACK_DOES_NOT_EXIST"
    assert said[2] == "drift: 1 drifted, 1 not known"


def test_without_drift_nothing_is_to_be_done() -> None:
    assert list(lines([Drift("dev/vpc", "IN_SYNC")])) == ["drift: 1 as launched"]


@pytest.mark.parametrize("expected", ["{{resolve:secretsmanager:sentry/dev}}", "****"])
def test_a_secret_is_not_said(expected: str) -> None:
    (line, *_) = lines([Drift("dev/redis", "DRIFTED", [queue(expected, "hunter2")])])
    assert line.endswith("/VisibilityTimeout is (not shown), launched as (not shown)")


def test_what_was_not_set_and_what_is_long() -> None:
    (line, *_) = lines([Drift("dev/sqs", "DRIFTED", [queue("null", "x" * 200)])])
    assert line.endswith(f"is {'x' * 100}..., launched as nothing")
