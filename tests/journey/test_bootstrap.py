"""The account's own stacks: launched once, beside environments that never touch them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import VARIABLES, EmbeddedAws, Project
from tests.plan_examples import oms

ACCOUNT = "000000000000"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
REPOSITORY = VARIABLES["OMS_INFRASTRUCTURE_REPOSITORY"]
CLAIM = "token.actions.githubusercontent.com"

SUBJECTS = {
    "sentry-github-plan": [
        f"repo:{REPOSITORY}:pull_request",
        f"repo:{REPOSITORY}:ref:refs/heads/main",
    ],
    "sentry-github-launch-dev": f"repo:{REPOSITORY}:ref:refs/heads/main",
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
ROLES_OF_DEV = [
    f"sentry-{name}-dev"
    for name in (
        "gateway-task",
        "gateway-execution",
        "oms-task",
        "oms-execution",
        "build-frontend",
        "pipeline-frontend",
        "build-oms",
        "pipeline-oms",
        "build-websocket",
        "pipeline-websocket",
    )
]


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    made = new_project()
    made.succeed("launch", "-y", "bootstrap")
    return made


def role(aws: EmbeddedAws, name: str) -> dict[str, Any]:
    return dict(aws.client("iam").get_role(RoleName=name)["Role"])


def own_stacks(aws: EmbeddedAws) -> dict[str, dict[str, Any]]:
    return {name: aws.stack(name) for name in STACKS}


def test_the_outputs_are_what_the_workflows_are_told(project: Project, aws: EmbeddedAws) -> None:
    outputs = aws.outputs("sentry-github-oidc-roles")
    assert outputs == {
        "PlanRoleArn": f"arn:aws:iam::{ACCOUNT}:role/sentry-github-plan",
        "LaunchDevRoleArn": f"arn:aws:iam::{ACCOUNT}:role/sentry-github-launch-dev",
        "LaunchStagingRoleArn": f"arn:aws:iam::{ACCOUNT}:role/sentry-github-launch-staging",
        "LaunchProdRoleArn": f"arn:aws:iam::{ACCOUNT}:role/sentry-github-launch-prod",
        "ProviderArn": PROVIDER,
    }
    listed = project.succeed("list", "outputs", "bootstrap/github-oidc-roles")
    for arn in outputs.values():
        assert arn in listed


@pytest.mark.usefixtures("project")
def test_the_provider_is_for_the_tokens_that_ask_for_aws(aws: EmbeddedAws) -> None:
    found = aws.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
    assert found["Url"].removeprefix("https://") == CLAIM
    assert found["ClientIDList"] == ["sts.amazonaws.com"]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_role_trusts_its_subjects_and_no_other(aws: EmbeddedAws, name: str) -> None:
    found = role(aws, name)
    (statement,) = found["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Federated": PROVIDER}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {f"{CLAIM}:aud": "sts.amazonaws.com", f"{CLAIM}:sub": SUBJECTS[name]}
    }
    assert found["MaxSessionDuration"] == 7200


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_a_launch_role_has_the_policies_and_bears_its_environment(
    aws: EmbeddedAws, environment: str
) -> None:
    iam = aws.client("iam")
    name = f"sentry-github-launch-{environment}"
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert {one["PolicyName"] for one in attached} == LAUNCH_POLICIES
    for one in attached:
        assert iam.get_policy(PolicyArn=one["PolicyArn"])["Policy"]["AttachmentCount"] == 3
    assert {"Key": "Launches", "Value": environment} in iam.list_role_tags(RoleName=name)["Tags"]


def test_again_it_changes_nothing(project: Project) -> None:
    assert "launch: 3 unchanged" in project.succeed("launch", "-y", "bootstrap")
    assert project.differing("bootstrap") == {}
    assert oms(project, "plan", "bootstrap").returncode == 0


def test_the_check_has_nothing_to_say(project: Project) -> None:
    done = oms(project, "check", "bootstrap")
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("bootstrap: 3 stacks, ")


def test_without_its_repository_it_is_refused_and_dev_is_not(project: Project) -> None:
    del project.environ["OMS_INFRASTRUCTURE_REPOSITORY"]
    try:
        done = project.sceptre("launch", "-y", "bootstrap")
        assert done.returncode == 1
        assert "required_variables.OMS_INFRASTRUCTURE_REPOSITORY: is not set" in done.stdout
        assert "Traceback" not in done.stdout
        assert oms(project, "check", "dev").returncode == 0
    finally:
        project.environ["OMS_INFRASTRUCTURE_REPOSITORY"] = REPOSITORY


@pytest.mark.parametrize("repository", ["org", "org/*", "org/name/more", "org@1/name"])
def test_a_repository_is_an_owner_and_a_name(project: Project, repository: str) -> None:
    done = oms(project, "check", "bootstrap", OMS_INFRASTRUCTURE_REPOSITORY=repository)
    (line, _) = done.stdout.splitlines()
    assert done.returncode == 1
    assert "OMS043 parameters.GitHubRepository" in line


class TestBesideDev:
    """In this order: dev is launched, and deleted again."""

    def test_a_launch_of_dev_leaves_it_and_is_bound_by_it(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        before = own_stacks(aws)
        project.succeed("launch", "-y", "dev")
        assert own_stacks(aws) == before
        boundary = f"arn:aws:iam::{ACCOUNT}:policy/sentry-boundary-dev"
        for name in ROLES_OF_DEV:
            found = role(aws, name)["PermissionsBoundary"]["PermissionsBoundaryArn"]
            assert found == boundary, name

    def test_no_role_of_dev_is_left_without_it(self, project: Project, aws: EmbeddedAws) -> None:
        assert project.differing("dev") == {}
        pages = aws.client("iam").get_paginator("list_roles").paginate()
        names = {one["RoleName"] for page in pages for one in page["Roles"]}
        assert {one for one in names if one.endswith("-dev")} == {
            *ROLES_OF_DEV,
            "sentry-github-launch-dev",
        }

    def test_without_bootstrap_one_setting_takes_it_away(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        on, off = "permissions_boundary: true", "permissions_boundary: false"
        project.edit("config/config.yaml", on, off)
        project.succeed("launch", "-y", "dev/cluster-oms")
        assert "PermissionsBoundary" not in role(aws, "sentry-oms-task-dev")
        project.edit("config/config.yaml", off, on)

    def test_a_delete_of_dev_leaves_it(self, project: Project, aws: EmbeddedAws) -> None:
        before = own_stacks(aws)
        project.succeed("delete", "-y", "dev")
        assert {name for name in aws.stack_names() if name.startswith("sentry-")} == STACKS
        assert own_stacks(aws) == before
        assert project.differing("bootstrap") == {}


class TestDelete:
    """In this order: deleted, and launched again with the provider that stayed."""

    def test_it_takes_roles_and_policies_and_leaves_the_provider(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        iam = aws.client("iam")
        project.succeed("delete", "-y", "bootstrap")
        assert aws.stack_names() == []
        roles = {one["RoleName"] for one in iam.list_roles()["Roles"]}
        assert not {one for one in roles if one.startswith("sentry-")}
        assert iam.list_policies(Scope="Local")["Policies"] == []
        left = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        assert left == [{"Arn": PROVIDER}]

    def test_a_provider_that_exists_is_refused_until_it_is_named(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        done = project.sceptre("launch", "-y", "bootstrap")
        assert done.returncode == 1
        assert "already exists" in done.stdout
        project.edit(
            "config/bootstrap/config.yaml",
            'oidc_provider_arn: ""',
            f"oidc_provider_arn: {PROVIDER}",
        )
        project.succeed("launch", "-y", "bootstrap")
        assert aws.outputs("sentry-github-oidc-roles")["ProviderArn"] == PROVIDER
        trust = role(aws, "sentry-github-plan")["AssumeRolePolicyDocument"]
        assert trust["Statement"][0]["Principal"] == {"Federated": PROVIDER}
