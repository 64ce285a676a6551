"""``!keep_messages``."""

from __future__ import annotations

from typing import Any

import pytest
from sceptre.exceptions import InvalidHookArgumentValueError

from hooks.keep_messages import KeepMessages, MessagesWouldBeLost
from sentry_oms.aws.view import VIEW, StackKey
from tests.unit.tags import calls, refusal, stack

URL = "https://sqs.us-east-1.amazonaws.com/000000000000/"
DEPLOYED = (
    "master-order-queue-dev.fifo",
    "okx-orders-queue-dev.fifo",
    "okx-filled-orders-queue-dev.fifo",
)
FOUND = {"QueueUrl": URL}


def owner(*responses: Any, exchanges: tuple[str, ...] = ("okx",), fifo: bool = True) -> Any:
    """Return a stack with master-order and okx's queues, and with these in config."""
    double = stack("dev/sqs", *responses)
    urls = [
        {"OutputKey": f"Q{number}QueueUrl", "OutputValue": URL + name}
        for number, name in enumerate(DEPLOYED)
    ]
    see(double, {"Outputs": [{"OutputKey": "StackName", "OutputValue": "sentry-sqs-dev"}, *urls]})
    double.sceptre_user_data = {
        "environment": "dev",
        "exchanges": list(exchanges),
        "queues": [{"name": "master-order", "fifo": fifo}],
    }
    return double


def see(double: Any, description: dict[str, Any] | None) -> Any:
    VIEW.see(StackKey.of(double), description)
    return double


def holding(visible: int = 0, in_flight: int = 0, delayed: int = 0, redrive: str = "") -> Any:
    attributes = {
        "ApproximateNumberOfMessages": str(visible),
        "ApproximateNumberOfMessagesNotVisible": str(in_flight),
        "ApproximateNumberOfMessagesDelayed": str(delayed),
    }
    if redrive:
        arn = f"arn:aws:sqs:us-east-1:000000000000:{redrive}"
        attributes["RedrivePolicy"] = f'{{"deadLetterTargetArn": "{arn}"}}'
    return {"Attributes": attributes}


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_without_outputs_for_its_queues_is_refused(status: str) -> None:
    with pytest.raises(MessagesWouldBeLost, match="^dev/sqs: !keep_messages .*QueueUrl"):
        KeepMessages({}, see(owner(), {"StackStatus": status, "Outputs": []})).run()


@pytest.mark.parametrize("exchanges", [("okx",), ("okx", "kraken")])
def test_a_queue_that_stays_is_not_read(exchanges: tuple[str, ...]) -> None:
    double = owner(exchanges=exchanges)
    KeepMessages({}, double).run()
    assert calls(double) == []


@pytest.mark.parametrize("status", ["", "ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_a_stack_that_was_never_created_has_no_messages(status: str) -> None:
    double = see(owner(), {"StackStatus": status, "Outputs": []} if status else None)
    KeepMessages({}, double).run()
    assert calls(double) == []


@pytest.mark.parametrize(
    "responses",
    [
        [FOUND, holding(redrive="okx-orders-dlq-dev.fifo"), FOUND, holding()] * 2,
        [refusal("AWS.SimpleQueueService.NonExistentQueue")] * 2,
        [refusal("QueueDoesNotExist")] * 2,
    ],
    ids=["empty", "missing", "missing by the other code"],
)
def test_empty_and_missing_queues_may_be_removed(responses: list[Any]) -> None:
    KeepMessages({}, owner(*responses, exchanges=())).run()


def test_messages_are_reported_by_queue_and_state() -> None:
    held = holding(2, 1, 3, redrive="okx-orders-dlq-dev.fifo")
    double = owner(FOUND, held, FOUND, holding(4), FOUND, holding(), exchanges=())
    with pytest.raises(
        MessagesWouldBeLost,
        match=r"^dev/sqs: !keep_messages okx-orders-queue-dev\.fifo holds 2 visible, 1 in flight, "
        r"3 delayed; okx-orders-dlq-dev\.fifo holds 4 visible: ",
    ):
        KeepMessages({}, double).run()


def test_a_queue_with_another_type_is_another_queue() -> None:
    with pytest.raises(MessagesWouldBeLost, match=r"master-order-queue-dev\.fifo holds 1 visible"):
        KeepMessages({}, owner(FOUND, holding(1), fifo=False)).run()


def test_a_delete_removes_every_queue() -> None:
    double = owner(FOUND, holding(1), FOUND, holding(), FOUND, holding())
    hook = KeepMessages({}, double)
    double.hooks = {"before_delete": [hook]}
    with pytest.raises(MessagesWouldBeLost, match=r"master-order-queue-dev\.fifo holds 1 visible"):
        hook.run()


def test_an_alias_at_before_delete_is_refused() -> None:
    double = owner()
    hook = KeepMessages({}, double)
    double.hooks = {"before_update": [hook], "before_delete": [hook]}
    with pytest.raises(InvalidHookArgumentValueError, match="before_delete is an alias"):
        hook.run()
