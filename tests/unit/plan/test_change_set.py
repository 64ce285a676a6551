"""A change set is read whole, and deleted whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.executor.pace import PACE
from sentry_oms.plan.change_set import LONGEST_SECONDS, NAME, ChangeSetError, changes_of
from tests.unit.tags import calls, refusal, stack

CREATED = {"Id": "x"}
DELETED: dict[str, Any] = {}


def double(*responses: Any) -> Any:
    one = stack("dev/sqs", *responses)
    one.cloudformation_service_role = None
    one.notifications = []
    one.template.get_boto_call_parameter.return_value = {"TemplateBody": "{}"}
    return one


def asked(one: Any, seconds: float = 1.0) -> Any:
    now = [0.0]

    def clock() -> float:
        now[0] += seconds
        return now[0]

    return changes_of(one, [], PACE, clock, lambda _: None)


def test_all_pages_are_read_of_a_name_of_its_own() -> None:
    one = double(
        CREATED,
        {"Status": "CREATE_IN_PROGRESS"},
        {"Status": "CREATE_COMPLETE", "Changes": [{"a": 1}], "NextToken": "more"},
        {"Status": "CREATE_COMPLETE", "Changes": [{"b": 2}]},
        DELETED,
    )
    assert asked(one) == [{"a": 1}, {"b": 2}]
    commands = [command for command, _ in calls(one)]
    assert commands == ["create_change_set", *["describe_change_set"] * 3, "delete_change_set"]
    names = {arguments["ChangeSetName"] for _, arguments in calls(one)}
    assert len(names) == 1
    assert names.pop().startswith(NAME)
    assert calls(one)[0][1]["ChangeSetType"] == "UPDATE"


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit ...",
        "No updates are to be performed.",
    ],
)
def test_no_change_is_no_error(reason: str) -> None:
    one = double(CREATED, {"Status": "FAILED", "StatusReason": reason}, DELETED)
    assert asked(one) == []
    assert calls(one)[-1][0] == "delete_change_set"


def test_a_refusal_is_one_line() -> None:
    one = double(CREATED, {"Status": "FAILED", "StatusReason": "Template\n error"}, DELETED)
    with pytest.raises(ChangeSetError, match="refuses the change: Template error"):
        asked(one)
    assert calls(one)[-1][0] == "delete_change_set"


def test_it_is_deleted_where_even_its_creation_fails() -> None:
    one = double(ConnectionError("reset"), refusal("ChangeSetNotFound"))
    with pytest.raises(ConnectionError):
        asked(one)
    assert calls(one)[-1][0] == "delete_change_set"


def test_it_is_deleted_on_ctrl_c() -> None:
    one = double(CREATED, KeyboardInterrupt(), DELETED)
    with pytest.raises(KeyboardInterrupt):
        asked(one)
    assert calls(one)[-1][0] == "delete_change_set"


def test_one_that_is_busy_is_deleted_later() -> None:
    done = {"Status": "CREATE_COMPLETE"}
    one = double(CREATED, done, refusal("InvalidChangeSetStatus"), DELETED)
    assert asked(one) == []


def test_one_that_is_left_is_named_with_the_command_that_deletes_it() -> None:
    one = double(CREATED, {"Status": "CREATE_COMPLETE"}, refusal("AccessDenied"))
    with pytest.raises(ChangeSetError, match=r"delete-change-set --stack-name sentry-sqs-dev"):
        asked(one)


def test_it_does_not_wait_forever() -> None:
    pending = {"Status": "CREATE_PENDING"}
    one = double(CREATED, pending, pending, DELETED)
    with pytest.raises(ChangeSetError, match=f"after {LONGEST_SECONDS} s"):
        asked(one, seconds=LONGEST_SECONDS)
