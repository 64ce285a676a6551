"""Policies of the account's roles that the IAM table does not test row by row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sentry_oms.names import BOOTSTRAP, ENVIRONMENTS
from tests.unit.template_parts import of_type
from tools.lint.deployed import deployed

OWN = "${aws:PrincipalTag/Launches}"
READING = r"[a-z-]+:(Describe|Get|List)\w+"
POLICIES = {
    str(one["Properties"]["ManagedPolicyName"]): one["Properties"]["PolicyDocument"]
    for found in deployed(BOOTSTRAP).values()
    for one in of_type(found, "AWS::IAM::ManagedPolicy").values()
}
ROLES = of_type(deployed(BOOTSTRAP)["github-oidc-roles"], "AWS::IAM::Role")
LAUNCH = [name for name in POLICIES if name.startswith("sentry-github-launch-")]


def roles_of(environment: str) -> Iterator[Mapping[str, Any]]:
    for found in deployed(environment).values():
        for role in of_type(found, "AWS::IAM::Role").values():
            yield role["Properties"]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def actions(statements: list[Mapping[str, Any]]) -> set[str]:
    """Return the allowed actions."""
    allowed = (one for one in statements if one["Effect"] == "Allow")
    return {action for one in allowed for action in listed(one["Action"])}


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_a_role_has_at_most_ten_policies_that_exist(role: Mapping[str, Any]) -> None:
    names = [arn.rpartition("/")[2] for arn in role["Properties"]["ManagedPolicyArns"]]
    assert set(names) <= POLICIES.keys()
    assert len(names) == len(set(names)) <= 10
    assert "Policies" not in role["Properties"]


@pytest.mark.parametrize("name", POLICIES)
def test_the_statements_of_a_policy_have_different_sids(name: str) -> None:
    sids = [one["Sid"] for one in POLICIES[name]["Statement"]]
    assert len(sids) == len(set(sids))


@pytest.mark.parametrize("name", LAUNCH)
def test_a_launch_writes_only_its_environment_or_through_cloudformation(name: str) -> None:
    for one in POLICIES[name]["Statement"]:
        equals = one.get("Condition", {}).get("StringEquals", {})
        through_cloudformation = equals.get("aws:CalledViaFirst") == "cloudformation.amazonaws.com"
        only_own = all(OWN in arn for arn in listed(one["Resource"]))
        if one["Effect"] == "Allow" and not through_cloudformation and not only_own:
            writing = [call for call in listed(one["Action"]) if not re.fullmatch(READING, call)]
            assert not writing or one["Sid"] in {"CreateServiceLinkedRoles", "EncryptSecrets"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_boundary_allows_exactly_the_actions_of_its_environments_roles(environment: str) -> None:
    """The IAM table tests the resources."""
    document = POLICIES[f"sentry-boundary-{environment}"]
    assert [other for other in ENVIRONMENTS if other in json.dumps(document)] == [environment]
    roles = [policy for role in roles_of(environment) for policy in role["Policies"]]
    used = [one for policy in roles for one in policy["PolicyDocument"]["Statement"]]
    allowed = actions(document["Statement"])
    assert allowed == actions(used)
    assert {action for action in allowed if action.startswith("iam:")} == {"iam:PassRole"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_role_of_an_environment_has_its_boundary(environment: str) -> None:
    boundaries = [role["PermissionsBoundary"].rpartition("/")[2] for role in roles_of(environment)]
    assert boundaries == [f"sentry-boundary-{environment}"] * 10


def test_the_plan_role_writes_only_change_sets() -> None:
    allowed = actions(POLICIES["sentry-github-plan"]["Statement"])
    reading = r"[a-z0-9-]+:(Describe|Get|List|Detect|BatchGet)[\w*]*"
    writing = {action for action in allowed if not re.fullmatch(reading, action)}
    assert writing == {"cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"}
