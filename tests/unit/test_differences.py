"""A parameter keeps its deployed value if nothing else changes."""

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
    """A resolver that keeps its deployed value, or not."""

    def __init__(self, keeps: bool = True) -> None:
        self._keeps = keeps

    def if_nothing_else_changes(self, deployed: str) -> str | None:
        return deployed if self._keeps else None


def keep(
    values: dict[str, str] = SENT,
    template: dict[str, Any] = TEMPLATE,
    deployed_template: dict[str, Any] | None = None,
    deployed: dict[str, str] = DEPLOYED,
    tag: Any = None,
    **description: Any,
) -> dict[str, str]:
    pairs = [{"ParameterKey": key, "ParameterValue": value} for key, value in deployed.items()]
    tags = [{"Key": "Project", "Value": "sentry-oms"}]
    return kept(
        {"ImageTag": tag or Tag(), "Cpu": "256"},
        values,
        stack(),
        {"Parameters": pairs, "Tags": tags, **description},
        lambda: template,
        lambda: template if deployed_template is None else deployed_template,
    )


def parameter(**more: Any) -> dict[str, Any]:
    """Return the template with another parameter."""
    return {**TEMPLATE, "Parameters": {**TEMPLATE["Parameters"], "Token": more}}


def test_an_image_tag_keeps_its_deployed_value() -> None:
    assert keep() == {"ImageTag": "old"}


@pytest.mark.parametrize(
    "differing",
    [
        pytest.param({"values": {**SENT, "Cpu": "512"}}, id="another parameter"),
        pytest.param({"values": {**SENT, "Exchanges": "okx"}}, id="a list"),
        pytest.param({"deployed": {**DEPLOYED, "Cpu": "512"}}, id="a default"),
        pytest.param({"values": {**SENT, "Memory": "512"}}, id="an unknown parameter"),
        pytest.param({"deployed": {**DEPLOYED, "Old": "1"}}, id="a removed parameter"),
        pytest.param({"deployed_template": {"Resources": {}}}, id="the template"),
        pytest.param({"Tags": []}, id="the stack's tags"),
        pytest.param({"NotificationARNs": ["arn"]}, id="its notifications"),
        pytest.param({"tag": Tag(keeps=False)}, id="the service"),
    ],
)
def test_it_changes_with_another_change(differing: dict[str, Any]) -> None:
    assert keep(**differing) == {}


@pytest.mark.parametrize(
    "template",
    [
        pytest.param(parameter(Type="String", NoEcho=True), id="a NoEcho value"),
        pytest.param(parameter(Type="AWS::SSM::Parameter::Value<String>"), id="a value from SSM"),
        pytest.param({**TEMPLATE, "Transform": "x"}, id="a transform"),
    ],
)
def test_it_changes_if_another_difference_may_be_hidden(template: dict[str, Any]) -> None:
    token = {"Token": "****"} if "Token" in template["Parameters"] else {}
    assert keep({**SENT, **token}, template, deployed={**DEPLOYED, **token}) == {}


@pytest.mark.parametrize("parameters", [{"ImageTag": "new"}, {}])
def test_an_equal_or_new_value_is_not_compared(parameters: dict[str, str]) -> None:
    def fail() -> Any:
        raise AssertionError

    pairs = [{"ParameterKey": key, "ParameterValue": one} for key, one in parameters.items()]
    description = {"Parameters": pairs} if pairs else {}
    assert kept({"ImageTag": Tag()}, {"ImageTag": "new"}, stack(), description, fail, fail) == {}
