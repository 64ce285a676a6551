"""docs/OPERATIONS.md says who refuses each way to lose state; each row is held to it."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from hooks.protect_state import STATEFUL, policy
from tests.conftest import ROOT
from tests.journey import test_guards

_GUARDS = "stack policy|`!keep_messages`|termination protection|`oms check`"
ROWS = re.findall(
    rf"^\| ([^|]+) \| ({_GUARDS}) \| ([^|]+) \|$",
    (ROOT / "docs/OPERATIONS.md").read_text(),
    flags=re.MULTILINE,
)
BY_POLICY = [(way, how) for way, who, how in ROWS if who == "stack policy"]

REHEARSED = {
    "a queue gets or loses FIFO in config, and holds messages": (
        test_guards.test_a_queue_that_holds_messages_is_not_lost
    ),
    "a queue gets another name, and holds messages": (
        test_guards.test_a_queue_that_holds_messages_is_not_lost
    ),
    "an exchange is removed that holds messages": (
        test_guards.test_a_queue_that_holds_messages_is_not_lost
    ),
    "the stack of the queues is deleted while a dead-letter queue holds messages": (
        test_guards.test_the_queues_are_not_deleted_while_a_dead_letter_queue_holds_messages
    ),
    "prod, or prod's sqs, is deleted": test_guards.test_prod_is_not_deleted,
    "a stack file asks for a template that is not there": (
        test_guards.test_a_missing_template_is_found_before_anything_is_written
    ),
}
"""The rows that a stack policy has nothing to do with, and the journey that goes each way."""


def allows(action: str, kind: str) -> bool:
    """Whether the stack policy allows an update to do this to a resource of a type.

    What nobody allows is denied, and a denial is stronger than what allows.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
    """
    effects = {one["Effect"] for one in policy()["Statement"] if _is_about(one, action, kind)}
    return effects == {"Allow"}


def _is_about(statement: dict[str, Any], action: str, kind: str) -> bool:
    kinds = statement.get("Condition", {}).get("StringEquals", {}).get("ResourceType", [kind])
    return fnmatchcase(action, statement["Action"]) and kind in kinds


def test_there_are_at_least_ten_ways() -> None:
    assert len(ROWS) >= 10
    assert {way for way, who, _ in ROWS if who != "stack policy"} == REHEARSED.keys()


@pytest.mark.parametrize(("way", "how"), BY_POLICY, ids=[way for way, _ in BY_POLICY])
def test_the_stack_policy_refuses_it(way: str, how: str) -> None:
    found = re.fullmatch(r"`(Update:\w+)` of `([\w:]+)`", how)
    assert found, way
    assert not allows(found[1], found[2])


def test_every_type_that_holds_state_is_in_the_table() -> None:
    named = {kind for _, how in BY_POLICY for kind in re.findall(r"of `([\w:]+)`", how)}
    assert named == set(STATEFUL)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("Update:Modify", "AWS::DynamoDB::Table"),
        ("Update:Delete", "AWS::SQS::Queue"),
        ("Update:Replace", "AWS::ECS::TaskDefinition"),
        ("Update:Delete", "AWS::CloudWatch::Alarm"),
    ],
)
def test_what_loses_nothing_is_allowed(action: str, kind: str) -> None:
    assert allows(action, kind)
