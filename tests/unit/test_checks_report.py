"""Lines of fields, and the report of the check."""

from __future__ import annotations

import pytest

from sentry_oms.checks.finding import Finding
from sentry_oms.checks.report import github, text
from sentry_oms.offline.source import Source

STACK = Source(
    "config/dev/x.yaml",
    """\
{% set cognito = {"stack": "dev/cognito.yaml"} %}
stack_name: sentry-x
hooks:
#  after_create: and absent: are comments
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
        (STACK, "hooks.before_create", 5),
        (STACK, "hooks.before_create.1", 7),
        (STACK, "hooks.before_create.1.name", 7),
        (STACK, "hooks.after_create.0", 9),
        (STACK, "parameters.Cpu", 11),
        (STACK, "parameters.Secret.stack", 13),
        (STACK, "parameters.Quoted", 14),
        (STACK, "parameters.Secret.name", 12),
        (STACK, "parameters.name", 10),
        (STACK, "parameters.Absent", 10),
        (STACK, "dependencies.dev/c.yaml", 16),
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
    assert STACK.line_of("!third") == 9
    assert STACK.line_of("!fourth") == 1


def test_a_finding_is_escaped_for_its_format() -> None:
    finding = Finding("a,b.yaml", 3, "OMS043", "parameters.X", "100% a:b\nc", "do it")
    assert str(finding) == "a,b.yaml:3 OMS043 parameters.X: 100% a:b c: do it"
    assert list(github([finding])) == [
        "::error file=a%2Cb.yaml,line=3,title=OMS043::parameters.X: 100%25 a:b c: do it"
    ]


def test_the_last_line_is_a_count() -> None:
    finding = Finding("x.yaml", 1, "OMS001", "", "is invalid", "correct it")
    assert list(text([finding], "dev", 1, 2)) == [
        "x.yaml:1 OMS001 is invalid: correct it",
        "dev: 1 stacks, 2 rules, 1 finding",
    ]
