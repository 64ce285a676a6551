"""The account's own stacks, launched beside dev, which leaves them alone.

The tests depend on their order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import VARIABLES, EmbeddedAws, Project

ACCOUNT = "arn:aws:iam::000000000000"
CLAIM = "token.actions.githubusercontent.com"
PROVIDER = f"{ACCOUNT}:oidc-provider/{CLAIM}"
REPOSITORY = VARIABLES["OMS_INFRASTRUCTURE_REPOSITORY"]
LAUNCH = [f"sentry-github-launch-{name}" for name in ("dev", "staging", "prod")]
MAIN = f"repo:{REPOSITORY}:ref:refs/heads/main"
SUBJECTS = {
    "sentry-github-plan": [f"repo:{REPOSITORY}:pull_request", MAIN],
    "sentry-github-launch-dev": MAIN,
    "sentry-github-launch-staging": f"repo:{REPOSITORY}:environment:staging",
    "sentry-github-launch-prod": f"repo:{REPOSITORY}:environment:prod",
}
LAUNCH_POLICIES = {
    f"sentry-github-launch-{name}" for name in ("stacks", "data", "compute", "network", "limits")
}
STACKS = {
    "sentry-github-launch-policies",
    "sentry-github-oidc-roles",
    "sentry-permissions-boundaries",
}


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    made = new_project()
    made.succeed("launch", "-y", "bootstrap")
    return made


def role(aws: EmbeddedAws, name: str) -> dict[str, Any]:
    return dict(aws.client("iam").get_role(RoleName=name)["Role"])


def roles(aws: EmbeddedAws) -> list[str]:
    """Return the names of the project's roles."""
    pages = aws.client("iam").get_paginator("list_roles").paginate()
    names = [one["RoleName"] for page in pages for one in page["Roles"]]
    return [name for name in names if name.startswith("sentry-")]


def own_stacks(aws: EmbeddedAws) -> dict[str, dict[str, Any]]:
    return {name: aws.stack(name) for name in STACKS}


def test_the_outputs_are_the_arns_that_the_workflows_take(
    project: Project, aws: EmbeddedAws
) -> None:
    outputs = aws.outputs("sentry-github-oidc-roles")
    assert set(outputs.values()) == {PROVIDER, *(f"{ACCOUNT}:role/{name}" for name in SUBJECTS)}
    listed = project.succeed("list", "outputs", "bootstrap/github-oidc-roles")
    assert [arn for arn in outputs.values() if arn not in listed] == []


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_role_trusts_its_subjects_only(aws: EmbeddedAws, name: str) -> None:
    found = role(aws, name)
    (statement,) = found["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Federated": PROVIDER}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {f"{CLAIM}:aud": "sts.amazonaws.com", f"{CLAIM}:sub": SUBJECTS[name]}
    }
    if name in LAUNCH:
        iam = aws.client("iam")
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        assert {one["PolicyName"] for one in attached} == LAUNCH_POLICIES
        own = {"Key": "Launches", "Value": name.rpartition("-")[2]}
        assert own in iam.list_role_tags(RoleName=name)["Tags"]


def test_a_second_launch_a_diff_a_plan_and_a_check_find_nothing(project: Project) -> None:
    assert "launch: 3 unchanged" in project.succeed("launch", "-y", "bootstrap")
    assert project.differing("bootstrap") == {}
    assert project.program("oms", "plan", "bootstrap").returncode == 0
    assert project.program("oms", "check", "bootstrap").returncode == 0


def test_only_bootstrap_needs_the_repository(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(project.environ, "OMS_INFRASTRUCTURE_REPOSITORY")
    done = project.sceptre("launch", "-y", "bootstrap")
    assert done.returncode == 1
    assert "required_variables.OMS_INFRASTRUCTURE_REPOSITORY: is not set" in done.stdout
    assert project.program("oms", "check", "dev").returncode == 0


@pytest.mark.parametrize(
    ("repository", "code"), [("org@1/name@2", 0), ("org@1/name", 1), ("org/*", 1)]
)
def test_a_repository_has_both_ids_or_none(project: Project, repository: str, code: int) -> None:
    done = project.program("oms", "check", "bootstrap", OMS_INFRASTRUCTURE_REPOSITORY=repository)
    assert done.returncode == code
    assert ("OMS043 parameters.GitHubRepository" in done.stdout) is bool(code)


def test_a_launch_of_dev_leaves_bootstrap_and_its_roles_have_the_boundary(
    project: Project, aws: EmbeddedAws
) -> None:
    before = own_stacks(aws)
    project.succeed("launch", "-y", "dev")
    assert own_stacks(aws) == before
    boundary = {"PermissionsBoundaryArn": f"{ACCOUNT}:policy/sentry-boundary-dev"}
    of_dev = [name for name in roles(aws) if name.endswith("-dev") and name not in LAUNCH]
    assert len(of_dev) == 10
    for name in of_dev:
        assert boundary.items() <= role(aws, name)["PermissionsBoundary"].items(), name


def test_one_setting_removes_the_boundary(project: Project, aws: EmbeddedAws) -> None:
    on, off = "permissions_boundary: true", "permissions_boundary: false"
    project.edit("config/config.yaml", on, off)
    project.succeed("launch", "-y", "dev/cluster-oms")
    assert "PermissionsBoundary" not in role(aws, "sentry-oms-task-dev")
    project.edit("config/config.yaml", off, on)


def test_a_deletion_of_dev_leaves_bootstrap(project: Project, aws: EmbeddedAws) -> None:
    before = own_stacks(aws)
    project.succeed("delete", "-y", "dev")
    assert {name for name in aws.stack_names() if name.startswith("sentry-")} == STACKS
    assert own_stacks(aws) == before


def test_a_deletion_of_bootstrap_leaves_the_provider_which_is_then_named_in_config(
    project: Project, aws: EmbeddedAws
) -> None:
    iam = aws.client("iam")
    project.succeed("delete", "-y", "bootstrap")
    assert aws.stack_names() == []
    assert roles(aws) == []
    assert iam.list_policies(Scope="Local")["Policies"] == []
    left = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert left == [{"Arn": PROVIDER}]
    done = project.sceptre("launch", "-y", "bootstrap")
    assert done.returncode == 1
    assert "already exists" in done.stdout
    setting = "oidc_provider_arn: "
    project.edit("config/bootstrap/config.yaml", f'{setting}""', f"{setting}{PROVIDER}")
    project.succeed("launch", "-y", "bootstrap")
    assert aws.outputs("sentry-github-oidc-roles")["ProviderArn"] == PROVIDER
