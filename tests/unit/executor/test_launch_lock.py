"""Who holds a launch lock, which stacks share one, and what its table's absence changes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sentry_oms.executor.launch_lock import (
    TABLE_SECONDS,
    Holder,
    LaunchLock,
    LockError,
    locked,
    locks_of,
)
from tests.unit.tags import Clock, calls, commands, refusal, stack

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
MINE = Holder.of("launch of 2 stacks", {}, NOW)
NO_TABLE, NEW_TABLE = refusal("ResourceNotFoundException"), refusal("ResourceInUseException")


def taken_by(holder: Holder) -> ClientError:
    error = refusal("ConditionalCheckFailedException")
    error.response.update({"Item": {"Holder": {"S": holder.model_dump_json()}}})  # type: ignore[typeddict-item]
    return error


def locking(name: str, *responses: Any, on: bool = True) -> Any:
    double = stack(name, *responses)
    double.project_code, double.profile = "sentry", None
    double.stack_group_config = {"launch_lock": on}
    return double


def lock(*responses: Any) -> tuple[LaunchLock, Any]:
    double = locking("dev/vpc", *responses)
    (found,) = locks_of([double])
    return found, double


def test_an_environment_has_one_lock_and_only_if_config_asks() -> None:
    stacks = [locking("dev/vpc"), locking("dev/sqs"), locking("prod/vpc")]
    stacks.append(locking("other/vpc", on=False))
    tables = [one.table for one in locks_of(stacks)]
    assert tables == ["sentry-launches-dev", "sentry-launches-prod"]


def test_only_a_command_that_writes_takes_the_lock() -> None:
    double = locking("dev/vpc", {}, {})
    with locked("diff", [double]):
        assert commands(double) == []
    with locked("delete", [double]):
        assert commands(double) == ["put_item"]
    assert commands(double) == ["put_item", "delete_item"]


def test_the_first_launch_creates_the_table_and_waits_for_it() -> None:
    found, double = lock(NO_TABLE, NEW_TABLE, NO_TABLE, {})
    clock = Clock()
    assert found.take(MINE, clock, clock.sleep) is MINE
    assert commands(double) == ["put_item", "create_table", "put_item", "put_item"]
    assert clock.slept == [1]


def test_the_wait_for_the_table_ends() -> None:
    found, double = lock()
    clock = Clock()
    double.connection_manager.call.side_effect = [NO_TABLE, {}, *[NO_TABLE] * 99]
    with pytest.raises(ClientError):
        found.take(MINE, clock, clock.sleep)
    assert TABLE_SECONDS < clock.now <= TABLE_SECONDS + 1


def test_a_repeated_call_finds_its_own_lock() -> None:
    """Its first response was lost, so botocore repeated it."""
    found, _ = lock(taken_by(MINE))
    assert found.take(MINE, Clock(), Clock().sleep) == MINE


def test_a_missing_permission_is_named() -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "PutItem")
    found, _ = lock(denied)
    with pytest.raises(LockError, match=r"dev: .* dynamodb:PutItem on table sentry-launches-dev"):
        found.take(MINE, Clock(), Clock().sleep)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_the_lock_is_released_after_a_failure(error: type[BaseException]) -> None:
    double = locking("dev/vpc", {}, {})
    with pytest.raises(error), locked("launch", [double]):
        raise error
    assert commands(double) == ["put_item", "delete_item"]


def test_a_lock_that_can_not_be_released_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    broken = locking("dev/vpc", {}, refusal("ConditionalCheckFailedException"))
    lost = locking("dev/vpc", {}, refusal("InternalServerError"))
    for double in (broken, lost):
        with locked("launch", [double]):
            pass
    assert "was removed during the run" in caplog.messages[0]
    assert "oms unlock dev" in caplog.messages[1]


def test_the_locks_that_were_taken_are_released_after_a_refusal() -> None:
    first, second = locking("dev/vpc", {}, {}), locking("prod/vpc", taken_by(MINE))
    with pytest.raises(LockError, match="prod is locked by .*: oms unlock prod"):
        locked("launch", [first, second]).__enter__()
    assert commands(first) == ["put_item", "delete_item"]
    assert commands(second) == ["put_item"]
    (put, delete) = (arguments for _, arguments in calls(first))
    assert put["Item"]["LockId"] == delete["ExpressionAttributeValues"][":id"]


def test_a_holder_says_who_since_when_and_where() -> None:
    github = {
        "GITHUB_ACTOR": "alice",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "org/infra",
        "GITHUB_RUN_ID": "7",
    }
    words = Holder.of("launch of 16 stacks", github, NOW).described(NOW + timedelta(minutes=12))
    assert words.startswith("alice@")
    assert " for 12:00 (launch of 16 stacks, process " in words
    assert words.endswith(", https://github.com/org/infra/actions/runs/7)")
    assert MINE.run == ""
