"""What the hook ``!keep_messages`` promises; the AWS side is a stub."""

from __future__ import annotations

from typing import Any

import pytest
from sceptre.exceptions import InvalidHookArgumentValueError

from hooks.keep_messages import KeepMessages, MessagesWouldBeLost
from sentry_oms.aws.view import VIEW, StackKey
from tests.unit.tags import calls, refusal, stack

URL = "https://sqs.us-east-1.amazonaws.com/000000000000/"


def owner(*responses: Any, queues: list[str] | None = None) -> Any:
    """A stack that has master-order and the two queues of okx, and in config what is given."""
    double = stack("dev/sqs", *responses)
    deployed = ["master-order-queue-dev.fifo", *of_okx()]
    outputs = [
        {"OutputKey": f"Q{number}QueueUrl", "OutputValue": URL + name}
        for number, name in enumerate(deployed)
    ]
    name = {"OutputKey": "StackName", "OutputValue": "sentry-sqs-dev"}
    VIEW.see(StackKey.of(double), {"Outputs": [name, *outputs]})
    double.sceptre_user_data = {
        "environment": "dev",
        "exchanges": queues if queues is not None else ["okx"],
        "queues": [{"name": "master-order", "fifo": True}],
    }
    double.hooks = {}
    return double


def of_okx() -> list[str]:
    return ["okx-orders-queue-dev.fifo", "okx-filled-orders-queue-dev.fifo"]


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


FOUND = {"QueueUrl": URL}


def silent(status: str) -> Any:
    """A stack that declares queues and has no output by which they are found."""
    double = owner()
    VIEW.see(StackKey.of(double), {"StackStatus": status, "Outputs": []})
    return double


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_whose_outputs_name_no_queue_is_refused(status: str) -> None:
    with pytest.raises(MessagesWouldBeLost) as refused:
        KeepMessages({}, silent(status)).run()
    assert str(refused.value) == (
        "dev/sqs: !keep_messages the stack has no output that ends in QueueUrl, so their "
        "messages can't be counted: give the template one for each queue"
    )


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_a_stack_that_never_came_to_be_has_no_messages(status: str) -> None:
    double = silent(status)
    KeepMessages({}, double).run()
    assert calls(double) == []


def test_where_no_queue_goes_nothing_is_asked() -> None:
    double = owner()
    KeepMessages({}, double).run()
    assert calls(double) == []


def test_a_new_queue_is_no_loss() -> None:
    double = owner(queues=["okx", "kraken"])
    KeepMessages({}, double).run()
    assert calls(double) == []


def test_empty_queues_may_go() -> None:
    empty = [FOUND, holding(redrive="okx-orders-dlq-dev.fifo"), FOUND, holding()] * 2
    KeepMessages({}, owner(*empty, queues=[])).run()


def test_messages_are_named_with_where_and_how_they_are() -> None:
    double = owner(
        *(FOUND, holding(2, 1, 3, redrive="okx-orders-dlq-dev.fifo"), FOUND, holding(4)),
        *(FOUND, holding()),
        queues=[],
    )
    with pytest.raises(
        MessagesWouldBeLost,
        match=r"^dev/sqs: !keep_messages okx-orders-queue-dev\.fifo holds 2 visible, 1 in flight, "
        r"3 delayed; okx-orders-dlq-dev\.fifo holds 4 visible: drain it first ",
    ):
        KeepMessages({}, double).run()


def test_a_queue_that_changes_its_type_is_another_queue() -> None:
    double = owner(FOUND, holding(1), queues=["okx"])
    double.sceptre_user_data["queues"] = [{"name": "master-order", "fifo": False}]
    with pytest.raises(MessagesWouldBeLost, match=r"master-order-queue-dev\.fifo holds 1 visible"):
        KeepMessages({}, double).run()


def test_before_a_delete_every_queue_goes() -> None:
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


@pytest.mark.parametrize("code", ["AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"])
def test_a_queue_that_is_gone_already_holds_nothing(code: str) -> None:
    KeepMessages({}, owner(refusal(code), refusal(code), queues=[])).run()


def test_before_the_first_launch_there_is_nothing_to_lose() -> None:
    double = owner()
    VIEW.see(StackKey.of(double), None)
    KeepMessages({}, double).run()
    assert calls(double) == []


def test_an_argument_is_refused() -> None:
    with pytest.raises(InvalidHookArgumentValueError, match=r"^dev/sqs: !keep_messages queue:"):
        KeepMessages({"queue": "x"}, owner()).run()
