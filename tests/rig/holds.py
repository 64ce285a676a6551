"""Stacks that take as long as on AWS: the work is done at once, and its end is held back.

While it is, the stack is CREATE_IN_PROGRESS, UPDATE_IN_PROGRESS or DELETE_IN_PROGRESS; its new
outputs and exports and its last event are not there yet, and CloudFormation refuses another write
of it. (AWS takes a delete of a stack that is being created; here it is refused like the others.)
"""

from __future__ import annotations

import asyncio
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
"""The writes of a stack, and what the timeline calls their ends."""

_MOVING = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")


class Held(NamedTuple):
    """An operation whose end is to come at a moment of the clock."""

    stack: str
    action: str
    until: float


_held: ContextVar[Held | None] = ContextVar("held", default=None)
"""The operation of this request, and of the task that does its work."""


class Holds:
    """How long each stack is held; nothing is, until ``set`` says so."""

    def __init__(self, timeline: Timeline, clock: Callable[[], float]) -> None:
        self._timeline = timeline
        self._clock = clock
        self._seconds: Mapping[str, float] = {}
        self._delete_share = 1.0
        self._released = asyncio.Event()

    def install(self, ministack: Ministack) -> None:
        """Hold what this CloudFormation does."""
        for action in ENDS:
            ministack.wrap_action(action, self._writing(ministack, action))
        pause_before_the_end(self.pause)

    def set(self, seconds: Mapping[str, float], delete_share: float) -> None:
        """Hold stacks from now on; what is held already ends now.

        Args:
            seconds: by a stack's name or a shell pattern of it; the first that matches counts.
            delete_share: the part of it that a delete takes.
        """
        self.release()
        self._seconds = seconds
        self._delete_share = delete_share

    def release(self) -> None:
        """End now whatever is held."""
        self._released.set()
        self._released = asyncio.Event()

    def seconds(self, stack: str, action: str) -> float:
        """How long a write of the stack is held."""
        found = next((s for name, s in self._seconds.items() if fnmatchcase(stack, name)), 0.0)
        return found * self._delete_share if action == "DeleteStack" else found

    async def pause(self) -> None:
        """Wait until the operation of this task may end."""
        held, released = _held.get(), self._released
        if held is None:
            await asyncio.sleep(0)
            return
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(released.wait(), max(0.0, held.until - self._clock()))
        self._timeline.add(ENDS[held.action], held.stack)

    def _writing(
        self, ministack: Ministack, action: str
    ) -> Callable[[ActionHandler], ActionHandler]:
        def wrap(original: ActionHandler) -> ActionHandler:
            def handle(params: Params) -> Response:
                stack, now = _stack_name(params), self._clock()
                held = Held(stack, action, until=now + self.seconds(stack, action))
                refusal = _refusal(ministack, stack, action)
                response = refusal or _start(original, params, held)
                self._timeline.wrote(action, stack, now, accepted=response[0] == 200)
                return response

            return handle

        return wrap


def _start(original: ActionHandler, params: Params, held: Held) -> Response:
    """Handle a request so that the task that it starts knows what it is."""
    token = _held.set(held)
    try:
        return original(params)
    finally:
        _held.reset(token)


def _refusal(ministack: Ministack, stack: str, action: str) -> Response | None:
    """CloudFormation's answer to a write of a stack that is being written."""
    record = ministack.stack_record(stack)
    status = record["StackStatus"] if record else ""
    if record is None or status not in _MOVING or action == "CreateStack":
        return None
    if action != "DeleteStack":
        message = f"Stack:{record['StackId']} is in {status} state and can not be updated."
    elif status != "DELETE_IN_PROGRESS":
        message = f"Stack [{record['StackId']}] cannot be deleted while in status {status}"
    else:
        # Asked for again, a delete that goes on just goes on.
        return ministack.success(action)
    return ministack.error("ValidationError", message)


def _stack_name(params: Params) -> str:
    """The name in a request that gives a stack's name or its ID."""
    given = str(next(iter(params.get("StackName", [])), ""))
    return given.split("/")[1] if given.startswith("arn:") else given
