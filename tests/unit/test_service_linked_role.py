"""What the hook ``!service_linked_role`` promises; the AWS side is a stub."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sceptre.exceptions import InvalidHookArgumentValueError

from hooks.service_linked_role import SETTLE_SECONDS, ServiceLinkedRole
from tests.unit.tags import calls, refusal, stack

PATH = {"PathPrefix": "/aws-service-role/ecs.amazonaws.com/"}
NOW = 1_800_000_000.0
TAKEN = refusal("InvalidInput", "Service role name AWSServiceRoleForECS has been taken")
WITHOUT_WAIT = {"service": "ecs", "wait": False}


def found(age: float) -> dict[str, Any]:
    """What ListRoles answers if the role was created so many seconds ago."""
    created = datetime.fromtimestamp(NOW - age, timezone.utc)
    return {"Roles": [{"RoleName": "AWSServiceRoleForECS", "CreateDate": created}]}


def created_now() -> dict[str, Any]:
    return {"Role": found(0)["Roles"][0]}


def waits(owner: Any, argument: Any = "ecs") -> list[float]:
    """Run the hook; how long it slept."""
    slept: list[float] = []
    ServiceLinkedRole(argument, owner, clock=lambda: NOW, sleep=slept.append).run()
    return slept


def test_an_old_role_is_left_alone() -> None:
    owner = stack("dev/cluster-oms", found(3600))
    assert waits(owner) == []
    assert calls(owner) == [("list_roles", PATH)]


def test_a_missing_role_is_created_and_waited_for() -> None:
    owner = stack("dev/cluster-oms", {"Roles": []}, created_now())
    assert waits(owner, {"service": "ecs"}) == [SETTLE_SECONDS]
    assert calls(owner)[1:] == [
        ("create_service_linked_role", {"AWSServiceName": "ecs.amazonaws.com"})
    ]


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (5, [SETTLE_SECONDS - 5]),
        (SETTLE_SECONDS, []),
        # The clock of this machine may differ from that of AWS.
        (-300, [SETTLE_SECONDS]),
    ],
)
def test_a_new_role_is_waited_for_until_it_can_be_assumed(
    age: float, expected: list[float]
) -> None:
    assert waits(stack("dev/cluster-oms", found(age))) == expected


@pytest.mark.parametrize("responses", [[{"Roles": []}, created_now()], [found(1)]])
def test_a_stack_that_does_not_use_the_service_need_not_wait(responses: list[Any]) -> None:
    assert waits(stack("dev/vpc", *responses), WITHOUT_WAIT) == []


def test_another_stack_that_was_faster_is_no_error() -> None:
    owner = stack("dev/cluster-oms", {"Roles": []}, TAKEN, found(1))
    assert waits(owner) == [SETTLE_SECONDS - 1]


def test_any_other_refusal_is_passed_on() -> None:
    owner = stack("dev/cluster-oms", {"Roles": []}, refusal("AccessDenied"), {"Roles": []})
    with pytest.raises(ClientError, match="AccessDenied"):
        waits(owner)


@pytest.mark.parametrize("argument", ["ECS", "ecs/", None, {"service": "ecs", "x": 1}])
def test_a_wrong_argument_is_named(argument: Any) -> None:
    with pytest.raises(
        InvalidHookArgumentValueError, match=r"^dev/cluster-oms: !service_linked_role (service|x):"
    ):
        ServiceLinkedRole(argument, stack("dev/cluster-oms")).run()
