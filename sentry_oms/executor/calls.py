"""Arguments that each write to CloudFormation gets beside Sceptre's.

``ClientRequestToken``: a connection may be lost after CloudFormation has accepted a call and before
it has answered. botocore then repeats the call, and CloudFormation answers that the stack exists or
is being changed. The stack's events carry the token of their operation, so they tell whether that
operation is ours.

``RetainExceptOnCreate``, if the operation may create resources: a rollback then deletes its new
resources. Without it, a new resource with the DeletionPolicy Retain stays outside of the stack, and
the next attempt fails because its name is taken.

Sources:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError
from sceptre.exceptions import RetryLimitExceededError

from sentry_oms.aws.events import events, of_last_operation
from sentry_oms.executor.retries import is_transient

CREATING = frozenset({"create_stack", "update_stack", "execute_change_set"})
"""The writes that may create resources."""
WRITES = CREATING | {"delete_stack"}
_REPEATED = ("AlreadyExistsException", "ChangeSetNotFound", "InvalidChangeSetStatus")
"""Error codes of a repeated call whose first attempt was accepted."""

_logger = logging.getLogger("sceptre")


class Calls:
    """A ``sceptre.connection_manager.ConnectionManager`` that recognizes its own writes."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)

    def call(self, service: str, command: str, kwargs: Any = None, **more: Any) -> Any:
        """Make a call; return an empty response if it was accepted and its response was lost."""
        if service != "cloudformation" or command not in WRITES:
            return self._manager.call(service=service, command=command, kwargs=kwargs, **more)
        token = f"oms-{uuid4()}"
        sent = {**(kwargs or {}), "ClientRequestToken": token}
        if command in CREATING:
            sent["RetainExceptOnCreate"] = True
        try:
            return self._manager.call(service=service, command=command, kwargs=sent, **more)
        except (BotoCoreError, ClientError, RetryLimitExceededError) as error:
            if not _may_be_accepted(error) or not self._is_accepted(token, sent["StackName"]):
                raise
            _logger.debug("%s of %s was accepted: %s", command, sent["StackName"], error)
            return {}

    def _is_accepted(self, token: str, stack: str) -> bool:
        """Whether the stack's last operation has the token."""
        try:
            last = of_last_operation(events(self._manager, stack))
            return any(event.get("ClientRequestToken") == token for event in last)
        except (BotoCoreError, ClientError, RetryLimitExceededError):
            return False


def _may_be_accepted(error: Exception) -> bool:
    if is_transient(error):
        return True
    if not isinstance(error, ClientError):
        return False
    metadata: Any = error.response.get("ResponseMetadata", {})
    was_repeated = metadata.get("RetryAttempts", 0) > 0
    details = error.response["Error"]
    is_busy = "_IN_PROGRESS state" in details.get("Message", "")
    return was_repeated or is_busy or details.get("Code") in _REPEATED
