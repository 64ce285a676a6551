"""What no launch shows of the account's roles: quotas, and that nothing slips past their limits."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from unittest.mock import patch

import pytest

from sentry_oms.cloudformation.templates import Template
from sentry_oms.names import BOOTSTRAP, ENVIRONMENTS
from sentry_oms.offline.reading import read_environment
from tests.conftest import ROOT
from tools.lint.deployed import VARIABLES, deployed
from tools.lint.iam.policies import listed, matches

QUOTA = 6_144
"""Characters of a managed policy, without white space.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

OWN = "${aws:PrincipalTag/Launches}"


def of_type(template: Template, kind: str) -> dict[str, Mapping[str, Any]]:
    """The properties of a template's resources of a type, by logical ID."""
    return {
        key: one["Properties"] for key, one in template["Resources"].items() if one["Type"] == kind
    }


POLICIES = {
    str(one["ManagedPolicyName"]): one["PolicyDocument"]
    for template in deployed("bootstrap").values()
    for one in of_type(template, "AWS::IAM::ManagedPolicy").values()
}
ROLES = of_type(deployed("bootstrap")["github-oidc-roles"], "AWS::IAM::Role")
LAUNCH = [name for name in POLICIES if name.startswith("sentry-github-launch-")]


def statements(name: str, effect: str = "Allow") -> Iterator[Mapping[str, Any]]:
    return (one for one in POLICIES[name]["Statement"] if one["Effect"] == effect)


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_is_no_larger_than_iam_takes(name: str) -> None:
    text = json.dumps(POLICIES[name], separators=(",", ":"))
    assert len(text) <= QUOTA


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_a_role_has_policies_that_exist_and_no_more_than_ten(role: Mapping[str, Any]) -> None:
    names = [arn.rpartition("/")[2] for arn in role["ManagedPolicyArns"]]
    assert set(names) <= POLICIES.keys()
    assert len(names) == len(set(names)) <= 10
    assert "Policies" not in role


@pytest.mark.parametrize("name", POLICIES)
def test_every_statement_has_a_name_of_its_own(name: str) -> None:
    sids = [one["Sid"] for one in POLICIES[name]["Statement"]]
    assert len(sids) == len(set(sids))


SUBJECT = "token.actions.githubusercontent.com:sub"
SUBJECTS = {
    "PlanRole": ["pull_request", "ref:refs/heads/main"],
    "LaunchDevRole": ["ref:refs/heads/main"],
    "LaunchStagingRole": ["environment:staging"],
    "LaunchProdRole": ["environment:prod"],
}


@pytest.mark.parametrize("repository", ["org/name", "org@1234/name@5678"])
def test_a_role_trusts_the_repository_as_it_is_configured(repository: str) -> None:
    """With IDs a token that says only the name is refused, and without them the other way round."""
    with patch.dict(os.environ, {**VARIABLES, "OMS_INFRASTRUCTURE_REPOSITORY": repository}):
        template = read_environment(ROOT, BOOTSTRAP).deployed["bootstrap/github-oidc-roles"]
    trusted = {}
    for key, role in of_type(template, "AWS::IAM::Role").items():
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        trusted[key] = listed(statement["Condition"]["StringEquals"][SUBJECT])
    assert trusted == {
        key: [f"repo:{repository}:{end}" for end in ends] for key, ends in SUBJECTS.items()
    }


@pytest.mark.parametrize(
    ("repository", "is_taken"),
    [
        ("org/name", True),
        ("org@1234/name@5678", True),
        ("org@1234/name", False),
        ("org/name@5678", False),
        ("org@id/name@5678", False),
        ("org@*/name@*", False),
        ("org@1234/name@5678:ref", False),
    ],
)
def test_a_repository_has_both_ids_or_none(repository: str, *, is_taken: bool) -> None:
    source = json.loads((ROOT / "templates/cicd/github-oidc-roles.json").read_text())
    pattern = source["Parameters"]["GitHubRepository"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, repository)) is is_taken


@pytest.mark.parametrize("name", LAUNCH)
def test_what_a_launch_changes_ends_in_its_environment_or_goes_by_cloudformation(name: str) -> None:
    """What is neither is read, or makes a role that is AWS's own."""
    for one in statements(name):
        equals = one.get("Condition", {}).get("StringEquals", {})
        if equals.get("aws:CalledViaFirst") == "cloudformation.amazonaws.com":
            continue
        arns = listed(one["Resource"])
        if all(OWN in arn for arn in arns):
            continue
        reading = r"[a-z-]+:(Describe|Get|List)\w+"
        others = [one for one in listed(one["Action"]) if not re.fullmatch(reading, one)]
        assert one["Sid"] in {"CreateServiceLinkedRoles", "EncryptSecrets"} or not others


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_boundary_names_no_other_environment(environment: str) -> None:
    text = json.dumps(POLICIES[f"sentry-boundary-{environment}"])
    assert environment in text
    for other in {*ENVIRONMENTS} - {environment}:
        assert other not in text


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_boundary_has_every_action_of_the_roles_and_no_other(environment: str) -> None:
    """Whether it has them on the right names is for the judge of IAM."""
    used = {
        action
        for template in deployed(environment).values()
        for role in of_type(template, "AWS::IAM::Role").values()
        for policy in role["Policies"]
        for one in policy["PolicyDocument"]["Statement"]
        for action in listed(one["Action"])
    }
    allowed = {
        action
        for one in statements(f"sentry-boundary-{environment}")
        for action in listed(one["Action"])
    }
    assert allowed == used


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_boundary_writes_no_iam(environment: str) -> None:
    actions = {
        action
        for one in statements(f"sentry-boundary-{environment}")
        for action in listed(one["Action"])
    }
    assert {action for action in actions if action.startswith("iam:")} == {"iam:PassRole"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_role_of_an_environment_is_bound(environment: str) -> None:
    roles = [
        role
        for template in deployed(environment).values()
        for role in of_type(template, "AWS::IAM::Role").values()
    ]
    assert len(roles) == 10
    for role in roles:
        assert role["PermissionsBoundary"].endswith(f":policy/sentry-boundary-{environment}")


def test_a_plan_reads_user_pool_clients_of_the_project_that_config_names() -> None:
    """Their answer has the client's secret."""
    config = (ROOT / "config/config.yaml").read_text()
    (project,) = re.findall(r"^  Project: (\S+)$", config, re.MULTILINE)
    reading = [
        one
        for one in statements("sentry-github-plan")
        if matches("cognito-idp:DescribeUserPoolClient", listed(one["Action"]))
    ]
    conditions = [one["Condition"] for one in reading]
    assert conditions == [{"StringEquals": {"aws:ResourceTag/Project": project}}]


def test_a_plan_executes_nothing_and_reads_no_data() -> None:
    allowed = {
        action for one in statements("sentry-github-plan") for action in listed(one["Action"])
    }
    writing = {
        action
        for action in allowed
        if not re.fullmatch(r"[a-z0-9-]+:(Describe|Get|List|Detect|BatchGet)[\w*]*", action)
    }
    assert writing == {"cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"}
    denied = {
        action
        for one in statements("sentry-github-plan", "Deny")
        for action in listed(one["Action"])
    }
    assert {"cloudformation:ExecuteChangeSet", "s3:GetObject*", "kms:Decrypt"} <= denied
