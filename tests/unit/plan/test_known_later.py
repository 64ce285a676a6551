"""What only the launch will know, and what depends on it."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from sceptre.resolvers import Resolver
from sceptre.resolvers.stack_output import StackOutput

from hooks.ecr_repository import EcrRepository
from resolvers.ecr_repository_uri import EcrRepositoryUri, RepositoryNotFound
from resolvers.secret_arn import SecretArn
from sentry_oms.cloudformation.references import references
from sentry_oms.plan.change import Action, Kind, ParameterChange, ResourceChange, StackPlan
from sentry_oms.plan.later import with_later
from sentry_oms.plan.outputs import uncertain_outputs
from sentry_oms.plan.parameters import (
    KnownAfter,
    Planned,
    changes,
    for_change_set,
    hidden_differences,
    resolved,
)
from tests.unit.tags import refusal, stack

OLD: dict[str, Any] = {
    "Parameters": {"Size": {"Type": "String"}, "Zone": {"Type": "String"}},
    "Conditions": {"Big": {"Fn::Equals": [{"Ref": "Size"}, "big"]}},
    "Resources": {"Table": {}, "Queue": {}},
    "Outputs": {
        "StackName": {"Value": {"Ref": "AWS::StackName"}},
        "Name": {"Value": {"Ref": "Table"}},
        "Arn": {"Value": {"Fn::GetAtt": ["Table", "Arn"]}},
        "Stream": {"Value": {"Fn::GetAtt": "Table.StreamArn"}},
        "Text": {"Value": {"Fn::Sub": "${Queue.Arn}-${Zone}"}},
        "If": {"Value": {"Fn::If": ["Big", "a", "b"]}},
        "Given": {"Value": "x", "Condition": "Big"},
    },
}


def resource(key: str, action: Action) -> ResourceChange:
    return ResourceChange(logical_id=key, type="AWS::DynamoDB::Table", action=action)


def parameter(name: str, after: str | None = None) -> ParameterChange:
    return ParameterChange(name=name, old="a", new=None if after else "b", known_after=after)


def planned(kind: Kind, *uncertain: str, resources: Any = ()) -> Planned:
    plan = StackPlan(name="dev/x", external_name="x", kind=kind, resources=resources)
    return Planned(plan, frozenset(uncertain))


class Fixed(Resolver):
    """A tag that gives what it is given, or raises it."""

    def resolve(self) -> Any:
        if isinstance(self._argument, Exception):
            raise self._argument
        return self._argument


def output(of: str) -> StackOutput:
    tag = StackOutput(of)
    tag.dependency_stack_name, tag.output_key = of.split("::")
    return tag


@pytest.mark.parametrize(
    ("parameters", "resources", "expected"),
    [
        ((), [resource("Table", Action.MODIFY)], {"Stream"}),
        ((), [resource("Table", Action.REPLACE)], {"Name", "Arn", "Stream"}),
        ((parameter("Zone"),), [], {"Text"}),
        ((parameter("Size"),), [], {"If", "Given"}),
        ((), [resource("Queue", Action.REMOVE)], {"Text"}),
    ],
)
def test_outputs_that_refer_to_what_changes_are_uncertain(
    parameters: Any, resources: Any, expected: set[str]
) -> None:
    assert uncertain_outputs(OLD, OLD, parameters, resources) == expected


def test_an_output_that_is_new_or_written_otherwise_is_uncertain() -> None:
    outputs = {**OLD["Outputs"], "Name": {"Value": "fixed"}, "More": {"Value": "x"}}
    assert uncertain_outputs(OLD, {**OLD, "Outputs": outputs}, (), ()) == {"Name", "More"}


def test_a_lookup_is_uncertain_where_the_mappings_differ() -> None:
    outputs = {"Days": {"Value": {"Fn::FindInMap": ["A", "b", "c"]}}}
    old, new = ({"Mappings": {"A": n}, "Outputs": outputs} for n in (1, 2))
    assert uncertain_outputs(old, new, (), ()) == {"Days"}


def test_variables_of_a_text_are_no_references() -> None:
    text = {"Fn::Sub": ["${!Kept} ${Own} ${Table.Arn}", {"Own": {"Ref": "Zone"}}]}
    assert references(text, {}) == {("Table", "Arn"), ("Zone", "")}


def test_a_policys_condition_is_none_of_the_template() -> None:
    statement = {"Statement": [{"Condition": {"StringEquals": {"a": {"Ref": "Zone"}}}}]}
    assert references(statement, {}) == {("Zone", "")}


def test_an_output_of_a_stack_that_is_new_or_changes_it_is_known_after_it() -> None:
    mine = stack()
    mine._parameters = {
        "New": output("dev/new.yaml::Id"),
        "Moves": ["fixed", output("dev/moves.yaml::Id")],
        "List": ["a", Fixed("b")],
        "None": Fixed(None),
        "Text": "x",
    }
    earlier = {"dev/new": planned(Kind.NEW), "dev/moves": planned(Kind.CHANGED, "Id")}
    assert resolved(mine, earlier) == {
        "New": KnownAfter("dev/new"),
        "Moves": KnownAfter("dev/moves"),
        "List": "a,b",
        "Text": "x",
    }


def test_what_a_tag_finds_by_name_is_known_after_a_stack_that_makes_another() -> None:
    mine = stack("dev/x", {"ARN": "arn"}, {"ARN": "arn"})
    mine._parameters = {"Secret": SecretArn({"name": "n", "stack": "dev/secrets.yaml"}, mine)}
    replaced = planned(Kind.CHANGED, resources=[resource("Secret", Action.REPLACE)])
    assert resolved(mine, {"dev/secrets": replaced}) == {"Secret": KnownAfter("dev/secrets")}
    modified = planned(Kind.CHANGED, resources=[resource("Secret", Action.MODIFY)])
    assert resolved(mine, {"dev/secrets": modified}) == {"Secret": "arn"}


def test_a_repository_that_a_hook_makes_is_known_after_the_hook() -> None:
    mine = stack("dev/x", refusal("RepositoryNotFoundException"))
    mine._parameters = {"Uri": EcrRepositoryUri("sentry/a", mine)}
    mine._hooks = {"before_create": [EcrRepository("sentry/a", mine)]}
    assert resolved(mine, {}) == {"Uri": KnownAfter("its hook !ecr_repository")}
    other = stack("dev/x", refusal("RepositoryNotFoundException"))
    other._parameters = {"Uri": EcrRepositoryUri("sentry/b", other)}
    other._hooks = {}
    with pytest.raises(RepositoryNotFound):
        resolved(other, {})


class TestParameters:
    template: ClassVar[dict[str, Any]] = {
        "Parameters": {
            "Names": {"Type": "CommaDelimitedList"},
            "Size": {"Type": "String", "Default": "small"},
            "Password": {"Type": "String", "NoEcho": True},
            "Id": {"Type": "String"},
        }
    }
    deployed: ClassVar[dict[str, Any]] = {
        "Parameters": [
            {"ParameterKey": "Names", "ParameterValue": "a, b"},
            {"ParameterKey": "Size", "ParameterValue": "big"},
            {"ParameterKey": "Password", "ParameterValue": "****"},
            {"ParameterKey": "Id", "ParameterValue": "i-1"},
            {"ParameterKey": "Gone", "ParameterValue": "x"},
        ]
    }

    def changes(self, **values: Any) -> dict[str, ParameterChange]:
        given = {"Names": "a,b", "Id": "i-1", **values}
        return {one.name: one for one in changes(given, self.deployed, self.template)}

    def test_what_is_not_passed_goes_back_to_its_default(self) -> None:
        found = self.changes()
        assert set(found) == {"Size", "Gone"}
        assert (found["Size"].old, found["Size"].new) == ("big", "small")
        assert found["Gone"].new is None

    def test_no_value_is_made_up(self) -> None:
        found = self.changes(Id=KnownAfter("dev/vpc"))["Id"]
        assert (found.old, found.new, found.known_after) == ("i-1", None, "dev/vpc")
        sent, missing = for_change_set({"Names": "a", "Id": KnownAfter("dev/vpc")}, self.deployed)
        assert missing is None
        assert sent == [
            {"ParameterKey": "Names", "ParameterValue": "a"},
            {"ParameterKey": "Id", "UsePreviousValue": True},
        ]

    def test_a_new_parameter_without_a_value_can_not_be_sent(self) -> None:
        assert for_change_set({"More": KnownAfter("dev/vpc")}, self.deployed) == ([], "More")

    def test_a_secret_is_masked_and_only_cloudformation_can_compare_it(self) -> None:
        found = self.changes(Password="swordfish")["Password"]
        assert (found.old, found.new) == ("****", "****")
        assert hidden_differences({"Password": "swordfish"}, self.template)
        assert not hidden_differences({"Names": "a"}, self.template)


class TestLater:
    template: ClassVar[dict[str, Any]] = {
        "Parameters": {"Id": {"Type": "String"}},
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"Ref": "Id"}]}},
            "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": {"Ref": "Id"}}},
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {}},
            "Off": {
                "Type": "AWS::SQS::Queue",
                "Condition": "C",
                "Properties": {"X": {"Ref": "Id"}},
            },
        },
    }

    def found(self, *said: ResourceChange) -> dict[str, ResourceChange]:
        parameters = (parameter("Id", after="dev/vpc"),)
        later = with_later(said, parameters, self.template, lambda one: "Condition" not in one)
        return {one.logical_id: one for one in later}

    def test_what_refers_to_it_may_change(self) -> None:
        found = self.found()
        assert set(found) == {"Role", "Table"}
        assert (found["Role"].action, found["Role"].certain) == (Action.MODIFY, False)
        assert str(found["Role"].causes[0]) == ("Policies (parameter Id, known after dev/vpc)")

    def test_state_behind_it_may_be_lost(self) -> None:
        table = self.found()["Table"]
        assert (table.action, table.certain) == (Action.REPLACE, False)
        assert "may take its place, without its rows" in (table.loss or "")

    def test_what_the_change_set_says_stays(self) -> None:
        said = resource("Table", Action.MODIFY)
        assert self.found(said)["Table"].action is Action.REPLACE
        assert self.found(resource("Table", Action.ADD))["Table"].action is Action.ADD
        certain = self.found(resource("Table", Action.REPLACE))["Table"]
        assert certain.certain
