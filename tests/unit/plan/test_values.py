"""Old and new values of properties in a plan."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sentry_oms.cloudformation.evaluate import UNKNOWN, Evaluator
from sentry_oms.plan.change import Action, Cause, ResourceChange
from sentry_oms.plan.values import Side, with_values

Values = list[tuple[str, str | None, str | None]]
SECRET = {"Parameters": {"Token": {"Type": "String", "NoEcho": True}}}


def side(properties: Any, parameters: dict[str, str], **template: Any) -> Side:
    whole = {**template, "Resources": {"R": {"Type": "T", "Properties": properties}}}
    evaluator = Evaluator(whole, lambda name: parameters.get(name, UNKNOWN))
    return Side.of(whole, evaluator, parameters)


def values(
    old: Any,
    new: Any,
    parameters: tuple[dict[str, str], dict[str, str]] = ({}, {}),
    contexts: tuple[Any, Any] | None = None,
    **template: Any,
) -> Values:
    """Return the values of a resource whose properties change, in its plan."""
    causes = tuple(Cause(property=name) for name in {**old, **new} if name != "Unchanged")
    change = ResourceChange(logical_id="R", type="T", action=Action.MODIFY, causes=causes)
    announced = {"LogicalResourceId": "R"}
    if contexts:
        before, after = (json.dumps({"Properties": one}) for one in contexts)
        announced |= {"BeforeContext": before, "AfterContext": after}
    (found,) = with_values(
        [change],
        [{"ResourceChange": announced}, {"Type": "Hook"}],
        side(old, parameters[0], **template),
        side(new, parameters[1], **template),
    )
    return [(one.path, one.old, one.new) for one in found.values]


def test_nested_values_have_their_path() -> None:
    old = {"Cpu": 256, "Log": {"Days": 7, "Kept": True}}
    new = {"Cpu": 512, "Log": {"Days": 14, "Kept": True}, "Name": "x"}
    assert values(old, new) == [
        ("/Cpu", "256", "512"),
        ("/Log/Days", "7", "14"),
        ("/Name", None, "x"),
    ]


def test_items_with_names_are_compared_by_name() -> None:
    old = {"Env": [{"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}]}
    new = {"Env": [{"Name": "B", "Value": "3"}, {"Name": "A", "Value": "1"}]}
    assert values(old, new) == [("/Env/B/Value", "2", "3")]


def test_of_other_lists_the_items_added_and_removed_are_listed() -> None:
    assert values({"Q": ["a", "b"]}, {"Q": ["b", "c", "d"]}) == [
        ("/Q", "a", None),
        ("/Q", None, "c"),
        ("/Q", None, "d"),
    ]
    assert values({"Q": [{"x": 1}]}, {"Q": [{"x": 2}]}) == [("/Q/0/x", "1", "2")]
    refs = [{"Ref": "A"}, {"Ref": "B"}]
    assert values({"Q": refs[:1]}, {"Q": refs[1:]}) == [
        ("/Q", '{"Ref":"A"}', None),
        ("/Q", None, '{"Ref":"B"}'),
    ]
    assert values({"Q": ["a", "b"]}, {"Q": ["b", "a"]}) == [("/Q", '["a","b"]', '["b","a"]')]


def test_parameters_are_filled_in_and_values_of_aws_stay_expressions() -> None:
    property_ = {"Name": {"Fn::Sub": "${P}-${R.Arn}"}, "Size": {"Ref": "P"}}
    template = {"Parameters": {"P": {"Type": "String"}}}
    assert values(property_, property_, ({"P": "a"}, {"P": "b"}), **template) == [
        ("/Name", '{"Fn::Sub":"a-${R.Arn}"}', '{"Fn::Sub":"b-${R.Arn}"}'),
        ("/Size", "a", "b"),
    ]


def test_the_values_of_cloudformation_go_before_the_evaluated_ones() -> None:
    contexts = {"Group": "sg-1", "Unchanged": "1"}, {"Group": "sg-2", "Unchanged": "2"}
    group = {"Group": {"Ref": "R"}}
    assert values(group, group, contexts=contexts) == [("/Group", "sg-1", "sg-2")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{{resolve:secretsmanager:a}}", "plain"),
        ({"Ref": "Token"}, {"Fn::Sub": "x${Token}"}),
        ({"Fn::GetAtt": ["R", "Secret"]}, {"Ref": "R"}),
    ],
)
def test_a_value_that_may_be_secret_is_masked(old: Any, new: Any) -> None:
    given = {"Token": "one"}, {"Token": "two"}
    assert values({"P": "password=1"}, {"P": "x"}) == [("/P", "****", "****")]
    found = values({"P": old}, {"P": new}, given, ({"P": "one"}, {"P": "two"}), **SECRET)
    evaluated = values({"P": old}, {"P": new}, given, **SECRET)
    assert {value for _, *both in found + evaluated for value in both} == {"****"}


def test_long_texts_begin_shortly_before_their_difference() -> None:
    old, new = (f"{'x' * 300}{end}" for end in ("old", "new"))
    assert values({"T": old}, {"T": new}) == [
        ("/T", f"...{'x' * 20}old", f"...{'x' * 20}new"),
    ]


def test_added_and_removed_resources_have_no_values() -> None:
    added = ResourceChange(
        logical_id="R", type="T", action=Action.ADD, causes=(Cause(property="P"),)
    )
    assert with_values([added], [], side({}, {}), side({"P": 1}, {}))[0].values == ()
