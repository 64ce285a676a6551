"""Lines of fields, values of intrinsic functions, and the report of the check."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.checks.finding import Finding
from sentry_oms.checks.report import github, text
from sentry_oms.cloudformation.evaluate import UNKNOWN, Evaluator
from sentry_oms.offline.source import Source

STACK = Source(
    "config/dev/x.yaml",
    """\
{% set cognito = {"stack": "dev/cognito.yaml"} %}
stack_name: sentry-x
hooks:
  before_create:
    - !first x
    - !second {stack: dev/a.yaml, name: b}
  after_create:
  - !third y
parameters:
  Cpu: "1"
  Secret: !secret_arn
    stack: dev/b.yaml
  "Quoted": 1
name: other
dependencies:
  - dev/c.yaml
""",
)
JSON = Source("t.json", '{\n  "M": {\n    "A": 1\n  },\n  "A": {\n    "B": {}\n  }\n}\n')


@pytest.mark.parametrize(
    ("source", "field", "line"),
    [
        (STACK, "stack_name", 2),
        (STACK, "hooks.before_create", 4),
        (STACK, "hooks.before_create.1", 6),
        (STACK, "hooks.before_create.1.name", 6),
        (STACK, "hooks.after_create.0", 8),
        (STACK, "parameters.Cpu", 10),
        (STACK, "parameters.Secret.stack", 12),
        (STACK, "parameters.Quoted", 13),
        (STACK, "parameters.Secret.name", 11),
        (STACK, "parameters.name", 9),
        (STACK, "parameters.Absent", 9),
        (STACK, "dependencies.dev/c.yaml", 15),
        (STACK, "absent", 1),
        (STACK, "", 1),
        (JSON, "M.A", 3),
        (JSON, "A", 5),
        (JSON, "A.B", 6),
    ],
)
def test_the_line_of_a_field_is_its_deepest_key_within_the_block(
    source: Source, field: str, line: int
) -> None:
    assert source.line(field) == line


def test_the_line_of_a_text_is_its_first() -> None:
    assert STACK.line_of("!third") == 8
    assert STACK.line_of("!fourth") == 1


TEMPLATE: dict[str, Any] = {
    "Mappings": {"Size": {"dev": {"Nodes": 1}, "prod": {"Nodes": 2}}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
        "IsNotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
        "Never": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "Unsure"}]},
        "Always": {"Fn::Or": [{"Condition": "IsNotProd"}, {"Condition": "Unsure"}]},
        "Unsure": {"Fn::Equals": [{"Ref": "Subnet"}, "x"]},
    },
    "Resources": {
        "A": {
            "Type": "T",
            "Properties": {
                "One": {"Fn::If": ["IsProd", {"Fn::ImportValue": "p"}, {"Fn::ImportValue": "d"}]},
                "Two": [{"Fn::ImportValue": {"Fn::Sub": "${Environment}-x"}}],
            },
        },
        "B": {"Type": "T", "Condition": "IsProd", "Properties": {"C": {"Fn::ImportValue": "b"}}},
    },
}


def evaluator(**options: Any) -> Evaluator:
    known = {"Environment": "dev", "Queues": ["a", "b"]}
    return Evaluator(TEMPLATE, lambda name: known.get(name, UNKNOWN), **options)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("text", "text"),
        ({"Ref": "Environment"}, "dev"),
        ({"Ref": "Subnet"}, UNKNOWN),
        ({"Fn::Sub": "x-${Environment}-${!Literal}"}, "x-dev-${Literal}"),
        ({"Fn::Sub": ["${A}-${Environment}", {"A": {"Ref": "Environment"}}]}, "dev-dev"),
        ({"Fn::Sub": "${Subnet}"}, UNKNOWN),
        ({"Fn::Join": ["-", ["a", {"Ref": "Environment"}]]}, "a-dev"),
        ({"Fn::Join": [",arn:", {"Ref": "Queues"}]}, "a,arn:b"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Subnet"}]]}, UNKNOWN),
        ({"Fn::Split": [",", {"Fn::Join": [",", {"Ref": "Queues"}]}]}, ["a", "b"]),
        ({"Fn::Select": ["1", {"Ref": "Queues"}]}, "b"),
        ({"Fn::Select": ["7", {"Ref": "Queues"}]}, UNKNOWN),
        ({"Fn::If": ["IsProd", "p", "d"]}, "d"),
        ({"Fn::If": ["Unsure", "p", "d"]}, UNKNOWN),
        ({"Fn::FindInMap": ["Size", {"Ref": "Environment"}, "Nodes"]}, 1),
        ({"Fn::FindInMap": ["Size", "qa", "Nodes"]}, UNKNOWN),
        ({"Fn::GetAtt": ["A", "Arn"]}, UNKNOWN),
        ({"A": {"Ref": "AWS::NoValue"}, "B": 1}, {"B": 1}),
        ([{"Ref": "AWS::NoValue"}, 1], [1]),
        ({"A": {"Ref": "Subnet"}}, UNKNOWN),
        ({"Fn::If": ["IsProd"]}, UNKNOWN),
        ({"Fn::Join": "-"}, UNKNOWN),
        ({"Ref": ["Environment"]}, UNKNOWN),
    ],
)
def test_the_value_of_an_expression(expression: Any, value: Any) -> None:
    assert evaluator().value(expression) == value


def test_an_unknown_value_may_be_empty() -> None:
    shortest = evaluator(unknown="")
    assert shortest.value({"Fn::Sub": "a-${Subnet}"}) == "a-"
    assert shortest.value([{"Fn::GetAtt": ["A", "Arn"]}, {"Ref": "Environment"}]) == ["", "dev"]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("IsProd", False),
        ("IsNotProd", True),
        ("Never", False),
        ("Always", True),
        ("Unsure", None),
        ("Absent", None),
    ],
)
def test_a_condition_is_true_false_or_unknown(condition: str, holds: bool | None) -> None:
    assert evaluator().holds(condition) is holds


def test_only_imports_that_conditions_keep_are_imports() -> None:
    assert list(evaluator().imports(all_branches=False)) == [
        ("Resources.A.Properties.One", "d"),
        ("Resources.A.Properties.Two", {"Fn::Sub": "${Environment}-x"}),
    ]
    assert len(list(evaluator().imports(all_branches=True))) == 4


FINDING = Finding("config/a,b.yaml", 3, "OMS043", "parameters.X", "100% a:b\nc", "do it")


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (FINDING, "config/a,b.yaml:3 OMS043 parameters.X: 100% a:b c: do it"),
        (
            Finding("x.yaml", 1, "OMS001", "", "is invalid", "correct it"),
            "x.yaml:1 OMS001 is invalid: correct it",
        ),
    ],
)
def test_a_finding_is_one_line(finding: Finding, line: str) -> None:
    assert str(finding) == line


def test_the_last_line_is_a_count() -> None:
    assert list(text([], "dev", 16, 35)) == ["dev: 16 stacks, 35 rules, no findings"]
    assert list(text([FINDING], "dev", 1, 2))[-1] == "dev: 1 stacks, 2 rules, 1 finding"


def test_workflow_commands_are_escaped() -> None:
    assert list(github([FINDING])) == [
        "::error file=config/a%2Cb.yaml,line=3,title=OMS043::parameters.X: 100%25 a:b c: do it"
    ]
