"""Stack operations that take as long as on AWS: the work is done at once, and its end is held.

Until then the stack is in progress without its new outputs, exports and last event, and refuses
other writes. (AWS accepts a delete of a stack that is being created; here it is refused, too.)
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from fnmatch import fnmatchcase
from typing import NamedTuple

from sentry_oms.local.ministack import ActionHandler, Ministack, Params, Response
from tests.rig.hooks import pause_before_the_end
from tests.rig.timeline import Timeline

ENDS = {
    "CreateStack": "created",
    "UpdateStack": "updated",
    "DeleteStack": "deleted",
    "ExecuteChangeSet": "executed",
}
"""The writes of a stack, and the events of their ends."""


class Held(NamedTuple):
    """An operation that ends at a moment of the monotonic clock."""

    stack: str
    action: str
    until: float


_held: ContextVar[Held | None] = ContextVar("held", default=None)
"""The operation of this request, and of the task that it starts."""


class Holds:
    """Holds the ends of stack operations; nothing is held until ``set``."""

    def __init__(self, timeline: Timeline, ministack: Ministack) -> None:
        self._timeline = timeline
        self._seconds: Mapping[str, float] = {}
        self._delete_share = 1.0
        self._released = asyncio.Event()
        for action in ENDS:
            ministack.wrap_action(action, self._writing(ministack, action))
        pause_before_the_end(self._pause)

    def set(self, seconds: Mapping[str, float], delete_share: float) -> None:
        """Hold stacks from now on, and end the operations that are held.

        Args:
            seconds: by name or shell pattern of a stack; the first that matches counts.
            delete_share: the part of it for a delete.
        """
        self.release()
        self._seconds = seconds
        self._delete_share = delete_share

    def release(self) -> None:
        """End the operations that are held."""
        self._released.set()
        self._released = asyncio.Event()

    def _seconds_of(self, stack: str, action: str) -> float:
        found = next((s for name, s in self._seconds.items() if fnmatchcase(stack, name)), 0.0)
        return found * self._delete_share if action == "DeleteStack" else found

    async def _pause(self) -> None:
        """Wait until the operation of this task may end."""
        held, released = _held.get(), self._released
        if held is None:
            await asyncio.sleep(0)
            return
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(released.wait(), max(0.0, held.until - time.monotonic()))
        self._timeline.add(ENDS[held.action], held.stack, time.monotonic())

    def _writing(
        self, ministack: Ministack, action: str
    ) -> Callable[[ActionHandler], ActionHandler]:
        def wrap(original: ActionHandler) -> ActionHandler:
            def handle(params: Params) -> Response:
                stack, now = _stack_name(params), time.monotonic()
                held = Held(stack, action, until=now + self._seconds_of(stack, action))
                refusal = _refusal(ministack, stack, action)
                response = refusal or _start(original, params, held)
                self._timeline.wrote(action, stack, now, accepted=response[0] == 200)
                return response

            return handle

        return wrap


def _start(original: ActionHandler, params: Params, held: Held) -> Response:
    """Handle a request, so that the task that it starts inherits the operation."""
    token = _held.set(held)
    try:
        return original(params)
    finally:
        _held.reset(token)


def _refusal(ministack: Ministack, stack: str, action: str) -> Response | None:
    """Return CloudFormation's answer if the stack is being written already."""
    record = ministack.stack_record(stack)
    status = record["StackStatus"] if record else ""
    moving = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
    if record is None or status not in moving or action == "CreateStack":
        return None
    if action != "DeleteStack":
        message = f"Stack:{record['StackId']} is in {status} state and can not be updated."
    elif status != "DELETE_IN_PROGRESS":
        message = f"Stack [{record['StackId']}] cannot be deleted while in status {status}"
    else:
        return ministack.success(action)
    return ministack.error("ValidationError", message)


def _stack_name(params: Params) -> str:
    """Return the name in a request, which has it or the stack's ID."""
    given = str(next(iter(params.get("StackName", [])), ""))
    return given.split("/")[1] if given.startswith("arn:") else given
