"""The first event that failed, out of what CloudFormation lists newest first."""

from __future__ import annotations

from typing import Any

from sentry_oms.aws.paging import members
from sentry_oms.executor.cause import first_failure, sentence


def event(status: str, resource: str = "sentry-redis-dev", reason: str = "") -> dict[str, Any]:
    own = resource == "sentry-redis-dev"
    return {
        "StackId": "arn:stack",
        "PhysicalResourceId": "arn:stack" if own else f"{resource}-1",
        "LogicalResourceId": resource,
        "ResourceType": "AWS::CloudFormation::Stack" if own else "AWS::EC2::Thing",
        "ResourceStatus": status,
        **({"ResourceStatusReason": reason} if reason else {}),
    }


CANCELLED = event("CREATE_FAILED", "Other", "Resource creation cancelled")
TRUE = event("CREATE_FAILED", "Group", "Rate exceeded")
LATER = event("CREATE_FAILED", "Late", "Another")
ROLLBACK = event(
    "ROLLBACK_IN_PROGRESS", reason="The following resource(s) failed to create: [Group]."
)
BEGUN = event("CREATE_IN_PROGRESS", reason="User Initiated")


def cause(*newest_first: dict[str, Any]) -> str | None:
    found = first_failure(newest_first)
    return sentence(found) if found else None


def test_it_is_the_first_that_failed_of_itself() -> None:
    found = cause(ROLLBACK, LATER, CANCELLED, TRUE, BEGUN)
    assert found == "Group (AWS::EC2::Thing) CREATE_FAILED: Rate exceeded"


def test_what_was_only_cancelled_is_not_the_cause_even_if_it_comes_first() -> None:
    assert cause(TRUE, CANCELLED, BEGUN) == sentence(TRUE)


def test_an_earlier_operation_does_not_count() -> None:
    update = event("UPDATE_IN_PROGRESS")
    new = event("UPDATE_FAILED", "Group", "No")
    assert cause(new, update, TRUE, BEGUN) == sentence(new)


def test_without_a_resource_that_failed_the_stack_itself_says_why() -> None:
    deleted = event("DELETE_FAILED", reason="Export is in use by sentry-task-dev")
    found = cause(deleted, event("DELETE_IN_PROGRESS"))
    assert found == "DELETE_FAILED: Export is in use by sentry-task-dev"


def test_a_timeout_is_said_by_the_rollback() -> None:
    timeout = event("ROLLBACK_IN_PROGRESS", reason="Stack creation time exceeded the timeout")
    assert cause(timeout, BEGUN) == (
        "ROLLBACK_IN_PROGRESS: Stack creation time exceeded the timeout"
    )


def test_a_reason_of_many_lines_is_one_line() -> None:
    assert "a b" in (cause(event("CREATE_FAILED", "X", "a\n  b"), BEGUN) or "")


def test_where_nothing_failed_there_is_no_cause() -> None:
    assert cause(event("CREATE_COMPLETE"), BEGUN) is None


def test_pages_are_read_only_as_far_as_they_are_needed() -> None:
    asked = []

    def ask(more: dict[str, str]) -> dict[str, Any]:
        asked.append(more)
        if not more:
            return {"StackEvents": [TRUE], "NextToken": "2"}
        return {"StackEvents": [BEGUN], "NextToken": "3"}

    assert first_failure(members(ask, "StackEvents")) == TRUE
    assert asked == [{}, {"NextToken": "2"}]
