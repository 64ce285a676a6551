"""The evaluator of GitHub's expressions, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.expression import ExpressionError, Open, Scope, condition, evaluate, text

SCOPE = Scope(
    {
        "github": {"event_name": "push", "event": {"fork": False}},
        "vars": Open({"SET": "x", "NONE": "None"}),
        "inputs": {"environment": "dev"},
    },
    {"always": lambda: True, "success": lambda: False, "hashFiles": lambda pattern: pattern},
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'it''s'", "it's"),
        ("vars.SET", "x"),
        ("vars.UNSET", None),
        ("vars.UNSET || 'other'", "other"),
        ("vars.SET && 'other'", "other"),
        ("'' && 'other'", ""),
        ("inputs.environment != 'dev' && inputs.environment || ''", ""),
        ("github.event_name == 'PUSH'", True),
        ("vars.UNSET == ''", True),
        ("github.event.fork == false", True),
        ("!always() || hashFiles('*.md') != ''", True),
        ("true || true && false", True),
        ("(true || true) && false", False),
        ("vars.NONE != 'none' && (vars.NONE || 'unset') || ''", ""),
        ("vars.UNSET != 'none' && (vars.UNSET || 'unset') || ''", "unset"),
        ("vars.SET != 'none' && (vars.SET || 'unset') || ''", "x"),
    ],
)
def test_a_value(expression: str, value: Any) -> None:
    assert evaluate(expression, SCOPE) == value


@pytest.mark.parametrize(
    "expression",
    [
        "github.nothing",
        "secrets.X",
        "format('a')",
        "1 + 1",
        "(true",
        "true true",
        "'a' == true",
        "",
    ],
)
def test_what_is_not_known_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, SCOPE)


def test_a_text_is_filled_in() -> None:
    assert text("a-${{ inputs.environment }}-${{ vars.UNSET }}${{ true }}", SCOPE) == "a-dev-true"
    with pytest.raises(ExpressionError, match="is no text"):
        text("${{ github }}", SCOPE)


@pytest.mark.parametrize(
    ("written", "holds"),
    [("true", False), ("always()", True), ("${{ always() }}", True), ("${{ vars.SET }}", False)],
)
def test_a_condition_asks_for_success_unless_it_says_otherwise(written: str, holds: bool) -> None:
    assert condition(written, SCOPE) is holds


def test_a_condition_that_is_a_text_is_refused() -> None:
    with pytest.raises(ExpressionError, match="always true"):
        condition("${{ vars.UNSET }} == 'x'", SCOPE)
