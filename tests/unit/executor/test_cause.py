"""The root cause of a failed stack is its first failed event."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.aws.paging import members
from sentry_oms.executor.cause import first_failure, sentence


def event(status: str, resource: str = "", reason: str = "") -> dict[str, Any]:
    """Return an event of a resource, or of the stack itself."""
    return {
        "StackId": "arn:stack",
        "PhysicalResourceId": f"{resource}-1" if resource else "arn:stack",
        "LogicalResourceId": resource or "sentry-redis-dev",
        "ResourceType": "AWS::EC2::Thing" if resource else "AWS::CloudFormation::Stack",
        "ResourceStatus": status,
        **({"ResourceStatusReason": reason} if reason else {}),
    }


BEGUN = event("CREATE_IN_PROGRESS", reason="User Initiated")
CANCELLED = event("CREATE_FAILED", "Other", "Resource creation cancelled")
FIRST = event("CREATE_FAILED", "Group", "Rate exceeded")
LATER = event("CREATE_FAILED", "Late", "Another")
ROLLBACK = event("ROLLBACK_IN_PROGRESS", reason="The following resource(s) failed: [Group].")
TIMEOUT = event("ROLLBACK_IN_PROGRESS", reason="Stack creation time exceeded the timeout")
IN_USE = event("DELETE_FAILED", reason="Export is in use by sentry-task-dev")


@pytest.mark.parametrize(
    ("newest_first", "expected"),
    [
        ([ROLLBACK, LATER, CANCELLED, FIRST, BEGUN], FIRST),
        ([FIRST, CANCELLED, BEGUN], FIRST),
        ([LATER, event("UPDATE_IN_PROGRESS"), FIRST, BEGUN], LATER),
        ([IN_USE, event("DELETE_IN_PROGRESS")], IN_USE),
        ([TIMEOUT, BEGUN], TIMEOUT),
        ([event("CREATE_COMPLETE"), BEGUN], None),
    ],
    ids=["first", "not cancelled", "of the last operation", "of the stack", "timeout", "none"],
)
def test_the_cause_is_the_first_failure(
    newest_first: list[dict[str, Any]], expected: dict[str, Any] | None
) -> None:
    assert first_failure(newest_first) == expected


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        (FIRST, "Group (AWS::EC2::Thing) CREATE_FAILED: Rate exceeded"),
        (IN_USE, "DELETE_FAILED: Export is in use by sentry-task-dev"),
        (event("X", "Y", "a\n  b"), "Y (AWS::EC2::Thing) X: a b"),
    ],
)
def test_a_cause_is_one_line(failed: dict[str, Any], expected: str) -> None:
    assert sentence(failed) == expected


def test_only_the_necessary_pages_are_read() -> None:
    asked = []

    def ask(more: dict[str, str]) -> dict[str, Any]:
        asked.append(more)
        events = [BEGUN] if more else [FIRST]
        return {"StackEvents": events, "NextToken": str(len(asked) + 1)}

    assert first_failure(members(ask, "StackEvents")) == FIRST
    assert asked == [{}, {"NextToken": "2"}]
