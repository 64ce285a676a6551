"""Transient errors of AWS: throttling, 5xx, lost connections, timeouts.

Sceptre retries one spelling of throttling, and botocore retries four times in a mode that knows
half of them. ``configure_retries`` asks botocore for more, and ``is_transient`` names the errors
that are still worth waiting for.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

import botocore.session
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    ProfileNotFound,
)
from botocore.parsers import ResponseParserError
from sceptre.exceptions import RetryLimitExceededError, SceptreException

from sentry_oms.executor.endpoint import FirstAnswer
from sentry_oms.executor.words import duration

RETRIES = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "8"}
"""botocore's settings: every spelling of throttling, and pauses of at most 71 seconds in total."""

THROTTLING = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_TIMEOUTS = frozenset({"RequestTimeout", "RequestTimeoutException"})
LIMIT = "LimitExceededException"
"""CloudFormation's code for a used-up quota. botocore retries it, although it is permanent."""

NOTICE_SECONDS = 60
GIVE_UP_SECONDS = 15 * 60
"""A stack is watched no longer after this time without an answer."""


class NoAnswer(SceptreException):
    """AWS has not answered for too long."""


def configure_retries(environ: MutableMapping[str, str]) -> None:
    """Ask botocore for more retries, unless the user has configured them."""
    try:
        configured = botocore.session.get_session().get_scoped_config()
    except (BotoCoreError, ProfileNotFound):
        configured = {}
    for name, value in RETRIES.items():
        # A variable would override the setting in the user's config file.
        if name.removeprefix("AWS_").lower() not in configured:
            environ.setdefault(name, value)


def configure_session(session: Any) -> None:
    """Keep the clients of a ``boto3.Session`` from retries that can't succeed.

    That is a CloudFormation quota that is used up, and an endpoint that never answered.
    """
    register = session.events.register_first
    register("needs-retry.cloudformation", _not_a_limit, unique_id="oms-limit")
    register("needs-retry", FirstAnswer(), unique_id="oms-first-answer")


def _not_a_limit(response: Any, attempts: int, **_: Any) -> bool | None:
    # botocore uses the first answer that is not None; False means no. Only at the first attempt,
    # so that a botocore for which False means "now" would not retry forever.
    parsed = response[1] if response else {}
    is_limit = parsed.get("Error", {}).get("Code") == LIMIT
    return False if is_limit and attempts == 1 else None


def is_transient(error: BaseException) -> bool:
    """Whether the same call may succeed a little later."""
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code in THROTTLING | _TIMEOUTS or status >= 500
    return isinstance(
        error, (ConnectionError, HTTPClientError, ResponseParserError, RetryLimitExceededError)
    )


class Watch:
    """How long AWS has not answered about a stack with a running operation."""

    def __init__(
        self, stack: str, doing: str, clock: Callable[[], float], say: Callable[[str], None]
    ) -> None:
        self._stack = stack
        self._doing = doing
        self._clock = clock
        self._say = say
        self._answered = self._noticed = clock()

    def answered(self) -> None:
        """Record an answer."""
        self._answered = self._noticed = self._clock()

    def unanswered(self, error: Exception) -> None:
        """Record an error after botocore's retries; print a notice once a minute.

        Raises:
            NoAnswer: after ``GIVE_UP_SECONDS`` without an answer.
        """
        now = self._clock()
        silent = duration(now - self._answered)
        rest = f"CloudFormation goes on {self._doing} it: {' '.join(str(error).split())}"
        if now - self._answered >= GIVE_UP_SECONDS:
            raise NoAnswer(
                f"{self._stack}: no answer for {silent}, no longer watched: {rest}"
            ) from error
        if now - self._noticed >= NOTICE_SECONDS:
            self._noticed = now
            self._say(f"{self._stack}: no answer for {silent}, still watched: {rest}")
