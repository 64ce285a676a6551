"""What ``!sqs_queue_names`` promises."""

from __future__ import annotations

from typing import Any

import pytest
from sceptre.exceptions import InvalidResolverArgumentError, SceptreException
from sceptre.resolvers.stack_output import StackOutput

from resolvers.sqs_queue_names import QueueNamesError, SqsQueueNames
from tests.unit.tags import stack

USER_DATA: dict[str, Any] = {
    "environment": "dev",
    "exchanges": ["bitget", "okx"],
    "queues": [{"name": "master-order", "fifo": True}, {"name": "clients-events"}],
}


def tag(
    queues: Any, user_data: dict[str, Any] = USER_DATA, path: str = "dev/sqs.yaml"
) -> SqsQueueNames:
    consumer = stack("dev/cluster-oms")
    resolver = SqsQueueNames({"stack": path, "queues": queues}, consumer)
    resolver.setup()
    assert consumer.dependencies == [path]
    target = stack("dev/sqs")
    target._sceptre_user_data = user_data
    consumer.dependencies = [target]
    return resolver


def test_a_name_and_a_pattern_give_full_names_in_the_order_of_definition() -> None:
    assert tag(["*-orders", "master-order"]).resolve() == [
        "master-order-queue-dev.fifo",
        "bitget-orders-queue-dev.fifo",
        "bitget-filled-orders-queue-dev.fifo",
        "okx-orders-queue-dev.fifo",
        "okx-filled-orders-queue-dev.fifo",
    ]


def test_a_queue_that_matches_twice_is_named_once() -> None:
    assert tag(["clients-*", "clients-events"]).resolve() == ["clients-events-queue-dev"]


def test_nothing_is_asked_of_aws() -> None:
    resolver = tag(["*"])
    resolver.resolve()
    resolver.stack.connection_manager.call.assert_not_called()


def test_every_pattern_must_match() -> None:
    with pytest.raises(
        QueueNamesError,
        match=r"dev/cluster-oms: !sqs_queue_names queues: 'kraken-\*' matches no queue of "
        r"dev/sqs\.yaml: master-order, clients-events, bitget-orders",
    ):
        tag(["*-orders", "kraken-*"]).resolve()


def test_a_list_that_no_parameter_holds_is_refused() -> None:
    exchanges = [f"exchng{number:02}" for number in range(60)]
    with pytest.raises(QueueNamesError, match=r"120 names are \d+ bytes; a parameter accepts"):
        tag(["*-orders"], {**USER_DATA, "exchanges": exchanges}).resolve()


def test_user_data_with_tags_is_refused() -> None:
    user_data = {**USER_DATA, "exchanges": [StackOutput("dev/x.yaml::Y")]}
    with pytest.raises(QueueNamesError, match=r"dev/sqs\.yaml holds tags \(0: !stack_output\)"):
        tag(["*"], user_data).resolve()


def test_a_fault_in_the_target_is_named_there() -> None:
    with pytest.raises(QueueNamesError, match=r"dev/sqs\.yaml sceptre_user_data exchanges\.0: "):
        tag(["*"], {**USER_DATA, "exchanges": ["Okx"]}).resolve()


def test_without_dependencies_it_says_so() -> None:
    resolver = tag(["*"])
    resolver.stack.dependencies = []
    with pytest.raises(SceptreException, match=r"needs dev/sqs\.yaml, which --ignore-dependencies"):
        resolver.resolve()


@pytest.mark.parametrize(
    ("argument", "fault"),
    [
        ({"queues": ["*"]}, "stack: Field required"),
        ({"stack": "dev/sqs.yaml"}, "queues: Field required"),
        ({"stack": "dev/sqs.yaml", "queues": []}, "queues: List should have at least 1 item"),
        ({"stack": "dev/sqs.yaml", "queues": "*", "queue": 1}, "queue: Extra inputs"),
        ("dev/sqs.yaml", "Input should be a valid dictionary"),
    ],
)
def test_a_wrong_argument_is_named(argument: Any, fault: str) -> None:
    resolver = SqsQueueNames(argument, stack("dev/cluster-oms"))
    resolver.setup()
    with pytest.raises(
        InvalidResolverArgumentError, match=rf"^dev/cluster-oms: !sqs_queue_names .*{fault}"
    ):
        resolver.resolve()
