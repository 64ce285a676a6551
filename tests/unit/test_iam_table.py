"""The IAM table's own parts. What it says is judged in ``make lint``, which has a simulator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from sentry_oms.names import ENVIRONMENTS
from tests.conftest import ROOT
from tools.lint.deployed import GROUPS
from tools.lint.iam import page, policies
from tools.lint.iam.linter import as_deployed, differences, named, noticing
from tools.lint.iam.narrowing import narrowings
from tools.lint.iam.policies import Role, changed, limits, roles, statements, unlisted
from tools.lint.iam.really_called import left_out, without_conditions
from tools.lint.iam.resources import UnknownResourceError, targets
from tools.lint.iam.simulator import Judged
from tools.lint.iam.table import BOUND, GITHUB_ROLES, LISTED, ROLES, Row, declared, expand, rows
from tools.lint.iam.widening import Widening, any_resource, listed, matches, widenings

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

    def test_a_key_that_is_not_ours_trusts_its_account(self) -> None:
        """Else it would refuse whatever a role may, and its rows would prove nothing."""
        for name in ("another system's key", "default-key"):
            (target,) = targets(name, "dev", ())
            assert target.policy is not None
            (statement,) = target.policy["Statement"]
            assert statement["Principal"]["AWS"].endswith(":root")

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
    @pytest.mark.parametrize("group", GROUPS)
    def test_nothing_else_gives_rights(self, group: str) -> None:
        assert unlisted(group) == []

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

    def test_a_policy_that_names_its_holders_is_named(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        managed = {
            "ManagedPolicyName": "x",
            "Users": ["somebody"],
            "Roles": ["sentry-oms-task-dev"],
        }
        resources = {"Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": managed}}
        monkeypatch.setattr(policies, "deployed", lambda _: {"roles": {"Resources": resources}})
        assert unlisted("bootstrap") == [
            "roles: Policy names its roles; they name it, so that it is judged",
            "roles: Policy names its users; they name it, so that it is judged",
        ]

    def test_statements_that_are_open_are_listed_exactly(self) -> None:
        found = {
            sid
            for environment in ENVIRONMENTS
            for name in LISTED
            for sid in any_resource(roles(environment)[name])
        }
        bounds = {
            sid
            for environment in ENVIRONMENTS
            for sid in any_resource(roles(environment)[BOUND], limits)
        }
        assert found | bounds == set(declared()["any_resource"])

    def test_nothing_is_given_that_no_row_asks_for(self) -> None:
        asked = {(row.role, row.call) for row in rows() if row.allowed}
        given = {
            (name, action)
            for environment in ENVIRONMENTS
            for name in LISTED
            for policy in roles(environment)[name].identity
            for statement in policy["Statement"]
            for action in listed(statement["Action"])
            if statement["Effect"] == "Allow"
        }
        unasked = {
            action
            for name, action in given
            if not any(matches(call, [action]) for whose, call in asked if whose == name)
        }
        assert unasked == set(declared()["not_asked"])

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
        pattern = "repo:org@1234/sentry-oms-infrastructure@5678:*"
        trust = opened[f"subject to {pattern}"].trust["Statement"][0]
        assert trust["Condition"] == {
            "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
            "StringLike": {"token.actions.githubusercontent.com:sub": pattern},
        }

    def test_a_denial_is_taken_away(self) -> None:
        parts = {one.part for one in widenings("x", roles("dev")["github-plan"])}
        assert "nothing denied" in parts

    def test_a_boundary_is_opened_by_itself(self) -> None:
        """By who may do everything else: of a role it would permit nothing."""
        bound = roles("prod")[BOUND]
        opened = next(
            one for one in widenings(BOUND, bound, limits) if one.name == "UseQueues resources to *"
        )
        assert opened.opened.identity == bound.identity
        different = [
            before["Sid"]
            for (_, before), (_, after) in zip(limits(bound), limits(opened.opened), strict=True)
            if before != after
        ]
        assert different == ["UseQueues"]
        cases = noticing(opened, "prod")
        assert {case.target.environment for case in cases} >= {"dev", "staging"}
        assert all(case.role is opened.opened for case in cases)

    def test_only_what_the_opened_statement_speaks_of_is_tried(self) -> None:
        ours = roles("dev")["github-launch"]
        opened = {one.name: one for one in widenings("github-launch", ours)}
        calls = {
            case.row.call for case in noticing(opened["MakeQueues no aws:CalledViaFirst"], "dev")
        }
        assert "sqs:SetQueueAttributes" in calls
        assert "dynamodb:UpdateTable" not in calls

    def test_changing_a_role_leaves_the_deployed_one_alone(self) -> None:
        ours = roles("dev")["oms-task"]
        place, statement = next(statements(ours))
        changed(ours, place, {**statement, "Resource": "*"})
        assert next(statements(ours))[1] == statement
        assert statement["Resource"] != "*"


class TestNarrowings:
    """What is taken away is missed by the rows that it permits."""

    def test_a_statement_is_missed_by_its_own_calls(self) -> None:
        found = {(one.role, one.sid): one for one in narrowings(roles("dev"), "dev")}
        taken = found["github-launch", "MakeQueues"]
        assert "sqs:SetQueueAttributes" in {case.row.call for case in taken.cases}
        assert all(case.row.allowed for case in taken.cases)
        for case in taken.cases:
            kept = {one["Sid"]: one for _, one in statements(case.role)}
            assert not matches(case.row.call, listed(kept["MakeQueues"]["Action"]))
            assert matches("dynamodb:UpdateTable", listed(kept["MakeTables"]["Action"]))

    def test_a_boundary_is_missed_by_the_roles_within_it(self) -> None:
        found = {(one.role, one.sid): one for one in narrowings(roles("prod"), "prod")}
        taken = found[BOUND, "UseQueues"]
        assert {case.row.role for case in taken.cases} == {"gateway-task", "oms-task"}
        for case in taken.cases:
            kept = {one["Sid"]: one for _, one in limits(case.role)}
            assert not matches(case.row.call, listed(kept["UseQueues"]["Action"]))
            assert case.role.identity == roles("prod")[case.row.role].identity

    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    def test_every_statement_that_permits_is_taken_away(self, environment: str) -> None:
        taken = [(one.role, one.sid) for one in narrowings(roles(environment), environment)]
        permitting = [
            (name, one["Sid"])
            for name in LISTED
            for place, one in statements(roles(environment)[name])
            if one["Effect"] == "Allow" and place.policy != policies.TRUST
        ]
        bounds = [(BOUND, one["Sid"]) for _, one in limits(roles(environment)[BOUND])]
        assert taken == [*permitting, *bounds]


class TestGitHub:
    """What a launch role must not become; ``make lint`` lets each of these be judged."""

    ISSUER = "token.actions.githubusercontent.com"

    def opened(self, environment: str, name: str) -> list[Row]:
        """The rows that could notice it."""
        ours = roles(environment)["github-launch"]
        found = next(one for one in widenings("github-launch", ours) if one.name == name)
        return [case.row for case in noticing(found, environment)]

    @pytest.mark.parametrize(
        ("environment", "sid", "pattern", "let_in"),
        [
            ("dev", "LaunchBranch", "ref:refs/heads/*", "ref:refs/heads/feature"),
            ("dev", "LaunchBranch", "ref:refs/heads/main*", "ref:refs/heads/main-2"),
            ("dev", "LaunchBranch", "*", "pull_request"),
            ("staging", "EnvironmentStaging", "environment:*", "environment:prod"),
            ("prod", "EnvironmentProd", "*", "ref:refs/heads/main"),
        ],
    )
    def test_a_subject_that_is_too_wide(
        self, environment: str, sid: str, pattern: str, let_in: str
    ) -> None:
        repository = "repo:org@1234/sentry-oms-infrastructure@5678:"
        noticed = self.opened(environment, f"{sid} subject to {repository}{pattern}")
        subjects = {
            row.context[f"{self.ISSUER}:sub"]
            for row in noticed
            if row.by == f"provider:{self.ISSUER}"
            and row.context[f"{self.ISSUER}:aud"] == "sts.amazonaws.com"
        }
        assert f"{repository}{let_in}" in subjects

    @pytest.mark.parametrize(
        ("key", "call", "on"),
        [
            ("MakeTables no aws:CalledViaFirst", "dynamodb:CreateTable", "table:config"),
            ("MakeNetwork no aws:CalledViaFirst", "ec2:DeleteVpc", "vpc"),
            ("PermitWithinBoundary no iam:PermissionsBoundary", "iam:CreateRole", "role:oms-task"),
            ("PassRoles no iam:PassedToService", "iam:PassRole", "role:oms-task"),
        ],
    )
    def test_a_statement_without_its_condition(self, key: str, call: str, on: str) -> None:
        left_out = key.partition(" no ")[2]
        allowed = next(
            row
            for row in rows()
            if (row.role, row.allowed, row.call, row.on) == ("github-launch", True, call, on)
        )
        noticed = [row for row in self.opened("dev", key) if (row.call, row.on) == (call, on)]
        assert allowed.context[left_out]
        assert any(row.context.get(left_out) != allowed.context[left_out] for row in noticed)

    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    @pytest.mark.parametrize("name", GITHUB_ROLES)
    def test_whole_subjects_are_trusted_letter_by_letter(self, name: str, environment: str) -> None:
        for statement in roles(environment)[name].trust["Statement"]:
            assert statement["Condition"].keys() == {"StringEquals"}
            tests = statement["Condition"]["StringEquals"]
            assert tests.keys() == {f"{self.ISSUER}:aud", f"{self.ISSUER}:sub"}
            assert tests[f"{self.ISSUER}:aud"] == "sts.amazonaws.com"
            for subject in listed(tests[f"{self.ISSUER}:sub"]):
                assert subject.startswith("repo:org@1234/sentry-oms-infrastructure@5678:")
                assert not {"*", "?"} & set(subject)


class TestUnnoticed:
    """What makes no row fail is listed, exactly."""

    @staticmethod
    def of(name: str) -> Widening:
        return next(widenings(name, role(STATEMENT)))

    def test_is_named_once_where_it_is_so_for_everybody(self) -> None:
        opened = [("dev", self.of("oms-task")), ("prod", self.of("gateway-task"))]
        assert list(named(opened, opened)) == ["Use actions to sqs:*, kms:*"]

    def test_is_named_with_whose_it_is_where_others_are_noticed(self) -> None:
        opened = [(env, self.of(name)) for env in ("dev", "prod") for name in ("a", "b")]
        assert list(named(opened, opened[2:])) == [
            "Use actions to sqs:*, kms:* of a in prod",
            "Use actions to sqs:*, kms:* of b in prod",
        ]

    def test_differs_from_the_list_in_both_directions(self) -> None:
        assert list(differences(["a", "b"], ["b", "c"])) == [
            "a: it makes no row fail",
            "c is listed as harmless, and a row notices it",
        ]

    def test_an_error_notices_nothing(self) -> None:
        case = noticing(next(widenings("oms-task", roles("dev")["oms-task"])), "dev")[0]
        assert Judged(case, "error: policy.errors").deviates
        assert not Judged(case, "error: policy.errors").is_allowed
        assert Judged(case, "Allowed").is_allowed


class TestReallyCalled:
    def test_most_rows_of_sqs_are_called(self) -> None:
        ours = [
            row
            for row in rows()
            if row.call.startswith("sqs:") and row.role not in (*GITHUB_ROLES, BOUND)
        ]
        called = [row for row in ours if not left_out(row)]
        assert len(called) > 0.8 * len(ours)
        assert {row.allowed for row in called} == {True, False}

    def test_moto_gets_the_policies_without_conditions(self) -> None:
        policy = {"Version": "2012-10-17", "Statement": [STATEMENT]}
        (statement,) = without_conditions(policy)["Statement"]
        assert "Condition" not in statement
        assert statement["Action"] == STATEMENT["Action"]
