"""What AWS publishes, as it is kept here, and how a value is held to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sentry_oms.checks.published import FOLDER, REGIONS, exists, read, schema
from sentry_oms.checks.published.__main__ import contents, portable
from sentry_oms.checks.published.validator import faults
from tests.conftest import ROOT


def said(value: Any, schema: Any, **definitions: Any) -> list[tuple[str, str]]:
    return [(".".join(fault.path), fault.message) for fault in faults(value, schema, definitions)]


def test_what_is_kept_is_fresh() -> None:
    """Where this fails, after an update of cfn-lint or botocore: ``make generated``."""
    for name, content in contents(ROOT / "templates").items():
        assert json.loads((FOLDER / f"{name}.json").read_text()) == content, name


def test_every_type_of_the_templates_has_its_schema() -> None:
    for path in Path(ROOT / "templates").glob("*/*.json"):
        for resource in json.loads(path.read_text())["Resources"].values():
            assert schema(resource["Type"]), resource["Type"]
            assert all(exists(resource["Type"], region) for region in REGIONS)


def test_a_type_that_nobody_has_does_not_exist() -> None:
    assert not exists("AWS::SQS::Queues", "us-east-1")


def test_the_models_add_what_the_schemas_leave_out() -> None:
    pipeline = read("resources")["schemas"]["AWS::CodePipeline::Pipeline"]
    name = pipeline["definitions"]["StageDeclaration"]["properties"]["Name"]
    assert (name["minLength"], name["maxLength"]) == (1, 100)


@pytest.mark.parametrize(
    ("value", "schema", "faults"),
    [
        # CloudFormation turns texts, numbers and switches into each other.
        ("5", {"type": "integer", "minimum": 5}, []),
        (5, {"type": "string", "pattern": "^5$"}, []),
        ("true", {"type": "boolean"}, []),
        (True, {"enum": ["true"]}, []),
        ("5.5", {"type": "integer"}, [("", "'5.5' is no integer")]),
        ("yes", {"type": "boolean"}, [("", "'yes' is no boolean")]),
        (["a"], {"type": "string"}, [("", "'[\"a\"]' is no string")]),
        # What only AWS knows passes.
        ({"Ref": "Vpc"}, {"type": "string", "pattern": "^vpc-"}, []),
        ("{{resolve:secretsmanager:x}}", {"type": "string", "maxLength": 3}, []),
        ([{"Ref": "Subnet"}], {"minItems": 2}, []),
        ({"a": {"Ref": "A"}}, {"properties": {"a": {"enum": [1]}}, "required": ["a"]}, []),
        # Keywords.
        ("b", {"enum": ["a"]}, [("", "'b' is none of a")]),
        ("B", {"enumCaseInsensitive": ["b"]}, []),
        ("7", {"maximum": 6}, [("", "'7' is more than 6")]),
        (7, {"multipleOf": 2}, [("", "'7' is no multiple of 2")]),
        ("abc", {"maxLength": 2}, [("", "has 3 characters, and takes at most 2")]),
        ([1, 1], {"uniqueItems": True}, [("1", "'1' stands there twice")]),
        (
            [{"Key": "a"}, {"Key": "a"}],
            {"uniqueKeys": ["Key"]},
            [("1", "'[\"a\"]' stands there twice")],
        ),
        ({"b": 1}, {"additionalProperties": False}, [("b", "is no property that it has")]),
        ({"a": 1}, {"patternProperties": {"^a": {"minimum": 2}}}, [("a", "'1' is less than 2")]),
        ({}, {"requiredXor": ["a", "b"]}, [("", "must have exactly one of a, b")]),
        ({}, {"requiredOr": ["a", "b"]}, [("", "must have one of a, b")]),
        ({"a": 1}, {"dependentRequired": {"a": ["b"]}}, [("", "a needs b")]),
        ({"a": 1, "b": 1}, {"dependentExcluded": {"a": ["b"]}}, [("b", "does not go with a")]),
        ({"a": 1}, {"properties": {"a": False}}, [("a", "must not be there")]),
        (1, {"if": {"enum": [1]}, "then": {"minimum": 2}}, [("", "'1' is less than 2")]),
        (3, {"if": {"enum": [1]}, "else": {"maximum": 2}}, [("", "'3' is more than 2")]),
        (1, {"not": {"enum": [1]}}, [("", "'1' may not be")]),
        (1, {"anyOf": [{"minimum": 2}, {"enum": [1]}]}, []),
        (1, {"oneOf": [{"minimum": 2}, {"minimum": 3}]}, [("", "'1' is less than 2")]),
        ([[1]], {"items": {"items": {"type": "object"}}}, [("0.0", "'1' is no object")]),
    ],
)
def test_a_value_is_held_to_a_schema(
    value: Any, schema: Any, faults: list[tuple[str, str]]
) -> None:
    assert said(value, schema) == faults


def test_definitions_are_followed() -> None:
    assert said({"a": 1}, {"$ref": "#/definitions/A"}, A={"properties": {"a": {"minimum": 2}}}) == [
        ("a", "'1' is less than 2")
    ]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (r"[\p{L}\p{Z}\p{N}_]*", r"[\w\s\d_]*"),
        (r"[\p{M}]*", None),
        (r"[a-z&&[^x]]", None),
        ("(", None),
        ("^[a-z]+$", "^[a-z]+$"),
    ],
)
def test_a_pattern_that_python_does_not_have_is_left_out(theirs: str, ours: str | None) -> None:
    assert portable(theirs) == ours
