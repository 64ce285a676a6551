"""``!sqs_queue_names``."""

from __future__ import annotations

from typing import Any

import pytest
from sceptre.exceptions import SceptreException
from sceptre.resolvers.stack_output import StackOutput

from resolvers.sqs_queue_names import QueueNamesError, SqsQueueNames
from tests.unit.tags import calls, stack

USER_DATA: dict[str, Any] = {
    "environment": "dev",
    "exchanges": ["bitget", "okx"],
    "queues": [{"name": "master-order", "fifo": True}, {"name": "clients-events"}],
}
MANY = [f"exchng{number:02}" for number in range(60)]


def tag(*queues: str, **user_data: Any) -> SqsQueueNames:
    owner = stack("dev/cluster-oms")
    resolver = SqsQueueNames({"stack": "dev/sqs.yaml", "queues": list(queues)}, owner)
    resolver.setup()
    assert owner.dependencies == ["dev/sqs.yaml"]
    target = stack("dev/sqs")
    target._sceptre_user_data = {**USER_DATA, **user_data}
    owner.dependencies = [target]
    return resolver


def test_names_and_patterns_give_full_names_in_the_order_of_definition() -> None:
    resolver = tag("*-orders", "master-order", "bitget-*")
    assert resolver.resolve() == [
        "master-order-queue-dev.fifo",
        "bitget-orders-queue-dev.fifo",
        "bitget-filled-orders-queue-dev.fifo",
        "okx-orders-queue-dev.fifo",
        "okx-filled-orders-queue-dev.fifo",
    ]
    assert calls(resolver.stack) == []


def test_another_project_names_its_own_environment() -> None:
    assert tag("clients-events", environment="test").resolve() == ["clients-events-queue-test"]


@pytest.mark.parametrize(
    ("queues", "user_data", "fault"),
    [
        (
            ["*-orders", "kraken-*"],
            {},
            r"queues: 'kraken-\*' .*dev/sqs\.yaml: master-order, clients-events, bitget-orders",
        ),
        (["*-orders"], {"exchanges": MANY}, r"120 names are \d+ bytes"),
        (
            ["*"],
            {"exchanges": [StackOutput("dev/x.yaml::Y")]},
            r"dev/sqs\.yaml .*\(0: !stack_output\)",
        ),
        (["*"], {"exchanges": ["Okx"]}, r"dev/sqs\.yaml sceptre_user_data exchanges\.0: "),
    ],
    ids=["no match", "too long", "a tag in user data", "invalid user data"],
)
def test_an_error_names_the_target_and_the_field(
    queues: list[str], user_data: dict[str, Any], fault: str
) -> None:
    with pytest.raises(QueueNamesError, match=f"^dev/cluster-oms: !sqs_queue_names .*{fault}"):
        tag(*queues, **user_data).resolve()


def test_ignored_dependencies_are_an_error() -> None:
    resolver = tag("*")
    resolver.stack.dependencies = []
    with pytest.raises(SceptreException, match=r"dev/sqs\.yaml.*--ignore-dependencies"):
        resolver.resolve()
