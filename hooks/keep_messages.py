"""``!keep_messages``: refuse a change that would delete a queue while it has messages.

Example::

    hooks:
      before_update: &keep_messages
        - !keep_messages {}
      before_create_change_set: *keep_messages
      before_execute_change_set: *keep_messages
      before_delete:
        - !keep_messages {}

A queue is deleted with its exchange, with its stack, and when its type changes (a FIFO queue is
another queue). The messages in it, or in its dead-letter queue, are orders.

SQS's counts are approximate: they settle about a minute after the last message was sent. So stop
the producers first (docs/OPERATIONS.md).

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict
from sceptre.exceptions import InvalidHookArgumentValueError, SceptreException
from sceptre.hooks import Hook

from sentry_oms.arguments import parse, tag_name, validate
from sentry_oms.aws.absence import none_if_absent
from sentry_oms.aws.view import described, outputs_of
from sentry_oms.names import Messaging

COUNTS = {
    "visible": "ApproximateNumberOfMessages",
    "in flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}
"""The name of each kind of message, and the attribute that counts it."""

HAS_OUTPUTS = ("CREATE_COMPLETE", "UPDATE_", "IMPORT_")
"""Prefixes of the status of a stack that has outputs: its creation succeeded."""


class MessagesWouldBeLost(SceptreException):
    """Raised if a queue that would be deleted has messages."""


class Argument(BaseModel):
    """Argument of the tag: an empty mapping."""

    model_config = ConfigDict(extra="forbid")


class Found(NamedTuple):
    """A queue that has messages."""

    name: str
    counts: Mapping[str, int]

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {kind}" for kind, count in self.counts.items() if count)
        return f"{self.name} holds {counts}"


class KeepMessages(Hook):
    """Refuse an operation that would delete a queue with messages."""

    model = Argument

    def run(self) -> None:
        """Make no call unless a queue would be deleted.

        Raises:
            MessagesWouldBeLost: a queue that would be deleted has messages.
        """
        parse(self.model, self)
        found = [queue for name in self._going() for queue in self._full(name)]
        if found:
            raise MessagesWouldBeLost(
                f"{self.stack.name}: {tag_name(self)} {'; '.join(map(str, found))}: drain it "
                "first (docs/OPERATIONS.md, 'Drain and remove an exchange')"
            )

    def _going(self) -> Iterator[str]:
        """Yield the queues that the operation would delete."""
        staying = set() if self._is_before_delete() else self._wanted()
        yield from (name for name in self._deployed() if name not in staying)

    def _deployed(self) -> list[str]:
        found = described(self.stack) or {}
        names = [
            url.rpartition("/")[2]
            for key, url in outputs_of(found).items()
            if key.endswith("QueueUrl")
        ]
        # Without outputs the guard would find no queue and let every change pass.
        if not names and found.get("StackStatus", "").startswith(HAS_OUTPUTS) and self._wanted():
            raise MessagesWouldBeLost(
                f"{self.stack.name}: {tag_name(self)} the stack has no output that ends in "
                "QueueUrl, so their messages can't be counted: give the template one for each queue"
            )
        return names

    def _is_before_delete(self) -> bool:
        # Sceptre does not tell a hook at which point it runs.
        points = {name for name, hooks in self.stack.hooks.items() if any(h is self for h in hooks)}
        if "before_delete" in points and len(points) > 1:
            raise InvalidHookArgumentValueError(
                f"{self.stack.name}: {tag_name(self)} before_delete is an alias of another point: "
                "write the hook out there, because an alias can't tell a deletion from an update"
            )
        return "before_delete" in points

    def _wanted(self) -> set[str]:
        label = f"{self.stack.name}: sceptre_user_data"
        messaging = validate(Messaging, self.stack.sceptre_user_data, label)
        return {queue.full_name(messaging.environment) for queue in messaging.all_queues}

    def _full(self, name: str) -> Iterator[Found]:
        """Yield the queue and its dead-letter queue if they have messages."""
        attributes = self._attributes(name)
        yield from _with_messages(name, attributes)
        redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
        if redrive:
            dead_letter = str(redrive["deadLetterTargetArn"]).rpartition(":")[2]
            yield from _with_messages(dead_letter, self._attributes(dead_letter))

    def _attributes(self, name: str) -> dict[str, str]:
        """Return the queue's attributes, or nothing if it does not exist."""
        absent = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
        url = none_if_absent(lambda: self._sqs("get_queue_url", QueueName=name), *absent)
        if url is None:
            return {}
        wanted = [*COUNTS.values(), "RedrivePolicy"]
        response = self._sqs(
            "get_queue_attributes", QueueUrl=url["QueueUrl"], AttributeNames=wanted
        )
        attributes: dict[str, str] = response.get("Attributes", {})
        return attributes

    def _sqs(self, command: str, **kwargs: Any) -> Any:
        return self.stack.connection_manager.call(service="sqs", command=command, kwargs=kwargs)


def _with_messages(name: str, attributes: Mapping[str, str]) -> Iterator[Found]:
    counts = {kind: int(attributes.get(attribute, 0)) for kind, attribute in COUNTS.items()}
    if any(counts.values()):
        yield Found(name, counts)
