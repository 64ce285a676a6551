"""``!service_linked_role``."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from hooks.service_linked_role import SETTLE_SECONDS, ServiceLinkedRole
from tests.unit.tags import Clock, calls, refusal, stack

NOW = 1_800_000_000.0
MISSING: dict[str, Any] = {"Roles": []}
TAKEN = refusal("InvalidInput", "Service role name AWSServiceRoleForECS has been taken")


def found(age: float) -> dict[str, Any]:
    """Return ListRoles' answer for a role that was created so many seconds ago."""
    created = datetime.fromtimestamp(NOW - age, timezone.utc)
    return {"Roles": [{"RoleName": "AWSServiceRoleForECS", "CreateDate": created}]}


CREATED = {"Role": found(0)["Roles"][0]}


def run(*responses: Any, argument: Any = "ecs") -> tuple[Any, list[float]]:
    """Run the hook; return its stack, and how long it slept."""
    owner, clock = stack("dev/cluster-oms", *responses), Clock()
    ServiceLinkedRole(argument, owner, clock=lambda: NOW, sleep=clock.sleep).run()
    return owner, clock.slept


def test_an_old_role_is_left_alone() -> None:
    owner, slept = run(found(SETTLE_SECONDS))
    assert slept == []
    assert calls(owner) == [("list_roles", {"PathPrefix": "/aws-service-role/ecs.amazonaws.com/"})]


def test_a_missing_role_is_created_and_waited_for() -> None:
    owner, slept = run(MISSING, CREATED, argument={"service": "ecs"})
    assert slept == [SETTLE_SECONDS]
    created = ("create_service_linked_role", {"AWSServiceName": "ecs.amazonaws.com"})
    assert calls(owner)[1:] == [created]


@pytest.mark.parametrize(
    ("responses", "slept"),
    [
        pytest.param([found(5)], SETTLE_SECONDS - 5, id="it is new"),
        pytest.param([found(-300)], SETTLE_SECONDS, id="this machine's clock is late"),
        pytest.param([MISSING, TAKEN, found(1)], SETTLE_SECONDS - 1, id="another stack was faster"),
    ],
)
def test_a_new_role_is_waited_for_until_it_can_be_assumed(
    responses: list[Any], slept: float
) -> None:
    assert run(*responses)[1] == [slept]


@pytest.mark.parametrize("responses", [[MISSING, CREATED], [found(1)]])
def test_a_stack_that_does_not_use_the_service_does_not_wait(responses: list[Any]) -> None:
    assert run(*responses, argument={"service": "ecs", "wait": False})[1] == []


def test_another_error_is_raised() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        run(MISSING, refusal("AccessDenied"), MISSING)
