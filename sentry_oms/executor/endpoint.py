"""An endpoint that the first call can't reach: an error that no retry removes.

botocore retries a refused connection or an unknown host as often as a lost connection, and says
nothing for 43 seconds. Before anything was answered, the endpoint or the network is wrong. After
that, every retry is worthwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import EndpointConnectionError, ProxyConnectionError
from sceptre.exceptions import SceptreException

_UNREACHABLE = (EndpointConnectionError, ProxyConnectionError)
_EMBEDDED = "127.0.0.1"


class Unreachable(SceptreException):
    """No call of the process has reached AWS."""


class FirstAnswer:
    """Raise ``Unreachable`` instead of a retry, until a session has received an answer."""

    def __init__(self) -> None:
        self._received = False

    def __call__(self, response: Any, caught_exception: Exception | None, **_: Any) -> None:
        """Handle botocore's event ``needs-retry``."""
        if response is not None:
            self._received = True
        elif not self._received and isinstance(caught_exception, _UNREACHABLE):
            raise Unreachable(_message(caught_exception)) from caught_exception


def raise_unreachable(errors: Iterable[Exception | None]) -> None:
    """Raise the first of the errors that says that AWS can't be reached."""
    for error in errors:
        if isinstance(error, Unreachable):
            raise error


def _message(error: EndpointConnectionError | ProxyConnectionError) -> str:
    if isinstance(error, ProxyConnectionError):
        return f"AWS can't be reached: {error}"
    url = urlsplit(str(error.kwargs["endpoint_url"]))
    # urllib3 starts with the connection's repr.
    why = str(error.kwargs.get("error", "")).partition(": ")[2] or "no connection"
    remedy = "; to start the embedded AWS: make launch" if url.hostname == _EMBEDDED else ""
    return f"AWS can't be reached at {url.scheme}://{url.netloc}: {why}{remedy}"
