"""Reading a request's body and sending a response, in ASGI's terms."""

from __future__ import annotations

from typing import Any

JSON = b"application/x-amz-json-1.1"


async def read_body(receive: Any) -> bytes:
    """The whole body of a request."""
    chunks = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def send_body(send: Any, status: int, content_type: bytes, body: bytes) -> None:
    """A whole response."""
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
