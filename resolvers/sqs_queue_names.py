"""``!sqs_queue_names``: the full names of matching queues, from another stack's config.

Example::

    parameters:
      SQSQueueNames: !sqs_queue_names
        stack: dev/sqs.yaml
        queues: [master-order, "*-orders"]

The names are computed from config, not read from outputs, so that a diff shows the effect of a new
exchange on every consumer before the launch (docs/decisions/0001).
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sceptre.exceptions import SceptreException
from sceptre.helpers import _call_func_on_values
from sceptre.resolvers import CustomYamlTagBase, Resolver

from sentry_oms.arguments import dependency, depends_on, parse, tag_name, validate
from sentry_oms.names import Messaging, Queue

PARAMETER_LIMIT = 4096
"""Bytes of a CloudFormation parameter's value."""


class QueueNamesError(SceptreException):
    """Raised if the names can't be computed."""


class Argument(BaseModel):
    """Argument of the tag."""

    model_config = ConfigDict(extra="forbid")

    stack: str = Field(description="the stack file that defines the queues, relative to config/")
    queues: list[str] = Field(min_length=1, description="names or shell patterns, without suffix")


class SqsQueueNames(Resolver):
    """Resolve to the full names, in the order of the queues' definition."""

    model = Argument
    offline = True

    def setup(self) -> None:
        """Add the dependency on the stack that defines the queues."""
        depends_on(self, "stack")

    def resolve(self) -> list[str]:
        """Return the names.

        Raises:
            QueueNamesError: a pattern matches no queue, or the list is too long.
        """
        wanted = parse(self.model, self)
        label = f"{self.stack.name}: {tag_name(self)}"
        messaging = self._messaging(wanted.stack, label)
        for pattern in wanted.queues:
            if not any(matching(messaging.all_queues, [pattern])):
                known = ", ".join(queue.name for queue in messaging.all_queues)
                raise QueueNamesError(
                    f"{label} queues: '{pattern}' matches no queue of {wanted.stack}: {known}"
                )
        names = [
            queue.full_name(messaging.environment)
            for queue in matching(messaging.all_queues, wanted.queues)
        ]
        size = len(",".join(names).encode())
        if size > PARAMETER_LIMIT:
            raise QueueNamesError(
                f"{label} queues: {len(names)} names are {size} bytes; a parameter accepts "
                f"{PARAMETER_LIMIT}: ask for fewer, or split the exchanges over two stacks"
            )
        return names

    def _messaging(self, path: str, label: str) -> Messaging:
        # Not the property, which would resolve the tags that are refused here.
        user_data = dependency(self, path)._sceptre_user_data
        tags: list[str] = []
        _call_func_on_values(
            lambda _, key, tag: tags.append(f"{key}: {tag_name(tag)}"), user_data, CustomYamlTagBase
        )
        if tags:
            raise QueueNamesError(
                f"{label} stack: the sceptre_user_data of {path} holds tags ({', '.join(tags)}), "
                "whose values are not known before a launch: write them out"
            )
        return validate(Messaging, user_data, f"{label} {path} sceptre_user_data", QueueNamesError)


def matching(queues: Iterable[Queue], patterns: list[str]) -> list[Queue]:
    """Return the queues whose short name matches a pattern, each once."""

    def wanted(queue: Queue) -> Any:
        return any(fnmatchcase(queue.name, pattern) for pattern in patterns)

    return list(filter(wanted, queues))
