"""What the hook ``!protect_state`` promises, and its stack policy as it is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sceptre.exceptions import InvalidHookArgumentValueError

from hooks.protect_state import ProtectState, policy
from sentry_oms.aws.view import VIEW, StackKey
from sentry_oms.cloudformation.types import HOLDS_STATE
from tests.unit.tags import calls, stack

SET = {"StackPolicyBody": json.dumps(policy())}


def run(level: str, *responses: Any, status: str = "CREATE_COMPLETE", on: bool = False) -> Any:
    owner = stack("prod/sqs", *responses)
    seen = {"StackStatus": status, "EnableTerminationProtection": on}
    VIEW.see(StackKey.of(owner), seen)
    ProtectState(level, owner).run()
    return calls(owner)


def commands(made: Any) -> list[str]:
    return [command for command, _ in made]


def test_full_sets_both() -> None:
    made = run("full", {}, {}, {})
    assert commands(made) == [
        "update_termination_protection",
        "get_stack_policy",
        "set_stack_policy",
    ]
    assert made[0][1]["EnableTerminationProtection"] is True
    assert json.loads(made[2][1]["StackPolicyBody"]) == policy()


def test_updates_sets_the_policy_alone() -> None:
    assert commands(run("updates", {}, {})) == ["get_stack_policy", "set_stack_policy"]


@pytest.mark.parametrize(("level", "on"), [("full", True), ("updates", False)])
def test_where_all_is_well_it_is_one_call(level: str, on: bool) -> None:
    assert commands(run(level, SET, on=on)) == ["get_stack_policy"]


def test_none_asks_nothing() -> None:
    assert run("none") == []


def test_a_policy_that_was_lifted_comes_back() -> None:
    lifted = {"StackPolicyBody": '{"Statement": []}'}
    assert commands(run("full", lifted, {}, on=True))[-1] == "set_stack_policy"


def test_a_lower_level_turns_termination_protection_off() -> None:
    (made,) = run("none", {}, on=True)
    assert made[1]["EnableTerminationProtection"] is False


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED", "DELETE_FAILED"])
def test_a_stack_that_failed_to_be_made_stays_deletable(status: str) -> None:
    assert run("full", status=status) == []


def test_a_rolled_back_update_is_protected_like_any_other() -> None:
    assert commands(run("full", SET, on=True, status="UPDATE_ROLLBACK_COMPLETE"))


def test_a_wrong_level_is_named() -> None:
    with pytest.raises(
        InvalidHookArgumentValueError,
        match="^prod/sqs: !protect_state level: Input should be 'none', 'updates' or 'full'",
    ):
        run("some")


def denies(action: str, kind: str) -> bool:
    """Whether CloudFormation refuses an action on a resource of the type under the policy.

    As its page says: what is not allowed is denied, and a Deny overrides every Allow.
    """

    def applies(statement: dict[str, Any]) -> bool:
        kinds = statement.get("Condition", {}).get("StringEquals", {}).get("ResourceType", [kind])
        return statement["Action"] in (action, "Update:*") and kind in kinds

    effects = {one["Effect"] for one in policy()["Statement"] if applies(one)}
    return "Deny" in effects or "Allow" not in effects


class TestPolicy:
    @pytest.mark.parametrize("kind", HOLDS_STATE)
    def test_no_state_is_replaced(self, kind: str) -> None:
        assert denies("Update:Replace", kind)

    @pytest.mark.parametrize("kind", HOLDS_STATE)
    def test_no_state_but_a_queue_is_deleted(self, kind: str) -> None:
        assert denies("Update:Delete", kind) is (kind != "AWS::SQS::Queue")

    @pytest.mark.parametrize("kind", HOLDS_STATE)
    def test_all_but_a_secret_may_be_changed(self, kind: str) -> None:
        assert denies("Update:Modify", kind) is (kind == "AWS::SecretsManager::Secret")

    @pytest.mark.parametrize("action", ["Update:Modify", "Update:Replace", "Update:Delete"])
    def test_what_holds_no_state_may_go(self, action: str) -> None:
        assert not denies(action, "AWS::ECS::TaskDefinition")

    def test_it_fits(self) -> None:
        """CloudFormation takes 16,384 bytes."""
        assert len(json.dumps(policy())) < 16_384
