"""ASGI helpers, and the nonce by which an instance of the embedded AWS is recognized."""

from __future__ import annotations

import json
from typing import Any

JSON = b"application/x-amz-json-1.1"
NONCE_PATH = "/_oms/nonce"


async def read_body(receive: Any) -> bytes:
    """Return the whole body of a request."""
    chunks = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def send_body(send: Any, status: int, content_type: bytes, body: bytes) -> None:
    """Send a whole response."""
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Identified:
    """An ASGI application with an additional path that returns its nonce."""

    def __init__(self, app: Any, nonce: str) -> None:
        self._app = app
        self._nonce = nonce

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection's event stream, as ASGI defines it."""
        if scope["type"] == "http" and scope["path"] == NONCE_PATH:
            await send_body(send, 200, JSON, json.dumps({"nonce": self._nonce}).encode())
        else:
            await self._app(scope, receive, send)
