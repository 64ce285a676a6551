"""One ASGI application around the embedded AWS: who it is, and on demand latency, counts, faults.

Everything but the nonce is off until a test or a benchmark asks for it through ``CONTROL_PATH``::

    GET  /_oms/nonce                 this instance's nonce
    GET  /_oms/control               {"latency_seconds": 0, "faults": [], "calls": {...}}
    PUT  /_oms/control               sets latency_seconds, faults; starts counting anew

A fault answers ``times`` calls of an action with an AWS error instead of passing them on::

    {"action": "CreateStack", "status": 400, "code": "Throttling", "message": "...", "times": 2}
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sentry_oms.local.asgi import JSON, read_body, send_body

NONCE_PATH = "/_oms/nonce"
CONTROL_PATH = "/_oms/control"


class Fault(BaseModel):
    """An AWS error that stands for the next calls of an action."""

    model_config = ConfigDict(extra="forbid")

    action: str
    status: int = 400
    code: str = "InternalFailure"
    message: str = "injected fault"
    times: int = Field(default=1, ge=1)


class Control(BaseModel):
    """What a test asks for."""

    model_config = ConfigDict(extra="forbid")

    latency_seconds: float = Field(default=0, ge=0)
    faults: list[Fault] = []


class Wrapper:
    """The application that is served."""

    def __init__(self, app: Any, nonce: str) -> None:
        self._app = app
        self._nonce = nonce
        self._control = Control()
        self._calls: Counter[str] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection's event stream, as ASGI defines it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == NONCE_PATH:
            await _respond(send, 200, {"nonce": self._nonce})
        elif scope["path"] == CONTROL_PATH:
            await self._serve_control(scope, receive, send)
        elif self._calls is None:
            await self._app(scope, receive, send)
        else:
            await self._observed(self._calls, scope, receive, send)

    async def _serve_control(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "PUT":
            try:
                self._control = Control.model_validate_json(await read_body(receive))
            except ValidationError as invalid:
                await _respond(send, 400, {"error": str(invalid)})
                return
            self._calls = Counter()
        await _respond(send, 200, {**self._control.model_dump(), "calls": dict(self._calls or {})})

    async def _observed(self, calls: Counter[str], scope: Any, receive: Any, send: Any) -> None:
        body = await read_body(receive)
        action = _action(scope, body)
        calls[action] += 1
        if self._control.latency_seconds:
            await asyncio.sleep(self._control.latency_seconds)
        fault = next((fault for fault in self._control.faults if fault.action == action), None)
        if fault is None:
            await self._app(scope, _replay(body, receive), send)
            return
        fault.times -= 1
        if not fault.times:
            self._control.faults.remove(fault)
        await _fail(send, fault, is_json=b"x-amz-target" in dict(scope["headers"]))


def _action(scope: Any, body: bytes) -> str:
    """The API action of a request: from its target header, its form, or its method and path."""
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


async def _fail(send: Any, fault: Fault, *, is_json: bool) -> None:
    if is_json:
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
