"""A service that was deleted by hand is an error while its stack has it."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.aws.service_gone import ServiceGone
from sentry_oms.aws.service_image import ServiceImage, described
from sentry_oms.aws.view import StackKey, View
from tests.unit.ecs import ARGUMENT, NO_SERVICE, services
from tests.unit.tags import commands, stack

WANTED = ServiceImage(**ARGUMENT)
GONE = services()
GONE["services"][0]["status"] = "INACTIVE"


def having(
    status: str = "CREATE_COMPLETE",
    type_: str = "AWS::ECS::Service",
    arn: str = "arn:aws:ecs:us-east-1:000000000000:service/c/s",
) -> dict[str, Any]:
    resource = {"ResourceStatus": status, "ResourceType": type_, "PhysicalResourceId": arn}
    return {"StackResources": [resource]}


def described_with(*answers: Any) -> Any:
    owner, view = stack("dev/task-oms", *answers), View()
    view.see(StackKey.of(owner), {"StackStatus": "CREATE_COMPLETE"})
    return described(owner, WANTED, view)


@pytest.mark.parametrize(
    ("answer", "words"), [(GONE, "s of cluster c is INACTIVE"), (NO_SERVICE, "s of cluster c does")]
)
def test_it_names_the_service_and_what_creates_it_again(answer: Any, words: str) -> None:
    with pytest.raises(ServiceGone, match=words) as raised:
        described_with(answer, having())
    assert "sceptre --ignore-dependencies delete dev/task-oms" in str(raised.value)


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param(having("DELETE_COMPLETE"), id="its creation was rolled back"),
        pytest.param(having(type_="AWS::ECS::TaskDefinition"), id="another type"),
        pytest.param(having(arn="service/c/other-s"), id="another service"),
    ],
)
def test_a_stack_without_the_service_may_create_it(resources: Any) -> None:
    assert described_with(GONE, resources) is None


def test_a_stack_that_does_not_exist_is_not_asked() -> None:
    owner = stack("dev/task-oms", GONE)
    assert described(owner, WANTED, View()) is None
    assert commands(owner) == ["describe_services"]
