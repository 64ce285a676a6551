"""When a parameter keeps its deployed value because nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.aws.differences import kept
from tests.unit.tags import stack

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "ImageTag": {"Type": "String"},
        "Cpu": {"Type": "String", "Default": "256"},
        "Exchanges": {"Type": "CommaDelimitedList"},
    },
    "Resources": {},
}
DEPLOYED = {"ImageTag": "old", "Cpu": "256", "Exchanges": "okx,bingx"}
SENT = {"ImageTag": "new", "Exchanges": "okx, bingx"}


class Tag:
    """A resolver's method, as an image tag has it."""

    def __init__(self, keeps: bool = True) -> None:
        self._keeps = keeps

    def if_nothing_else_changes(self, deployed: str) -> str | None:
        return deployed if self._keeps else None


def owner() -> Any:
    found = stack()
    found.notifications, found.cloudformation_service_role = [], None
    return found


def keep(
    values: dict[str, str] = SENT,
    template: dict[str, Any] = TEMPLATE,
    deployed_template: dict[str, Any] = TEMPLATE,
    deployed: dict[str, str] = DEPLOYED,
    tag: Any = None,
    **description: Any,
) -> dict[str, str]:
    pairs = [{"ParameterKey": key, "ParameterValue": value} for key, value in deployed.items()]
    tags = [{"Key": "Project", "Value": "sentry-oms"}]
    found = {"Parameters": pairs, "Tags": tags, **description}
    return kept(
        {"ImageTag": tag or Tag(), "Cpu": "256"},
        values,
        owner(),
        found,
        lambda: template,
        lambda: deployed_template,
    )


def parameter(**more: Any) -> dict[str, Any]:
    """The template, with another parameter that both sides have."""
    return {**TEMPLATE, "Parameters": {**TEMPLATE["Parameters"], "Token": more}}


def test_a_tag_keeps_its_deployed_value() -> None:
    assert keep() == {"ImageTag": "old"}


@pytest.mark.parametrize(
    "differing",
    [
        pytest.param({"values": {**SENT, "Cpu": "512"}}, id="another parameter"),
        pytest.param({"values": {**SENT, "Exchanges": "okx"}}, id="a list"),
        pytest.param({"deployed": {**DEPLOYED, "Cpu": "512"}}, id="one that goes to its default"),
        pytest.param({"values": {**SENT, "Memory": "512"}}, id="one that the template lacks"),
        pytest.param({"deployed": {**DEPLOYED, "Old": "1"}}, id="one that it has no longer"),
        pytest.param({"deployed_template": {"Resources": {}}}, id="the template"),
        pytest.param({"Tags": []}, id="the stack's tags"),
        pytest.param({"NotificationARNs": ["arn"]}, id="its notifications"),
        pytest.param({"tag": Tag(keeps=False)}, id="the service"),
    ],
)
def test_it_changes_with_whatever_else_changes(differing: dict[str, Any]) -> None:
    assert keep(**differing) == {}


@pytest.mark.parametrize(
    "template",
    [
        pytest.param(parameter(Type="String", NoEcho=True), id="a NoEcho value"),
        pytest.param(parameter(Type="AWS::SSM::Parameter::Value<String>"), id="one from SSM"),
        pytest.param({**TEMPLATE, "Transform": "x"}, id="a transform"),
    ],
)
def test_it_changes_if_a_difference_can_be_hidden(template: dict[str, Any]) -> None:
    token = {"Token": "****"} if "Token" in template["Parameters"] else {}
    values, deployed = {**SENT, **token}, {**DEPLOYED, **token}
    assert keep(values, template, template, deployed) == {}


def test_without_another_value_nothing_is_asked() -> None:
    def fail() -> Any:
        raise AssertionError

    pairs = [{"ParameterKey": "ImageTag", "ParameterValue": "old"}]
    assert (
        kept({"ImageTag": Tag()}, {"ImageTag": "old"}, owner(), {"Parameters": pairs}, fail, fail)
        == {}
    )
    assert kept({"ImageTag": Tag()}, {"ImageTag": "old"}, owner(), {}, fail, fail) == {}
