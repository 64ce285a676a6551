"""Each row of docs/OPERATIONS.md about ways to lose state is true."""

from __future__ import annotations

import re

import pytest

from hooks.protect_state import policy
from sentry_oms.cloudformation.types import HOLDS_STATE
from sentry_oms.plan.stack_policy import permits
from tests.conftest import ROOT
from tests.create_only import used_types
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
"""The rows that do not concern a stack policy, each with its journey test."""


def test_every_other_way_has_a_journey_test() -> None:
    assert len(ROWS) >= 10
    assert {way for way, who, _ in ROWS if who != "stack policy"} == REHEARSED.keys()


@pytest.mark.parametrize(("way", "how"), BY_POLICY, ids=[way for way, _ in BY_POLICY])
def test_the_stack_policy_denies_it(way: str, how: str) -> None:
    found = re.fullmatch(r"`(Update:\w+)` of `([\w:]+)`", how)
    assert found, way
    assert not permits(policy(), found[1], "R", found[2])


def test_the_table_has_every_stateful_type() -> None:
    named = {kind for _, how in BY_POLICY for kind in re.findall(r"of `([\w:]+)`", how)}
    assert named == used_types() & set(HOLDS_STATE)
