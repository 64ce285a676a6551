"""The parts that the rules stand on: lines, expressions and what is printed."""

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


class TestSource:
    @pytest.mark.parametrize(
        ("field", "line"),
        [
            ("stack_name", 2),
            ("hooks.before_create", 4),
            ("hooks.before_create.1", 6),
            ("hooks.before_create.1.name", 6),
            ("hooks.after_create.0", 8),
            ("parameters.Cpu", 10),
            ("parameters.Secret.stack", 12),
            ("parameters.Quoted", 13),
            # Only what lies in its block counts.
            ("parameters.Secret.name", 11),
            ("parameters.name", 9),
            ("parameters.Absent", 9),
            ("dependencies.dev/c.yaml", 15),
            ("absent", 1),
            ("", 1),
        ],
    )
    def test_the_line_is_that_of_the_deepest_key_that_is_found(self, field: str, line: int) -> None:
        assert STACK.line(field) == line

    def test_keys_of_json_are_found_too(self) -> None:
        source = Source("t.json", '{\n  "Outputs": {\n    "A": {\n    },\n    "B": {}\n  }\n}\n')
        assert source.line("Outputs.B") == 5

    def test_the_outermost_of_several_counts(self) -> None:
        source = Source("t.json", '{\n  "M": {\n    "A": 1\n  },\n  "A": 2\n}\n')
        assert source.line("A") == 5
        assert source.line("M.A") == 3

    def test_a_text_is_found_where_it_first_stands(self) -> None:
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


class TestEvaluator:
    def evaluator(self, **options: Any) -> Evaluator:
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
    def test_a_value_is_what_it_comes_to(self, expression: Any, value: Any) -> None:
        assert self.evaluator().value(expression) == value

    def test_what_is_unknown_may_count_as_nothing(self) -> None:
        shortest = self.evaluator(unknown="")
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
    def test_a_condition_holds_or_not_or_only_aws_knows(
        self, condition: str, holds: bool | None
    ) -> None:
        assert self.evaluator().holds(condition) is holds

    def test_imports_that_conditions_leave_out_are_left_out(self) -> None:
        assert list(self.evaluator().imports(all_branches=False)) == [
            ("Resources.A.Properties.One", "d"),
            ("Resources.A.Properties.Two", {"Fn::Sub": "${Environment}-x"}),
        ]
        assert len(list(self.evaluator().imports(all_branches=True))) == 4


FINDING = Finding("config/a,b.yaml", 3, "OMS043", "parameters.X", "100% a:b\nc", "do it")


class TestReport:
    def test_a_finding_is_one_line(self) -> None:
        assert str(FINDING) == "config/a,b.yaml:3 OMS043 parameters.X: 100% a:b c: do it"

    def test_a_finding_without_a_field_has_no_empty_part(self) -> None:
        finding = Finding("x.yaml", 1, "OMS001", "", "is no YAML", "correct it")
        assert str(finding) == "x.yaml:1 OMS001 is no YAML: correct it"

    def test_the_last_line_counts(self) -> None:
        assert list(text([], "dev", 16, 35)) == ["dev: 16 stacks, 35 rules, no findings"]
        assert list(text([FINDING], "dev", 1, 2))[-1] == "dev: 1 stacks, 2 rules, 1 finding"

    def test_what_github_would_misread_is_escaped(self) -> None:
        assert list(github([FINDING])) == [
            "::error file=config/a%2Cb.yaml,line=3,title=OMS043::parameters.X: 100%25 a:b c: do it"
        ]
