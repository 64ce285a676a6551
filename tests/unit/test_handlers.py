"""GitHub's roles may do what CloudFormation's handlers call for the types in the templates.

CloudFormation calls services with the caller's session: a launch needs what the handlers of its
resource types call, and drift detection what their read handlers call. ``handlers.json`` is what
AWS publishes: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
``handlers_left_out.yaml`` lists calls for features that no template uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pytest
import yaml

from sentry_oms.names import BOOTSTRAP, ENVIRONMENTS
from tests.conftest import ROOT
from tools.lint.deployed import deployed
from tools.lint.iam.policies import Role, listed, matches, roles
from tools.lint.iam.resources import KINDS
from tools.lint.iam.table import rows

IAM = ROOT / "tools/lint/iam"
PUBLISHED: dict[str, Any] = json.loads((IAM / "handlers.json").read_text())["types"]
LEFT_OUT: dict[str, Any] = yaml.safe_load((IAM / "handlers_left_out.yaml").read_text())

WRITE, READ = ("create", "read", "update", "delete"), ("read",)
HANDLERS = {"github-launch": WRITE, "github-plan": READ}


class Call(NamedTuple):
    """An action that a handler of a resource type calls."""

    type: str
    handler: str
    action: str


def used(group: str) -> set[str]:
    """The resource types in the templates of an environment, or of bootstrap."""
    resources = (template["Resources"].values() for template in deployed(group).values())
    return {resource["Type"] for some in resources for resource in some}


IN_ENVIRONMENTS = {type_ for environment in ENVIRONMENTS for type_ in used(environment)}
LAUNCHED = PUBLISHED.keys() - (used(BOOTSTRAP) - IN_ENVIRONMENTS)
"""All published types but those of bootstrap alone."""


def calls(types: Iterable[str], handlers: Sequence[str]) -> Iterator[Call]:
    for type_ in sorted(types):
        for handler in handlers:
            permissions = PUBLISHED[type_]["handlers"].get(handler, {}).get("permissions", [])
            yield from (Call(type_, handler, action) for action in dict.fromkeys(permissions))


def left_out(name: str) -> set[tuple[str, str]]:
    """The types, and the actions or patterns, that a role need not be allowed."""
    return {
        (type_, action)
        for type_, entries in LEFT_OUT[name].items()
        for entry in entries
        for action in entry["actions"]
    }


def may_call(role: Role, action: str) -> bool:
    """Whether a role's policies allow an action; the IAM table checks on which resources."""
    statements = role.identity["Statement"]
    matching = [one for one in statements if matches(action, listed(one["Action"]))]
    return any(one["Effect"] == "Allow" for one in matching) and not any(
        # A denial under a condition, or of some resources, does not deny everything.
        one["Effect"] == "Deny" and one["Resource"] == "*" and "Condition" not in one
        for one in matching
    )


def problems(role: Role, needed: Iterable[Call], entries: set[tuple[str, str]]) -> list[str]:
    """Calls that are neither allowed nor left out, and entries that leave out nothing."""
    stale, found = set(entries), []
    for type_, handler, action in needed:
        covering = {one for one in entries if one[0] == type_ and matches(action, one[1:])}
        if may_call(role, action):
            found += [f"{one} is left out, but {action} is allowed" for one in covering]
        elif not covering:
            found.append(f"{role.name} may not call {action}: {type_} {handler}")
        else:
            stale -= covering
    return found + [f"{one} is left out, but no refused call matches" for one in stale]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_type_of_a_template_is_published(environment: str) -> None:
    assert used(environment) <= LAUNCHED


def test_one_type_has_no_published_handlers() -> None:
    without = {type_ for type_ in LAUNCHED if not PUBLISHED[type_]["handlers"]}
    assert without == {"AWS::CodeBuild::Project"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("name", HANDLERS)
def test_a_role_may_do_what_handlers_call(name: str, environment: str) -> None:
    needed = calls(LAUNCHED, HANDLERS[name])
    assert problems(roles(environment)[name], needed, left_out(name)) == []


@pytest.mark.parametrize(
    ("name", "action", "type_", "handlers"),
    [
        ("github-launch", "ec2:CreateVpc", "AWS::EC2::VPC", ["create"]),
        ("github-launch", "sqs:TagQueue", "AWS::SQS::Queue", ["create", "update"]),
        ("github-launch", "sqs:DeleteQueue", "AWS::SQS::Queue", ["delete"]),
        ("github-plan", "dynamodb:DescribeTable", "AWS::DynamoDB::Table", ["read"]),
    ],
)
def test_a_missing_action_is_reported(
    name: str, action: str, type_: str, handlers: list[str]
) -> None:
    role = roles("dev")[name]
    lacking = [
        {**one, "Action": [each for each in listed(one["Action"]) if each != action]}
        for one in role.identity["Statement"]
    ]
    role = role._replace(identity={"Statement": lacking})
    found = problems(role, calls([type_], HANDLERS[name]), set())
    for handler in handlers:
        assert f"{role.name} may not call {action}: {type_} {handler}" in found


def test_an_entry_that_leaves_out_nothing_is_reported() -> None:
    allow = {"Effect": "Allow", "Action": "s:Make", "Resource": "*"}
    role = Role("r", {"Statement": [allow]}, {})
    needed = [Call("T", "create", "s:Make"), Call("T", "create", "s:Extra")]
    assert problems(role, needed, {("T", "s:Ext*")}) == []
    (stale,) = problems(role, needed, {("T", "s:Extra"), ("T", "s:Gone")})
    assert "s:Gone" in stale
    (allowed,) = problems(role, needed, {("T", "s:*")})
    assert allowed.endswith("s:Make is allowed")


TYPES = {
    "flow-log": "AWS::EC2::FlowLog",
    "listener-rule": "AWS::ElasticLoadBalancingV2::ListenerRule",
    **{name: kind.type for name, kind in KINDS.items() if name != "flow-log"},
}


def test_the_iam_table_uses_only_tags_that_cloudformation_sets() -> None:
    tagged = {
        row.on.removeprefix("another environment's ").removeprefix("another system's ")
        for row in rows()
        if any(key.startswith("aws:ResourceTag/") for key in row.context)
    }
    assert tagged
    types = {name: TYPES[name] for name in tagged}
    assert [
        name for name, type_ in types.items() if not PUBLISHED[type_]["tagging"]["taggable"]
    ] == []
