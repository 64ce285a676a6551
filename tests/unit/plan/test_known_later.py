"""Values that are known only during the launch, and their dependents."""

from __future__ import annotations

from typing import Any

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
    """A tag that returns its argument."""

    def resolve(self) -> Any:
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
def test_an_output_with_a_reference_to_a_change_is_uncertain(
    parameters: Any, resources: Any, expected: set[str]
) -> None:
    assert uncertain_outputs(OLD, OLD, parameters, resources) == expected


def test_a_new_or_edited_output_is_uncertain() -> None:
    outputs = {**OLD["Outputs"], "Name": {"Value": "fixed"}, "More": {"Value": "x"}}
    assert uncertain_outputs(OLD, {**OLD, "Outputs": outputs}, (), ()) == {"Name", "More"}


def test_a_lookup_in_changed_mappings_is_uncertain() -> None:
    outputs = {"Days": {"Value": {"Fn::FindInMap": ["A", "b", "c"]}}}
    old, new = ({"Mappings": {"A": n}, "Outputs": outputs} for n in (1, 2))
    assert uncertain_outputs(old, new, (), ()) == {"Days"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"Fn::Sub": ["${!Kept} ${Own} ${Table.Arn}", {"Own": {"Ref": "Zone"}}]},
            {("Table", "Arn"), ("Zone", "")},
        ),
        (
            {"Statement": [{"Condition": {"StringEquals": {"a": {"Ref": "Zone"}}}}]},
            {("Zone", "")},
        ),
    ],
    ids=["variables of Fn::Sub", "the condition of a policy"],
)
def test_references(value: Any, expected: set[tuple[str, str]]) -> None:
    assert references(value, {}) == expected


def test_an_uncertain_output_is_known_after_its_stack() -> None:
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


@pytest.mark.parametrize(
    ("action", "expected"), [(Action.REPLACE, KnownAfter("dev/secrets")), (Action.MODIFY, "arn")]
)
def test_a_value_that_a_tag_finds_is_known_after_a_replacement(
    action: Action, expected: Any
) -> None:
    mine = stack("dev/x", {"ARN": "arn"})
    mine._parameters = {"Secret": SecretArn({"name": "n", "stack": "dev/secrets.yaml"}, mine)}
    earlier = {"dev/secrets": planned(Kind.CHANGED, resources=[resource("Secret", action)])}
    assert resolved(mine, earlier) == {"Secret": expected}


def test_a_missing_repository_is_known_after_the_hook_that_creates_it() -> None:
    mine = stack("dev/x", *[refusal("RepositoryNotFoundException")] * 2)
    mine._parameters = {"Uri": EcrRepositoryUri("sentry/a", mine)}
    mine._hooks = {"before_create": [EcrRepository("sentry/a", mine)]}
    assert resolved(mine, {}) == {"Uri": KnownAfter("its hook !ecr_repository")}
    mine._hooks = {}
    with pytest.raises(RepositoryNotFound):
        resolved(mine, {})


DECLARED = {
    "Parameters": {
        "Names": {"Type": "CommaDelimitedList"},
        "Size": {"Type": "String", "Default": "small"},
        "Password": {"Type": "String", "NoEcho": True},
        "Id": {"Type": "String"},
    }
}
PASSED = {"Names": "a, b", "Size": "big", "Password": "****", "Id": "i-1", "Gone": "x"}
DEPLOYED = {
    "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in PASSED.items()]
}


def changed(**values: Any) -> dict[str, ParameterChange]:
    given = {"Names": "a,b", "Id": "i-1", **values}
    return {one.name: one for one in changes(given, DEPLOYED, DECLARED)}


def test_a_missing_parameter_changes_to_its_default() -> None:
    found = {name: (one.old, one.new) for name, one in changed().items()}
    assert found == {"Size": ("big", "small"), "Gone": ("x", None)}


def test_a_value_that_is_known_later_is_not_invented() -> None:
    found = changed(Id=KnownAfter("dev/vpc"))["Id"]
    assert (found.old, found.new, found.known_after) == ("i-1", None, "dev/vpc")
    sent = for_change_set({"Names": "a", "Id": KnownAfter("dev/vpc")}, DEPLOYED)
    names = {"ParameterKey": "Names", "ParameterValue": "a"}
    assert sent == ([names, {"ParameterKey": "Id", "UsePreviousValue": True}], None)


def test_a_new_parameter_without_a_value_cant_be_sent() -> None:
    assert for_change_set({"More": KnownAfter("dev/vpc")}, DEPLOYED) == ([], "More")


def test_only_cloudformation_compares_a_masked_secret() -> None:
    found = changed(Password="swordfish")["Password"]
    assert (found.old, found.new) == ("****", "****")
    assert hidden_differences({"Password": "swordfish"}, DECLARED)
    assert not hidden_differences({"Names": "a"}, DECLARED)


LATER = {
    "Parameters": {"Id": {"Type": "String"}},
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"Ref": "Id"}]}},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": {"Ref": "Id"}}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "Off": {"Type": "X", "Condition": "C", "Properties": {"X": {"Ref": "Id"}}},
    },
}


def later(*said: ResourceChange) -> dict[str, ResourceChange]:
    parameters = (parameter("Id", after="dev/vpc"),)
    found = with_later(said, parameters, LATER, lambda one: "Condition" not in one)
    return {one.logical_id: one for one in found}


def test_a_resource_with_a_reference_to_a_later_value_may_change() -> None:
    found = later()
    assert set(found) == {"Role", "Table"}
    role, table = found["Role"], found["Table"]
    assert (role.action, role.certain) == (Action.MODIFY, False)
    assert str(role.causes[0]) == "Policies (parameter Id, known after dev/vpc)"
    assert (table.action, table.certain) == (Action.REPLACE, False)
    assert "may take its place, without its rows" in str(table.loss)


@pytest.mark.parametrize(
    ("said", "action", "certain"),
    [
        (Action.MODIFY, Action.REPLACE, False),
        (Action.ADD, Action.ADD, True),
        (Action.REPLACE, Action.REPLACE, True),
    ],
)
def test_the_change_set_is_stronger_than_a_later_value(
    said: Action, action: Action, certain: bool
) -> None:
    found = later(resource("Table", said))["Table"]
    assert (found.action, found.certain) == (action, certain)
