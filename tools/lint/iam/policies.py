"""The policies of the roles, as their environment gets them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sentry_oms.names import BOOTSTRAP, ENVIRONMENTS
from tools.lint.deployed import deployed
from tools.lint.iam.resources import role_name
from tools.lint.iam.table import ADMINISTRATOR, BOUND, LISTED, STRANGER

Policy = Mapping[str, Any]
Statement = Mapping[str, Any]

EVERYTHING: Policy = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}],
}


class Role(NamedTuple):
    """The policies of a role, its trust policy, its permissions boundary, and its tags.

    Its own policies are one document, because IAM adds up their statements.
    """

    name: str
    identity: Policy
    trust: Policy
    boundary: Policy | None = None
    tags: Mapping[str, str] = MappingProxyType({})


class Place(NamedTuple):
    """A statement: its position in ``identity``, ``trust`` or ``boundary`` of a role."""

    part: str
    position: int


@cache
def roles(environment: str) -> Mapping[str, Role]:
    """Return an environment's roles, GitHub's, and the administrators, by the table's names.

    One administrator is within the environment's boundary, so only the boundary limits it.
    """
    found = {
        one["Properties"]["RoleName"]: _role(one["Properties"])
        for group in (environment, BOOTSTRAP)
        for _, one in _resources(group)
        if one["Type"] == "AWS::IAM::Role"
    }
    listed = {name: found[role_name(name, environment)] for name in LISTED}
    administrators = {name: Role(name, EVERYTHING, {}) for name in (ADMINISTRATOR, STRANGER)}
    boundary = _managed()[f"sentry-boundary-{environment}"]
    return {**listed, **administrators, BOUND: Role(BOUND, EVERYTHING, {}, boundary)}


def unlisted(group: str) -> list[str]:
    """Return a line for each way to give permissions that the table does not check."""
    expected = {role_name(name, environment) for name in LISTED for environment in ENVIRONMENTS}
    types = {"AWS::IAM::Role"}
    if group == BOOTSTRAP:
        types |= {"AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider"}
    faults = []
    for name, one in _resources(group):
        type_, properties = one["Type"], one.get("Properties", {})
        if not type_.startswith("AWS::IAM::"):
            continue
        is_role = type_ == "AWS::IAM::Role"
        if type_ not in types or (is_role and properties.get("RoleName") not in expected):
            faults.append(f"{name} ({type_}) is not in the table")
        faults += [
            f"{name} has {arn}, which the table does not check"
            for arn in properties.get("ManagedPolicyArns", [])
            if _name_of(arn) not in _managed()
        ]
        faults += [
            f"{name} lists {holders}; name the policy in the role instead"
            for holders in ("Roles", "Users", "Groups")
            if properties.get(holders)
        ]
        if is_role and group != BOOTSTRAP and not _role(properties).boundary:
            faults.append(f"{name} has no permissions boundary")
    return faults


def statements(role: Role) -> Iterator[tuple[Place, Statement]]:
    """Yield every statement of a role's own and trust policies; for BOUND, of the boundary."""
    for part in ("boundary",) if role.name == BOUND else ("identity", "trust"):
        for position, statement in enumerate(getattr(role, part)["Statement"]):
            yield Place(part, position), statement


def changed(role: Role, place: Place, statement: Statement) -> Role:
    """Return the role with another statement at a place."""
    policy: Policy = getattr(role, place.part)
    kept = [*policy["Statement"]]
    kept[place.position] = statement
    parts: dict[str, Any] = {place.part: {**policy, "Statement": kept}}
    return role._replace(**parts)


def matches(call: str, actions: Iterable[str]) -> bool:
    """Return whether an action matches one of these, which may have wildcards."""
    return any(fnmatchcase(call.lower(), action.lower()) for action in actions)


def listed(value: Any) -> list[str]:
    """Return the texts of an element of a policy, which is a text or a list of them."""
    return [value] if isinstance(value, str) else list(value)


def _resources(group: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for stack, template in deployed(group).items():
        for key, one in template["Resources"].items():
            yield f"{stack}: {key}", one


@cache
def _managed() -> Mapping[str, Policy]:
    """Return the managed policies of bootstrap by their names."""
    return {
        one["Properties"]["ManagedPolicyName"]: one["Properties"]["PolicyDocument"]
        for _, one in _resources(BOOTSTRAP)
        if one["Type"] == "AWS::IAM::ManagedPolicy"
    }


def _name_of(policy_arn: str) -> str:
    return policy_arn.rpartition("/")[2]


def _role(properties: Mapping[str, Any]) -> Role:
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    policies = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    arns = properties.get("ManagedPolicyArns", [])
    policies += [_managed()[_name_of(arn)] for arn in arns if _name_of(arn) in _managed()]
    own = [statement for policy in policies for statement in policy["Statement"]]
    # The simulator splits an ARN before it replaces variables, so the colon in
    # ${aws:PrincipalTag/Launches} would end a part of the ARN.
    text = json.dumps({**EVERYTHING, "Statement": own})
    for key, value in tags.items():
        text = text.replace(f"${{aws:PrincipalTag/{key}}}", value)
    return Role(
        properties["RoleName"],
        json.loads(text),
        properties["AssumeRolePolicyDocument"],
        _managed().get(_name_of(properties.get("PermissionsBoundary", ""))),
        tags,
    )
