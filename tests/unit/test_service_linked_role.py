"""What the hook ``!service_linked_role`` promises; the AWS side is a stub."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from sceptre.exceptions import InvalidHookArgumentValueError

from hooks.service_linked_role import ServiceLinkedRole
from tests.unit.tags import calls, refusal, stack

PATH = {"PathPrefix": "/aws-service-role/ecs.amazonaws.com/"}
FOUND = {"Roles": [{"RoleName": "AWSServiceRoleForECS"}]}
TAKEN = refusal("InvalidInput", "Service role name AWSServiceRoleForECS has been taken")


def test_a_role_that_exists_is_left_alone() -> None:
    owner = stack("dev/cluster-oms", FOUND)
    ServiceLinkedRole("ecs", owner).run()
    assert calls(owner) == [("list_roles", PATH)]


def test_a_missing_role_is_created() -> None:
    owner = stack("dev/cluster-oms", {"Roles": []}, {})
    ServiceLinkedRole({"service": "ecs"}, owner).run()
    assert calls(owner)[1] == (
        "create_service_linked_role",
        {"AWSServiceName": "ecs.amazonaws.com"},
    )


def test_another_stack_that_was_faster_is_no_error() -> None:
    ServiceLinkedRole("ecs", stack("dev/cluster-oms", {"Roles": []}, TAKEN, FOUND)).run()


def test_any_other_refusal_is_passed_on() -> None:
    owner = stack("dev/cluster-oms", {"Roles": []}, refusal("AccessDenied"), {"Roles": []})
    with pytest.raises(ClientError, match="AccessDenied"):
        ServiceLinkedRole("ecs", owner).run()


@pytest.mark.parametrize("argument", ["ECS", "ecs/", None, {"service": "ecs", "x": 1}])
def test_a_wrong_argument_is_named(argument: Any) -> None:
    with pytest.raises(
        InvalidHookArgumentValueError, match=r"^dev/cluster-oms: !service_linked_role (service|x):"
    ):
        ServiceLinkedRole(argument, stack("dev/cluster-oms")).run()
