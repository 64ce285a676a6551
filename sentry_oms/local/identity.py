"""The nonce by which an instance of the embedded AWS is recognized.

``GET /_oms/nonce`` returns it; every other request goes to the application behind.
"""

from __future__ import annotations

import json
from typing import Any

from sentry_oms.local.asgi import JSON, send_body

NONCE_PATH = "/_oms/nonce"


class Identified:
    """An ASGI application that also tells its nonce."""

    def __init__(self, app: Any, nonce: str) -> None:
        self._app = app
        self._nonce = nonce

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection's event stream, as ASGI defines it."""
        if scope["type"] == "http" and scope["path"] == NONCE_PATH:
            await send_body(send, 200, JSON, json.dumps({"nonce": self._nonce}).encode())
        else:
            await self._app(scope, receive, send)
