"""Which stack waits for which, from batches alone."""

from __future__ import annotations

from typing import Any

from sentry_oms.executor.order import heights, waits_for


class Stack:
    """As much of a Sceptre stack as the order needs."""

    def __init__(self, name: str, *dependencies: Stack) -> None:
        self.name = name
        self.dependencies = list(dependencies)


VPC, SQS = Stack("vpc"), Stack("sqs")
REDIS = Stack("redis", VPC)
TASK = Stack("task", REDIS, SQS)


def before(*batches: set[Any]) -> dict[str, set[str]]:
    return {name: set(earlier) for name, earlier in waits_for(batches).items()}


def test_forward_a_stack_waits_for_its_dependencies() -> None:
    assert before({VPC, SQS}, {REDIS}, {TASK}) == {
        "sqs": set(),
        "vpc": set(),
        "redis": {"vpc"},
        "task": {"redis", "sqs"},
    }


def test_reversed_for_a_delete_it_waits_for_its_dependents() -> None:
    assert before({TASK}, {REDIS, SQS}, {VPC}) == {
        "task": set(),
        "redis": {"task"},
        "sqs": {"task"},
        "vpc": {"redis"},
    }


def test_a_stack_that_was_taken_out_leaves_the_order_of_its_neighbours() -> None:
    assert before({VPC, SQS}, set(), {TASK})["task"] == {"vpc", "sqs"}
    assert before({TASK}, set(), {VPC})["vpc"] == {"task"}


def test_the_order_is_that_of_the_batches_and_of_the_names_in_them() -> None:
    assert list(waits_for([{VPC, SQS}, {REDIS}, {TASK}])) == ["sqs", "vpc", "redis", "task"]


def test_no_stacks_are_no_order() -> None:
    assert waits_for([set()]) == {}


def test_a_height_is_the_longest_chain_that_waits() -> None:
    assert heights(waits_for([{VPC, SQS}, {REDIS}, {TASK}])) == {
        "vpc": 3,
        "sqs": 2,
        "redis": 2,
        "task": 1,
    }
