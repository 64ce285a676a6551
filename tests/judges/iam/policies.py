"""The policies of the roles, as their environment gets them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from tests.judges.deployed import deployed
from tests.judges.iam.resources import role_name
from tests.judges.iam.table import ADMINISTRATOR, ROLES, STRANGER

Policy = Mapping[str, Any]

EVERYTHING: Policy = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}],
}


class Role(NamedTuple):
    """What a role may do, and who may assume it."""

    name: str
    identity: tuple[Policy, ...]
    trust: Policy


class Place(NamedTuple):
    """A statement of a role's: in which policy, and at which place. Policy -1 is the trust."""

    policy: int
    statement: int


TRUST = -1


@cache
def roles(environment: str) -> Mapping[str, Role]:
    """The environment's roles, by the table's names, and the two that may do everything."""
    found = {
        one["Properties"]["RoleName"]: _role(one["Properties"])
        for template in deployed(environment).values()
        for one in template["Resources"].values()
        if one["Type"] == "AWS::IAM::Role"
    }
    ours = {name: found[role_name(name, environment)] for name in ROLES}
    administrators = {name: Role(name, (EVERYTHING,), {}) for name in (ADMINISTRATOR, STRANGER)}
    return {**ours, **administrators}


def unlisted(environment: str) -> list[str]:
    """What can give rights and is not in the table: IAM resources and managed policies."""
    expected = {role_name(name, environment) for name in ROLES}
    problems = []
    for stack, template in deployed(environment).items():
        for key, one in template["Resources"].items():
            kind, properties = one["Type"], one.get("Properties", {})
            if not kind.startswith("AWS::IAM::"):
                continue
            if kind != "AWS::IAM::Role" or properties.get("RoleName") not in expected:
                problems.append(f"{stack}: {key} ({kind}) is not in the table")
            elif properties.get("ManagedPolicyArns"):
                problems.append(f"{stack}: {key} has managed policies, which nothing judges")
    return problems


def statements(role: Role) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every statement of a role, the trust's last."""
    for number, policy in enumerate(role.identity):
        for position, statement in enumerate(policy["Statement"]):
            yield Place(number, position), statement
    for position, statement in enumerate(role.trust.get("Statement", [])):
        yield Place(TRUST, position), statement


def changed(role: Role, place: Place, statement: Mapping[str, Any]) -> Role:
    """The role with one statement in place of another."""
    policies = [*role.identity, role.trust]
    policy = copy.deepcopy(dict(policies[place.policy]))
    policy["Statement"][place.statement] = statement
    policies[place.policy] = policy
    return Role(role.name, tuple(policies[:-1]), policies[-1])


def _role(properties: Mapping[str, Any]) -> Role:
    identity = tuple(policy["PolicyDocument"] for policy in properties.get("Policies", []))
    return Role(properties["RoleName"], identity, properties["AssumeRolePolicyDocument"])
