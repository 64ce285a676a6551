"""``!keep_messages``: a change that would drop a queue is refused while it still holds messages.

Example::

    hooks:
      before_update:
        - !keep_messages {}
      before_create_change_set:
        - !keep_messages {}
      before_execute_change_set:
        - !keep_messages {}
      before_delete:
        - !keep_messages {}

A queue goes with the exchange that is taken out of config, with one that changes its type (a FIFO
queue is another queue), and with the stack. What is in it, or in its dead-letter queue, are orders.

The counts are SQS's and approximate: they settle about a minute after the last message was sent.
So the producers are stopped first, as docs/OPERATIONS.md has it.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict
from sceptre.exceptions import SceptreException
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
"""What a person calls the messages of a queue, and the attribute that counts them."""

CAME_TO_BE = ("CREATE_COMPLETE", "UPDATE_", "IMPORT_")
"""How the status begins of a stack that has outputs; one that failed at first has none."""


class MessagesWouldBeLost(SceptreException):
    """A queue that is to go still holds messages."""


class Argument(BaseModel):
    """What the tag takes: nothing."""

    model_config = ConfigDict(extra="forbid")


class Found(NamedTuple):
    """A queue that holds messages."""

    name: str
    counts: Mapping[str, int]

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {kind}" for kind, count in self.counts.items() if count)
        return f"{self.name} holds {counts}"


class KeepMessages(Hook):
    """Refuses to go on where a queue that would go holds messages."""

    model = Argument

    def run(self) -> None:
        """No call of its own where no queue would go; raises MessagesWouldBeLost."""
        parse(self.model, self)
        found = [queue for name in self._going() for queue in self._full(name)]
        if found:
            raise MessagesWouldBeLost(
                f"{self.stack.name}: {tag_name(self)} {'; '.join(map(str, found))}: drain what is "
                "to go first, as docs/OPERATIONS.md says under 'Drain and remove an exchange'"
            )

    def _going(self) -> Iterator[str]:
        """The queues that the stack has now and would not have afterwards."""
        staying = set() if self._is_before_delete() else self._wanted()
        yield from (name for name in self._deployed() if name not in staying)

    def _deployed(self) -> list[str]:
        found = described(self.stack) or {}
        names = [
            url.rpartition("/")[2]
            for key, url in outputs_of(found).items()
            if key.endswith("QueueUrl")
        ]
        # Without outputs the guard would see nothing, and let everything pass.
        if not names and found.get("StackStatus", "").startswith(CAME_TO_BE) and self._wanted():
            raise MessagesWouldBeLost(
                f"{self.stack.name}: {tag_name(self)} the stack has no output that ends in "
                "QueueUrl, so nobody can see what its queues hold: give the template one for each "
                "queue"
            )
        return names

    def _is_before_delete(self) -> bool:
        # Each point of a stack has instances of its own, and Sceptre does not say which it runs.
        return any(hook is self for hook in self.stack.hooks.get("before_delete", []))

    def _wanted(self) -> set[str]:
        label = f"{self.stack.name}: sceptre_user_data"
        messaging = validate(Messaging, self.stack.sceptre_user_data, label)
        return {queue.full_name(messaging.environment) for queue in messaging.all_queues}

    def _full(self, name: str) -> Iterator[Found]:
        """The queue and its dead-letter queue, as far as they hold messages."""
        attributes = self._attributes(name)
        yield from _with_messages(name, attributes)
        redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
        if redrive:
            dead_letter = str(redrive["deadLetterTargetArn"]).rpartition(":")[2]
            yield from _with_messages(dead_letter, self._attributes(dead_letter))

    def _attributes(self, name: str) -> dict[str, str]:
        """The queue's attributes; none where it is gone."""
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
