"""A change set is read completely and always deleted."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from sentry_oms.executor.pace import PACE
from sentry_oms.plan.change_set import LONGEST_SECONDS, NAME, ChangeSetError, changes_of
from tests.unit.tags import calls, commands, refusal, stack

CREATED = {"Id": "x"}
DELETED: dict[str, Any] = {}
COMPLETE = {"Status": "CREATE_COMPLETE"}


def failed(reason: str) -> dict[str, Any]:
    return {"Status": "FAILED", "StatusReason": reason}


def double(*responses: Any) -> Any:
    one = stack("dev/sqs", *responses)
    one.template.get_boto_call_parameter.return_value = {"TemplateBody": "{}"}
    return one


def asked(*responses: Any) -> tuple[Any, list[Any]]:
    """Return the stack and its changes."""
    one = double(*responses)
    return one, changes_of(one, [], PACE, count(0.0).__next__, lambda _: None)


def test_all_pages_of_a_change_set_with_a_unique_name_are_read() -> None:
    one, found = asked(
        CREATED,
        {"Status": "CREATE_IN_PROGRESS"},
        {**COMPLETE, "Changes": [{"a": 1}], "NextToken": "more"},
        {**COMPLETE, "Changes": [{"b": 2}]},
        DELETED,
    )
    assert found == [{"a": 1}, {"b": 2}]
    assert commands(one) == ["create_change_set", *["describe_change_set"] * 3, "delete_change_set"]
    (name,) = {arguments["ChangeSetName"] for _, arguments in calls(one)}
    assert name.startswith(NAME)
    assert calls(one)[0][1]["ChangeSetType"] == "UPDATE"


@pytest.mark.parametrize(
    "answers",
    [
        (failed("The submitted information didn't contain changes. Submit ..."), DELETED),
        (failed("No updates are to be performed."), DELETED),
        (COMPLETE, refusal("InvalidChangeSetStatus"), DELETED),
    ],
    ids=["no changes", "no updates", "busy when it is deleted"],
)
def test_a_change_set_without_changes_is_deleted(answers: tuple[Any, ...]) -> None:
    one, found = asked(CREATED, *answers)
    assert found == []
    assert commands(one)[-1] == "delete_change_set"


@pytest.mark.parametrize(
    ("responses", "error", "match"),
    [
        ((CREATED, failed("Template\n error"), DELETED), ChangeSetError, ": Template error"),
        ((ConnectionError("reset"), refusal("ChangeSetNotFound")), ConnectionError, "reset"),
        ((CREATED, KeyboardInterrupt("^C"), DELETED), KeyboardInterrupt, "C"),
        (
            (CREATED, COMPLETE, refusal("AccessDenied")),
            ChangeSetError,
            "delete-change-set --stack-name sentry-sqs-dev",
        ),
        (
            (CREATED, {"Status": "CREATE_PENDING"}, {"Status": "CREATE_PENDING"}, DELETED),
            ChangeSetError,
            f"after {LONGEST_SECONDS} s",
        ),
    ],
    ids=["refused", "not created", "interrupted", "not deleted", "pending"],
)
def test_after_an_error_a_change_set_is_deleted(
    responses: tuple[Any, ...], error: type[BaseException], match: str
) -> None:
    one = double(*responses)
    with pytest.raises(error, match=match):
        changes_of(one, [], PACE, count(0, LONGEST_SECONDS).__next__, lambda _: None)
    assert commands(one)[-1] == "delete_change_set"
