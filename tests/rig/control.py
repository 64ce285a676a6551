"""Control of an embedded AWS by tests and benchmarks: an ASGI application around it.

Everything is off until it is requested::

    PUT  /_oms/control    sets the control, and restarts the counters and the clock
    GET  /_oms/control    returns the control in force, and the events since

Each key of the control is optional::

    {"latency_seconds": 0.12,
     "faults": [{"action": "CreateStack", "containing": "sentry-redis-dev", "status": 400,
                 "code": "Throttling", "message": "...", "times": 2}],
     "holds": {"sentry-redis-*": 12.0}, "delete_share": 0.5,
     "statuses": {"sentry-redis-dev": "UPDATE_ROLLBACK_FAILED"},
     "refused": {"sentry-redis-dev": "ReplicationGroup"},
     "deployments": ["sentry-oms-service-dev"],
     "kill": {"pid": 123, "at_call": 17, "after": false}}

A fault answers ``times`` calls of an action, if the request contains a text, with an AWS error. A
hold keeps a stack in progress for so many seconds (``holds``). A status is set on an existing
stack. The creation of a refused resource (stack and logical ID) fails. Deployments of the named
services stay in progress until a PUT that omits them. A kill sends SIGKILL to a process when the
n-th call arrives, before the call takes effect, or with ``after`` once it has and before the
answer. The events::

    {"calls": {"CreateStack": 1}, "elapsed": 13.1, "first_write_at": 0.9,
     "timeline": [{"at": 0.9, "event": "CreateStack", "stack": "sentry-redis-dev"},
                  {"at": 12.9, "event": "created", "stack": "sentry-redis-dev"}]}

in seconds since the PUT; ``elapsed`` is now. ``UpdateStack refused`` is a write without effect, for
example one with no updates to perform.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import Counter
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sentry_oms.local.asgi import JSON, read_body, send_body
from sentry_oms.local.ministack import Ministack
from tests.rig.holds import Holds
from tests.rig.hooks import Deployments, before_each_creation, set_status
from tests.rig.timeline import Timeline

CONTROL_PATH = "/_oms/control"


class Fault(BaseModel):
    """An AWS error that answers the next calls of an action."""

    model_config = ConfigDict(extra="forbid")

    action: str
    containing: str = ""
    status: int = 400
    code: str = "InternalFailure"
    message: str = "injected fault"
    times: int = Field(default=1, ge=1)

    def answers(self, action: str, body: bytes) -> bool:
        """Whether it answers a call."""
        return self.action == action and self.containing.encode() in body


_UNSERVED = Fault(action="*", status=503, code="ServiceUnavailable", message="the caller has ended")


class Kill(BaseModel):
    """A process to kill when the n-th call arrives."""

    model_config = ConfigDict(extra="forbid")

    pid: int = Field(gt=1)
    at_call: int = Field(ge=1)
    after: bool = False


class Control(BaseModel):
    """The settings of a test."""

    model_config = ConfigDict(extra="forbid")

    latency_seconds: float = Field(default=0, ge=0)
    faults: list[Fault] = []
    holds: dict[str, Annotated[float, Field(ge=0)]] = {}
    delete_share: float = Field(default=1, ge=0)
    statuses: dict[str, str] = {}
    refused: dict[str, str] = {}
    deployments: frozenset[str] = frozenset()
    kill: Kill | None = None


class Controlled:
    """The application that is served."""

    def __init__(self, ministack: Ministack) -> None:
        self._ministack = ministack
        self._timeline = Timeline()
        self._holds = Holds(self._timeline, ministack)
        self._deployments = Deployments()
        self._control = Control()
        self._calls: Counter[str] | None = None
        before_each_creation(self._refuse_creation)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection's event stream, as ASGI defines it."""
        if scope["type"] == "http" and scope["path"] == CONTROL_PATH and _is_local(scope):
            await self._serve_control(scope, receive, send)
        elif scope["type"] != "http" or self._calls is None:
            await self._ministack.asgi(scope, receive, send)
        else:
            await self._observed(self._calls, scope, receive, send)

    def stop(self) -> None:
        """Release all stacks: a saved stack in progress would never end."""
        self._holds.release()

    def _refuse_creation(self, stack: str, logical_id: str) -> None:
        if self._control.refused.get(stack) == logical_id:
            raise PermissionError(f"{logical_id}: injected refusal")

    async def _serve_control(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "PUT":
            try:
                self._control = Control.model_validate_json(await read_body(receive))
            except ValidationError as invalid:
                await _respond(send, 400, {"error": str(invalid)})
                return
            self._calls = Counter()
            self._holds.set(self._control.holds, self._control.delete_share)
            self._timeline.start()
            self._deployments.hold(self._control.deployments)
            for stack, status in self._control.statuses.items():
                set_status(self._ministack, stack, status)
        happened = {"calls": dict(self._calls or {}), **self._timeline.as_json()}
        await _respond(send, 200, {**self._control.model_dump(mode="json"), **happened})

    async def _observed(self, calls: Counter[str], scope: Any, receive: Any, send: Any) -> None:
        body = await read_body(receive)
        action = _action(scope, body)
        calls[action] += 1
        kill = self._control.kill if self._is_due(calls) else None
        if kill and not kill.after:
            _end(kill.pid)
            await _fail(send, _UNSERVED, scope)
            return
        if self._control.latency_seconds:
            await asyncio.sleep(self._control.latency_seconds)
        sending = _ending(send, kill.pid) if kill else send
        faults = (one for one in self._control.faults if one.answers(action, body))
        fault = next(faults, None)
        if fault is None:
            await self._ministack.asgi(scope, _replay(body, receive), sending)
            return
        fault.times -= 1
        if not fault.times:
            self._control.faults.remove(fault)
        await _fail(sending, fault, scope)

    def _is_due(self, calls: Counter[str]) -> bool:
        kill = self._control.kill
        return kill is not None and sum(calls.values()) == kill.at_call


def _is_local(scope: Any) -> bool:
    """Whether the client addressed this machine.

    A page in a browser reaches the loopback interface too, under the name of its own site.
    """
    host = dict(scope["headers"]).get(b"host", b"").decode().partition(":")[0]
    return host in {"127.0.0.1", "localhost"}


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _ending(send: Any, pid: int) -> Any:
    """Return a ``send`` that kills the process before the answer."""

    async def ending(message: Any) -> None:
        if message["type"] == "http.response.start":
            _end(pid)
        await send(message)

    return ending


def _action(scope: Any, body: bytes) -> str:
    """Return the API action from the target header, the form, or the method and path."""
    target = dict(scope["headers"]).get(b"x-amz-target")
    if target:
        return str(target.decode().rpartition(".")[2])
    if body.startswith(b"Action="):
        return parse_qs(body.decode())["Action"][0]
    return f"{scope['method']} {scope['path']}"


def _replay(body: bytes, receive: Any) -> Any:
    sent = False

    async def replay() -> Any:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _fail(send: Any, fault: Fault, scope: Any) -> None:
    if b"x-amz-target" in dict(scope["headers"]):
        error = {"__type": fault.code, "message": fault.message}
        await _respond(send, fault.status, error)
        return
    xml = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{fault.code}</Code>"
        f"<Message>{fault.message}</Message></Error></ErrorResponse>"
    )
    await send_body(send, fault.status, b"text/xml", xml.encode())


async def _respond(send: Any, status: int, content: Any) -> None:
    await send_body(send, status, JSON, json.dumps(content).encode())
