"""``!protect_state``, and the stack policy that it sets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hooks.protect_state import ProtectState, policy
from sentry_oms.aws.view import VIEW, StackKey
from sentry_oms.cloudformation.types import HOLDS_STATE
from sentry_oms.plan.stack_policy import permits
from tests.unit.tags import calls, commands, stack

SET = {"StackPolicyBody": json.dumps(policy())}
LIFTED = {"StackPolicyBody": '{"Statement": []}'}
ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"
PROTECT, READ, WRITE = "update_termination_protection", "get_stack_policy", "set_stack_policy"


def run(level: str, *responses: Any, status: str = "CREATE_COMPLETE", on: bool = False) -> Any:
    owner = stack("prod/sqs", *responses)
    VIEW.see(StackKey.of(owner), {"StackStatus": status, "EnableTerminationProtection": on})
    ProtectState(level, owner).run()
    return owner


def test_full_sets_termination_protection_and_the_policy() -> None:
    owner = run("full", {}, {}, {})
    assert commands(owner) == [PROTECT, READ, WRITE]
    made = dict(calls(owner))
    assert made[PROTECT]["EnableTerminationProtection"] is True
    assert json.loads(made[WRITE]["StackPolicyBody"]) == policy()


@pytest.mark.parametrize(
    ("level", "responses", "seen", "expected"),
    [
        pytest.param("updates", ({}, {}), {}, [READ, WRITE], id="updates sets the policy alone"),
        pytest.param("full", (SET,), {"on": True}, [READ], id="full is set"),
        pytest.param("updates", (SET,), {}, [READ], id="updates is set"),
        pytest.param("none", (), {}, [], id="none"),
        pytest.param("full", (LIFTED, {}), {"on": True}, [READ, WRITE], id="the policy was lifted"),
        *(
            pytest.param("full", (), {"status": status}, [], id=f"{status} stays deletable")
            for status in ("ROLLBACK_COMPLETE", "CREATE_FAILED", "DELETE_FAILED")
        ),
        pytest.param("full", (SET,), {"on": True, "status": ROLLED_BACK}, [READ], id=ROLLED_BACK),
    ],
)
def test_only_a_difference_is_written(
    level: str, responses: tuple[Any, ...], seen: dict[str, Any], expected: list[str]
) -> None:
    assert commands(run(level, *responses, **seen)) == expected


def test_a_lower_level_turns_termination_protection_off() -> None:
    ((command, arguments),) = calls(run("none", {}, on=True))
    assert (command, arguments["EnableTerminationProtection"]) == (PROTECT, False)


@pytest.mark.parametrize("kind", HOLDS_STATE)
def test_the_policy_keeps_state(kind: str) -> None:
    assert not permits(policy(), "Update:Replace", "R", kind)
    assert permits(policy(), "Update:Delete", "R", kind) is (kind == "AWS::SQS::Queue")
    is_secret = kind == "AWS::SecretsManager::Secret"
    assert permits(policy(), "Update:Modify", "R", kind) is not is_secret


@pytest.mark.parametrize("action", ["Update:Modify", "Update:Replace", "Update:Delete"])
def test_the_policy_permits_every_update_of_stateless_resources(action: str) -> None:
    assert permits(policy(), action, "R", "AWS::ECS::TaskDefinition")


def test_the_policy_fits() -> None:
    """CloudFormation accepts 16,384 bytes."""
    assert len(json.dumps(policy())) < 16_384
