"""Which stack waits for which, from Sceptre's batches."""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.executor.order import heights, waits_for


class Stack:
    """As much of a Sceptre stack as the order needs."""

    def __init__(self, name: str, *dependencies: Stack) -> None:
        self.name = name
        self.dependencies = list(dependencies)


VPC, SQS = Stack("vpc"), Stack("sqs")
REDIS = Stack("redis", VPC)
TASK = Stack("task", REDIS, SQS)
LAUNCH = [{VPC, SQS}, {REDIS}, {TASK}]


@pytest.mark.parametrize(
    ("batches", "expected"),
    [
        (LAUNCH, {"sqs": "", "vpc": "", "redis": "vpc", "task": "redis sqs"}),
        (LAUNCH[::-1], {"task": "", "redis": "task", "sqs": "task", "vpc": "redis"}),
        ([{VPC, SQS}, set(), {TASK}], {"sqs": "", "vpc": "", "task": "sqs vpc"}),
        ([{TASK}, set(), {VPC}], {"task": "", "vpc": "task"}),
        ([set()], {}),
    ],
    ids=["launch", "delete", "launch without one between", "delete without one", "no stacks"],
)
def test_a_stack_waits_for_its_dependencies(batches: list[Any], expected: dict[str, str]) -> None:
    found = waits_for(batches)
    assert {name: " ".join(sorted(earlier)) for name, earlier in found.items()} == expected
    assert list(found) == list(expected)


def test_a_height_is_the_longest_chain_of_dependents() -> None:
    assert heights(waits_for(LAUNCH)) == {"vpc": 3, "sqs": 2, "redis": 2, "task": 1}
