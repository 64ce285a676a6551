"""Values of secrets are masked; others are shown as one printable line."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.cloudformation.no_echo import MASKED
from sentry_oms.executor.drift.masking import mask_for


def shown(
    written: Any,
    path: str = "/Value",
    value: str = "hunter2",
    parameters: dict[str, str] | None = None,
    **template: Any,
) -> str:
    """Return the shown value of a resource whose property ``Value`` is written like this."""
    resources = {"R": {"Type": "T", "Properties": {"Value": written}}}
    declared = {
        "Hidden": {"Type": "String", "NoEcho": True},
        "Plain": {"Type": "String", "Default": "x"},
        "Referring": {"Type": "String", "Default": "{{resolve:secretsmanager:a}}"},
    }
    whole = {"Parameters": declared, "Resources": resources, **template}
    return mask_for(whole, parameters or {})("R", path, value)


RESOLVE = "{{resolve:secretsmanager:a:SecretString}}"


@pytest.mark.parametrize(
    "written",
    [
        {"Ref": "Hidden"},
        {"Fn::Sub": "redis://${Hidden}@host"},
        {"Fn::Sub": ["${x}", {"x": {"Ref": "Hidden"}}]},
        {"Fn::If": ["C", {"Fn::Join": ["", ["a", {"Ref": "Hidden"}]]}, "b"]},
        [{"Name": "A", "Value": "b"}, {"Name": "B", "Value": {"Ref": "Hidden"}}],
        RESOLVE,
        {"Fn::Sub": "{{resolve:ssm-secure:${Plain}:1}}"},
        {"Ref": "Referring"},
        {"Fn::GetAtt": ["Client", "ClientSecret"]},
        {"Fn::GetAtt": "Client.ClientSecret"},
    ],
)
def test_a_value_from_a_secret_is_masked(written: Any) -> None:
    assert shown(written) == MASKED
    assert shown(written, "/Value/1/Value") == MASKED


@pytest.mark.parametrize(
    "written",
    [
        60,
        "60",
        {"Ref": "Plain"},
        {"Fn::Sub": "${Plain}-${AWS::StackName}"},
        {"Fn::GetAtt": ["AppSecret", "Arn"]},
        {"Fn::GetAtt": "AppSecret.Arn"},
        {"Fn::FindInMap": ["Network", "dev", "VpcCidr"]},
    ],
)
def test_another_value_is_shown(written: Any) -> None:
    assert shown(written, value="30") == "30"


@pytest.mark.parametrize(
    ("written", "template"),
    [
        ({"Ref": "Plain"}, {"parameters": {"Plain": RESOLVE}}),
        (
            {"Fn::FindInMap": ["Keys", "dev", "Key"]},
            {"Mappings": {"Keys": {"dev": {"Key": RESOLVE}}}},
        ),
    ],
    ids=["a parameter", "a mapping"],
)
def test_a_value_that_is_a_reference_to_a_secret_is_masked(
    written: Any, template: dict[str, Any]
) -> None:
    assert shown(written, **template) == MASKED


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/Environment/Variables/DB_PASSWORD", "hunter2"),
        ("/ContainerDefinitions/0/Environment/2", '{"Name": "API_KEY", "Value": "hunter2"}'),
        ("/Header", "Authorization: token hunter2"),
    ],
)
def test_a_value_that_the_template_lacks_is_masked_by_its_name(path: str, value: str) -> None:
    assert shown(60, path, value) == MASKED


@pytest.mark.parametrize("template", [None, {"Resources": {}}])
def test_a_resource_that_the_template_lacks_is_masked(template: dict[str, Any] | None) -> None:
    assert mask_for(template, {})("R", "/Value", "60") == MASKED


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("/Tags/0/Value", "dev", "dev"),
        ("/Value", "a\n\x1b[2J  b\u202e", "a [2J b"),
        ("/Value", "x" * 1000, "x" * 200 + "..."),
    ],
    ids=["a tag of the stack", "control characters", "a long value"],
)
def test_a_shown_value_is_one_printable_line(path: str, value: str, line: str) -> None:
    assert shown(60, path, value) == line
