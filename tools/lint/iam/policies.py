"""The policies of the roles, as their environment gets them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sentry_oms.names import BOOTSTRAP, ENVIRONMENTS
from tools.lint.deployed import deployed
from tools.lint.iam.resources import role_name
from tools.lint.iam.table import ADMINISTRATOR, BOUND, LISTED, STRANGER

Policy = Mapping[str, Any]

EVERYTHING: Policy = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}],
}


class Role(NamedTuple):
    """What a role may do, who may assume it, what it may have at most, and its tags."""

    name: str
    identity: tuple[Policy, ...]
    trust: Policy
    boundary: Policy | None = None
    tags: Mapping[str, str] = MappingProxyType({})


class Place(NamedTuple):
    """A statement of a role's: in which policy, and at which place.

    Policy -1 is the trust, and -2 the boundary.
    """

    policy: int
    statement: int


TRUST, BOUNDARY = -1, -2


@cache
def roles(environment: str) -> Mapping[str, Role]:
    """The roles by the table's names: an environment's, GitHub's, and those that may do all.

    One of these is held by the environment's boundary, so that it is the boundary that decides.
    """
    found = {
        one["Properties"]["RoleName"]: _role(one["Properties"])
        for group in (environment, BOOTSTRAP)
        for one in _resources(group, "AWS::IAM::Role")
    }
    listed = {name: found[role_name(name, environment)] for name in LISTED}
    administrators = {name: Role(name, (EVERYTHING,), {}) for name in (ADMINISTRATOR, STRANGER)}
    boundary = _managed()[f"sentry-boundary-{environment}"]
    return {**listed, **administrators, BOUND: Role(BOUND, (EVERYTHING,), {}, boundary)}


def unlisted(group: str) -> list[str]:
    """What can give rights and is not in the table: other roles, users, policies of nobody."""
    expected = {role_name(name, environment) for name in LISTED for environment in ENVIRONMENTS}
    policies = _POLICIES_OF_BOOTSTRAP if group == BOOTSTRAP else ("AWS::IAM::Role",)
    problems = []
    for stack, template in deployed(group).items():
        for key, one in template["Resources"].items():
            kind, properties = one["Type"], one.get("Properties", {})
            if not kind.startswith("AWS::IAM::"):
                continue
            is_strange = kind == "AWS::IAM::Role" and properties.get("RoleName") not in expected
            if kind not in policies or is_strange:
                problems.append(f"{stack}: {key} ({kind}) is not in the table")
            problems += [
                f"{stack}: {key} has {arn}, which nothing judges"
                for arn in properties.get("ManagedPolicyArns", [])
                if _name_of(arn) not in _managed()
            ]
            problems += [
                f"{stack}: {key} names its {holders.lower()}; they name it, so that it is judged"
                for holders in ("Roles", "Users", "Groups")
                if properties.get(holders)
            ]
            if kind == "AWS::IAM::Role" and group != BOOTSTRAP and not _role(properties).boundary:
                problems.append(f"{stack}: {key} has no permissions boundary")
    return problems


_POLICIES_OF_BOOTSTRAP = ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider")


def _resources(group: str, kind: str) -> Iterator[Mapping[str, Any]]:
    for template in deployed(group).values():
        yield from (one for one in template["Resources"].values() if one["Type"] == kind)


@cache
def _managed() -> Mapping[str, Policy]:
    """The managed policies of bootstrap, by their names."""
    return {
        one["Properties"]["ManagedPolicyName"]: one["Properties"]["PolicyDocument"]
        for one in _resources(BOOTSTRAP, "AWS::IAM::ManagedPolicy")
    }


def _name_of(policy_arn: str) -> str:
    return policy_arn.rpartition("/")[2]


def statements(role: Role) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every statement of a role, the trust's last."""
    for number, policy in enumerate(role.identity):
        for position, statement in enumerate(policy["Statement"]):
            yield Place(number, position), statement
    for position, statement in enumerate(role.trust.get("Statement", [])):
        yield Place(TRUST, position), statement


def limits(role: Role) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every statement of the role's boundary."""
    for position, statement in enumerate((role.boundary or {}).get("Statement", [])):
        yield Place(BOUNDARY, position), statement


def changed(role: Role, place: Place, statement: Mapping[str, Any]) -> Role:
    """The role with one statement in place of another."""
    policies = [*role.identity, role.boundary or {}, role.trust]
    policy = copy.deepcopy(dict(policies[place.policy]))
    policy["Statement"][place.statement] = statement
    policies[place.policy] = policy
    *identity, boundary, trust = policies
    return role._replace(identity=tuple(identity), boundary=boundary or None, trust=trust)


def _role(properties: Mapping[str, Any]) -> Role:
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    inline = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    attached = [
        _filled(_managed()[_name_of(arn)], tags)
        for arn in properties.get("ManagedPolicyArns", [])
        if _name_of(arn) in _managed()
    ]
    return Role(
        properties["RoleName"],
        (*inline, *attached),
        properties["AssumeRolePolicyDocument"],
        _managed().get(_name_of(properties.get("PermissionsBoundary", ""))),
        tags,
    )


def _filled(policy: Policy, tags: Mapping[str, str]) -> Policy:
    """A policy whose variables have the value of the role's tags.

    The simulator splits an ARN before it fills variables in, and takes the colon of
    ``${aws:PrincipalTag/Launches}`` for one of the ARN's.
    """
    text = json.dumps(policy)
    for key, value in tags.items():
        text = text.replace(f"${{aws:PrincipalTag/{key}}}", value)
    return dict(json.loads(text))
