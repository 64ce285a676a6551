"""The IAM table's own parts. What it says is judged in ``make lint``, which has a simulator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.judges.deployed import ENVIRONMENTS
from tests.judges.iam import page, policies
from tests.judges.iam.judge import as_deployed, noticing
from tests.judges.iam.policies import Role, changed, roles, statements, unlisted
from tests.judges.iam.really_called import left_out, without_conditions
from tests.judges.iam.resources import UnknownResourceError, targets
from tests.judges.iam.table import GITHUB_ROLES, ROLES, declared, expand, rows
from tests.judges.iam.widening import any_resource, listed, widenings

STATEMENT = {
    "Sid": "Use",
    "Effect": "Allow",
    "Action": ["sqs:SendMessage", "kms:Decrypt"],
    "Resource": "arn:aws:sqs:*:*:q",
    "Condition": {"StringEquals": {"a": "1", "b": "2"}, "StringLike": {"c": "3"}},
}
TRUST = {
    "Sid": "Trust",
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}

WILDCARDS = (
    r"[^*?]+",
    # By name, in this account by condition.
    r"arn:aws:(sqs|dynamodb):\*:\*:[^*?]+",
    r"arn:aws:dynamodb:\*:\*:table/[^*?]+/index/\*",
    # What Secrets Manager adds to a name; and what operators name.
    r"arn:aws:secretsmanager:[^*?]+-\?{6}",
    r"arn:aws:secretsmanager:[^*?]+/exchanges/\*",
    # Bounded by condition to Secrets Manager and the secret.
    r"arn:aws:kms:[^*?]+:key/\*",
    # All that is in a bucket, a log group, or a family of task definitions.
    r"arn:aws:s3:::[^*?]+/\*",
    r"arn:aws:logs:[^*?]+:\*",
    r"arn:aws:ecs:[^*?]+:task-definition/[^*?]+:\*",
)
"""The wildcards that resources may have, and where."""


def role(*given: Mapping[str, Any]) -> Role:
    return Role("r", ({"Statement": list(given)},), {"Statement": [TRUST]})


class TestTable:
    def test_has_every_role_both_ways(self) -> None:
        assert len(rows()) >= 120
        assert {row.role for row in rows() if row.allowed} >= set(ROLES)
        assert {row.role for row in rows() if not row.allowed} >= set(ROLES)

    def test_says_nothing_twice(self) -> None:
        said = [
            (row.role, row.call, row.on, row.by, tuple(row.context.items()), environment)
            for row in rows()
            for environment in row.environments
        ]
        assert len(said) == len(set(said))

    def test_a_call_on_each_resource_is_a_row_for_each_role(self) -> None:
        entry = {"calls": ["s:A", "s:B"], "resources": ["queue:{own}"], "why": "because"}
        block = {"role": "{own}-task", "each": [{"own": "x"}, {"own": "y"}], "refused": [entry]}
        assert [str(row) for row in expand([block])] == [
            "x-task may not s:A on queue:x",
            "x-task may not s:B on queue:x",
            "y-task may not s:A on queue:y",
            "y-task may not s:B on queue:y",
        ]

    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    def test_every_resource_is_there(self, environment: str) -> None:
        cases = list(as_deployed(rows(), environment, roles(environment)))
        assert len(cases) >= len([row for row in rows() if environment in row.environments])

    def test_a_resource_that_is_not_there_is_named(self) -> None:
        with pytest.raises(UnknownResourceError, match="'queue:kraken-orders' is not deployed in"):
            list(targets("queue:kraken-orders", "dev", ()))
        with pytest.raises(UnknownResourceError, match="there is no kind 'topic'"):
            list(targets("topic:x", "dev", ()))

    def test_another_environment_is_each_of_the_others(self) -> None:
        found = targets("another environment's queue:okx-orders", "dev", ("staging", "prod"))
        assert [target.arn.rpartition(":")[2] for target in found] == [
            "okx-orders-queue-staging.fifo",
            "okx-orders-queue-prod.fifo",
        ]

    def test_is_rendered(self) -> None:
        """Where this fails: ``make generated``."""
        assert (ROOT / "docs/IAM.md").read_text(encoding="utf-8") == page.page()


class TestPolicies:
    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    def test_nothing_else_gives_rights(self, environment: str) -> None:
        assert unlisted(environment) == []

    def test_what_else_gives_rights_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        trust = {"AssumeRolePolicyDocument": {}}
        managed = {
            "RoleName": "sentry-oms-task-dev",
            "ManagedPolicyArns": ["arn:aws:iam::aws:x"],
            **trust,
        }
        resources = {
            "Policy": {"Type": "AWS::IAM::Policy"},
            "Role": {"Type": "AWS::IAM::Role", "Properties": managed},
            "Other": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "x", **trust}},
        }
        # What bootstrap has is looked up once; here it is not what is tried.
        monkeypatch.setattr(policies, "_managed", dict)
        monkeypatch.setattr(policies, "deployed", lambda _: {"sqs": {"Resources": resources}})
        assert unlisted("dev") == [
            "sqs: Policy (AWS::IAM::Policy) is not in the table",
            "sqs: Role has arn:aws:iam::aws:x, which nothing judges",
            "sqs: Role has no permissions boundary",
            "sqs: Other (AWS::IAM::Role) is not in the table",
            "sqs: Other has no permissions boundary",
        ]

    def test_statements_that_are_open_are_listed_exactly(self) -> None:
        found = {
            sid
            for environment in ENVIRONMENTS
            for name in ROLES
            for sid in any_resource(roles(environment)[name])
        }
        assert found == set(declared()["any_resource"])

    def test_nothing_is_given_that_no_row_asks_for(self) -> None:
        asked = {(row.role, row.call) for row in rows() if row.allowed}
        given = {
            (name, action)
            for environment in ENVIRONMENTS
            for name in ROLES
            for policy in roles(environment)[name].identity
            for statement in policy["Statement"]
            for action in listed(statement["Action"])
        }
        assert {action for _, action in given - asked} == set(declared()["not_asked"])

    def test_no_statement_allows_by_exception(self) -> None:
        """``NotAction`` and ``NotResource`` give what nobody has thought of."""
        for environment in ENVIRONMENTS:
            for name in ROLES:
                for _, statement in statements(roles(environment)[name]):
                    assert not {"NotAction", "NotResource", "NotPrincipal"} & set(statement)
                    assert statement["Sid"]

    def test_no_other_wildcard_is_in_a_resource(self) -> None:
        """Opening a whole resource makes a row fail; half of one, such as ``sentry/*``, this."""
        odd = {
            resource
            for environment in ENVIRONMENTS
            for name in ROLES
            for policy in roles(environment)[name].identity
            for statement in policy["Statement"]
            for resource in listed(statement["Resource"])
            if statement["Sid"] not in declared()["any_resource"]
            and not any(re.fullmatch(pattern, resource) for pattern in WILDCARDS)
        }
        assert odd == set()

    def test_roles_are_passed_by_name_and_to_tasks_only(self) -> None:
        for environment in ENVIRONMENTS:
            for name in ROLES:
                for _, statement in statements(roles(environment)[name]):
                    if "iam:PassRole" in statement["Action"]:
                        assert name.startswith("pipeline-")
                        assert len(statement["Resource"]) == 2
                        assert not any("*" in arn for arn in statement["Resource"])
                        assert "iam:PassedToService" in statement["Condition"]["StringEquals"]


class TestWidenings:
    def test_each_part_is_opened_by_itself(self) -> None:
        assert [widening.part for widening in widenings("r", role(STATEMENT))] == [
            "actions to sqs:*, kms:*",
            "actions to *",
            "resources to *",
            "no a",
            "no b",
            "no c",
            "principal to *",
        ]

    def test_what_is_open_is_not_opened_again(self) -> None:
        open_already = {"Sid": "All", "Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
        parts = [widening.part for widening in widenings("r", role(open_already))]
        assert parts == ["actions to *", "principal to *"]

    def test_the_rest_of_the_role_stays(self) -> None:
        other = {**STATEMENT, "Sid": "Other"}
        last = next(one for one in widenings("r", role(other, STATEMENT)) if one.part == "no c")
        opened = dict(statements(last.opened))
        before = dict(statements(role(other, STATEMENT)))
        different = [place for place in before if before[place] != opened[place]]
        assert len(different) == 1
        assert "StringLike" not in opened[different[0]]["Condition"]

    def test_a_role_is_judged_by_what_it_is_refused(self) -> None:
        opened = next(widenings("oms-task", roles("dev")["oms-task"]))
        cases = noticing(opened, "dev")
        assert cases
        assert not any(case.row.allowed for case in cases)
        assert cases[0].row.call.startswith("sqs:")
        assert all(case.role == opened.opened._replace(boundary=None) for case in cases)

    def test_a_trust_is_opened_to_all_of_the_repository(self) -> None:
        opened = {one.part: one.opened for one in widenings("x", roles("dev")["github-launch"])}
        trust = opened["subject to repo:org/sentry-oms-infrastructure:*"].trust["Statement"][0]
        assert trust["Condition"] == {
            "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
            "StringLike": {
                "token.actions.githubusercontent.com:sub": "repo:org/sentry-oms-infrastructure:*"
            },
        }

    def test_a_denial_is_taken_away(self) -> None:
        parts = {one.part for one in widenings("x", roles("dev")["github-plan"])}
        assert "nothing denied" in parts

    def test_changing_a_role_leaves_the_deployed_one_alone(self) -> None:
        ours = roles("dev")["oms-task"]
        place, statement = next(statements(ours))
        changed(ours, place, {**statement, "Resource": "*"})
        assert next(statements(ours))[1] == statement
        assert statement["Resource"] != "*"


class TestReallyCalled:
    def test_most_rows_of_sqs_are_called(self) -> None:
        ours = [
            row for row in rows() if row.call.startswith("sqs:") and row.role not in GITHUB_ROLES
        ]
        called = [row for row in ours if not left_out(row)]
        assert len(called) > 0.8 * len(ours)
        assert {row.allowed for row in called} == {True, False}

    def test_moto_gets_the_policies_without_conditions(self) -> None:
        policy = {"Version": "2012-10-17", "Statement": [STATEMENT]}
        (statement,) = without_conditions(policy)["Statement"]
        assert "Condition" not in statement
        assert statement["Action"] == STATEMENT["Action"]
