"""No value of a secret is shown, and what is shown is one harmless line."""

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
    """What is shown of a value, where the template sets ``Value`` so."""
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
def test_what_a_template_takes_from_a_secret_is_masked(written: Any) -> None:
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
def test_what_is_no_secret_is_shown(written: Any) -> None:
    assert shown(written, value="30") == "30"


def test_a_parameter_that_is_given_a_reference_is_masked() -> None:
    assert shown({"Ref": "Plain"}, parameters={"Plain": RESOLVE}) == MASKED


def test_a_map_that_holds_references_is_masked() -> None:
    mappings = {"Keys": {"dev": {"Key": RESOLVE}}}
    written = {"Fn::FindInMap": ["Keys", "dev", "Key"]}
    assert shown(written, Mappings=mappings) == MASKED


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/Environment/Variables/DB_PASSWORD", "hunter2"),
        ("/ContainerDefinitions/0/Environment/2", '{"Name": "API_KEY", "Value": "hunter2"}'),
        ("/Header", "Authorization: token hunter2"),
    ],
)
def test_what_speaks_of_a_secret_is_masked_though_it_is_in_no_template(
    path: str, value: str
) -> None:
    assert shown(60, path, value) == MASKED


def test_tags_of_the_stack_are_in_no_template_and_shown() -> None:
    assert shown(60, "/Tags/0/Value", "dev") == "dev"


def test_a_resource_that_the_template_does_not_have_is_masked() -> None:
    assert mask_for({"Resources": {}}, {})("R", "/Value", "60") == MASKED


def test_without_its_template_all_of_a_stack_is_masked() -> None:
    assert mask_for(None, {})("R", "/Value", "60") == MASKED


def test_a_value_is_one_line_that_can_not_move_the_cursor() -> None:
    assert shown(60, value="a\n\x1b[2J  b\u202e") == "a [2J b"


def test_a_long_value_is_cut() -> None:
    assert shown(60, value="x" * 1000) == "x" * 200 + "..."
