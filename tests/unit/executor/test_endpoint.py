"""An endpoint that the first call can't reach is said at once; a later loss is retried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError, ProxyConnectionError

from sentry_oms.executor.endpoint import Unreachable
from sentry_oms.executor.retries import configure_session

Calls = Callable[..., int]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Call STS until an answer, each attempt with the next of the outcomes; count the attempts."""
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "8")
    monkeypatch.setattr("time.sleep", lambda _: None)
    session = boto3.Session("x", "x", region_name="us-east-1")
    configure_session(session)
    client = session.client("sts")

    class Raw:
        def stream(self, **_: Any) -> Any:
            return iter([b"<r><GetCallerIdentityResult/></r>"])

    def make(*outcomes: Exception | None) -> int:
        left = list(outcomes)

        def answer(request: Any, **_: Any) -> Any:
            error = left.pop(0)
            if error:
                raise error
            return AWSResponse(request.url, 200, {}, Raw())

        client.meta.events.register("before-send", answer, unique_id="answer")
        try:
            client.get_caller_identity()
        finally:
            client.meta.events.unregister("before-send", unique_id="answer")
        return len(outcomes) - len(left)

    return make


def refused(url: str) -> Exception:
    error = OSError("AWSHTTPConnection(host='x'): Failed to connect: refused")
    return EndpointConnectionError(endpoint_url=url, error=error)


AWS, EMBEDDED = "https://sts.us-east-1.amazonaws.com/", "http://127.0.0.1:4566/"
MAKE_LAUNCH = "; to start the embedded AWS: make launch"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (refused(AWS), f"AWS can't be reached at {AWS[:-1]}: Failed to connect: refused"),
        (
            refused(EMBEDDED),
            f"AWS can't be reached at {EMBEDDED[:-1]}: Failed to connect: refused{MAKE_LAUNCH}",
        ),
        (EndpointConnectionError(endpoint_url=AWS), f"at {AWS[:-1]}: no connection"),
        (
            ProxyConnectionError(proxy_url="http://proxy"),
            "AWS can't be reached: Failed to connect to proxy URL",
        ),
    ],
)
def test_the_first_call_is_not_repeated(calls: Calls, error: Exception, message: str) -> None:
    with pytest.raises(Unreachable) as raised:
        calls(error, None)
    assert message in str(raised.value)
    assert (MAKE_LAUNCH in str(raised.value)) is (MAKE_LAUNCH in message)


def test_a_connection_that_is_refused_later_is_retried(calls: Calls) -> None:
    assert calls(None) == 1
    assert calls(*[refused(AWS)] * 3, None) == 4
