"""The IAM table's own parts; ``make lint`` checks its rows, because that needs the simulator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from sentry_oms.names import ENVIRONMENTS
from tests.conftest import ROOT
from tools.lint.deployed import GROUPS
from tools.lint.iam import linter, page, policies
from tools.lint.iam.linter import as_deployed, planted, undetected
from tools.lint.iam.policies import (
    Statement,
    listed,
    matches,
    roles,
    statements,
    unlisted,
)
from tools.lint.iam.resources import UnknownResourceError, targets
from tools.lint.iam.simulator import Case, Result
from tools.lint.iam.table import BOUND, GITHUB_ROLES, LISTED, ROLES, declared, rows

WILDCARDS = (
    r"[^*?]+",
    # By name, in this account by condition.
    r"arn:aws:(sqs|dynamodb):\*:\*:[^*?]+",
    r"arn:aws:dynamodb:\*:\*:table/[^*?]+/index/\*",
    # The end of a secret's ARN, and the names that operators choose.
    r"arn:aws:secretsmanager:[^*?]+-\?{6}",
    r"arn:aws:secretsmanager:[^*?]+/exchanges/\*",
    # Limited by condition to Secrets Manager and the secret.
    r"arn:aws:kms:[^*?]+:key/\*",
    # The contents of a bucket, a log group, or a family of task definitions.
    r"arn:aws:s3:::[^*?]+/\*",
    r"arn:aws:logs:[^*?]+:\*",
    r"arn:aws:ecs:[^*?]+:task-definition/[^*?]+:\*",
)
"""The wildcards that resources in policies may have."""


def given(names: Sequence[str]) -> Iterator[tuple[str, Statement]]:
    """Every statement of these roles in every environment, without trust policies."""
    for environment in ENVIRONMENTS:
        for name in names:
            role = roles(environment)[name]
            for place, statement in statements(role):
                if place.part != "trust":
                    yield name, statement


class TestTable:
    def test_no_row_is_repeated(self) -> None:
        said = [
            (row.role, row.call, row.on, row.by, tuple(row.context.items()), environment)
            for row in rows()
            for environment in row.environments
        ]
        assert len(said) == len(set(said))

    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    def test_every_resource_exists(self, environment: str) -> None:
        assert list(as_deployed(environment))

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("queue:kraken-orders", "'queue:kraken-orders' is not deployed in dev"),
            ("topic:x", "there is no kind 'topic'"),
        ],
    )
    def test_an_unknown_resource_is_an_error(self, name: str, message: str) -> None:
        with pytest.raises(UnknownResourceError, match=message):
            targets(name, "dev")

    @pytest.mark.parametrize("name", ["another system's key", "default-key"])
    def test_another_systems_key_trusts_its_account(self, name: str) -> None:
        """A key without a policy would refuse every call, so its rows would prove nothing."""
        (target,) = targets(name, "dev")
        assert target.policy
        assert target.policy["Statement"][0]["Principal"]["AWS"].endswith(":root")

    def test_another_environment_is_each_of_the_others(self) -> None:
        found = targets("another environment's queue:okx-orders", "dev")
        assert [target.arn.rpartition(":")[2] for target in found] == [
            "okx-orders-queue-staging.fifo",
            "okx-orders-queue-prod.fifo",
        ]

    def test_the_page_is_fresh(self) -> None:
        """If this fails, run ``make generated``."""
        assert (ROOT / "docs/IAM.md").read_text() == f"{page.page()}\n"


class TestPolicies:
    @pytest.mark.parametrize("group", GROUPS)
    def test_the_table_has_every_role_and_policy(self, group: str) -> None:
        assert unlisted(group) == []

    @pytest.mark.parametrize(
        ("type_", "properties", "found"),
        [
            ("Policy", {}, "(AWS::IAM::Policy) is not in the table"),
            ("Role", {"RoleName": "x"}, "(AWS::IAM::Role) is not in the table"),
            ("Role", {}, "has no permissions boundary"),
            ("Role", {"ManagedPolicyArns": ["arn:x"]}, "has arn:x, which the table does not check"),
            ("Role", {"Users": ["x"]}, "lists Users; name the policy in the role instead"),
        ],
    )
    def test_another_way_to_give_permissions_is_reported(
        self, monkeypatch: pytest.MonkeyPatch, type_: str, properties: dict[str, Any], found: str
    ) -> None:
        basic = {"RoleName": "sentry-oms-task-dev", "AssumeRolePolicyDocument": {}}
        resource = {"Type": f"AWS::IAM::{type_}", "Properties": {**basic, **properties}}
        monkeypatch.setattr(policies, "_managed", dict)
        monkeypatch.setattr(policies, "deployed", lambda _: {"sqs": {"Resources": {"X": resource}}})
        assert any(line.startswith("sqs: X ") and line.endswith(found) for line in unlisted("dev"))

    def test_statements_for_any_resource_are_listed(self) -> None:
        found = {
            statement["Sid"]
            for _, statement in given((*LISTED, BOUND))
            if statement["Effect"] == "Allow" and "*" in listed(statement["Resource"])
        }
        assert found == set(declared()["any_resource"])

    def test_every_allowed_action_has_a_row(self) -> None:
        asked = {(row.role, row.call) for row in rows() if row.allowed}
        allowed = {
            (name, action)
            for name, statement in given(LISTED)
            if statement["Effect"] == "Allow"
            for action in listed(statement["Action"])
        }
        unasked = {
            action
            for name, action in allowed
            if not any(matches(call, [action]) for whose, call in asked if whose == name)
        }
        assert unasked == set(declared()["not_asked"])

    def test_resources_have_no_other_wildcards(self) -> None:
        """A row detects ``Resource: *``; this detects a part of a name, such as ``sentry/*``.

        ``NotResource`` and ``NotAction`` are a KeyError here and in the test above.
        """
        others = {
            resource
            for _, statement in given(ROLES)
            if statement["Sid"] not in declared()["any_resource"]
            for resource in listed(statement["Resource"])
            if not any(re.fullmatch(pattern, resource) for pattern in WILDCARDS)
        }
        assert others == set()

    def test_only_pipelines_pass_roles_to_tasks_only(self) -> None:
        for name, statement in given(ROLES):
            if "iam:PassRole" in listed(statement["Action"]):
                assert name.startswith("pipeline-")
                assert len(statement["Resource"]) == 2
                assert "iam:PassedToService" in statement["Condition"]["StringEquals"]

    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    @pytest.mark.parametrize("name", GITHUB_ROLES)
    def test_subjects_of_github_have_no_wildcards(self, name: str, environment: str) -> None:
        issuer = "token.actions.githubusercontent.com"
        for statement in roles(environment)[name].trust["Statement"]:
            assert statement["Condition"].keys() == {"StringEquals"}
            tests = statement["Condition"]["StringEquals"]
            assert tests.keys() == {f"{issuer}:aud", f"{issuer}:sub"}
            assert tests[f"{issuer}:aud"] == "sts.amazonaws.com"
            for subject in listed(tests[f"{issuer}:sub"]):
                assert re.fullmatch(r"repo:org@1234/sentry-oms-infrastructure@5678:[^*?]+", subject)


class TestPlanted:
    """Two changes of each role that some row must detect."""

    def test_a_first_statement_is_opened_and_removed(self) -> None:
        changes = list(planted())
        assert len(changes) == 2 * len((*LISTED, BOUND))
        for change in changes:
            removed = change.what.endswith(" removed")
            assert {case.row.allowed for case in change.cases} == {removed}
            for _, first in (next(statements(case.role)) for case in change.cases):
                assert first["Action"] == (linter.NOTHING if removed else "*")

    @pytest.mark.parametrize("verdict", ["Allowed", "ImplicitlyDenied", "error: x"])
    def test_a_change_is_detected_by_a_call_that_is_then_allowed(
        self, monkeypatch: pytest.MonkeyPatch, verdict: str
    ) -> None:
        def simulated(cases: Sequence[Case]) -> list[Result]:
            return [Result(case, verdict) for case in cases]

        monkeypatch.setattr(linter, "simulated", simulated)
        opened = [change for change in planted() if change.what.endswith(" to *")]
        assert undetected(opened) == ([] if verdict == "Allowed" else opened)

    def test_an_invalid_request_deviates(self) -> None:
        case = next(as_deployed("dev"))
        assert Result(case, "error: policy.errors").deviates
        assert Result(case, "ImplicitlyDenied").deviates == case.row.allowed
        assert Result(case, "Allowed").deviates != case.row.allowed
