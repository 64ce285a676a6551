"""What AWS answers only when it is asked again: throttling, 5xx, lost connections, timeouts.

Sceptre itself retries one spelling of throttling, and botocore retries four times in a mode that
knows half of them. ``configure_retries`` asks botocore for more, and ``is_transient`` says what is
worth
waiting for where that was not enough.

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

from sentry_oms.executor.words import duration

RETRIES = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "8"}
"""What botocore is asked for: all spellings, and pauses of 71 seconds at most in all."""

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
"""CloudFormation's word for a quota that is used up. botocore retries it; it never goes away."""

WORD_SECONDS = 60
GIVE_UP_SECONDS = 15 * 60
"""So long without an answer, a stack is watched no longer."""


class NoAnswer(SceptreException):
    """AWS has answered nothing for too long."""


def configure_retries(environ: MutableMapping[str, str]) -> None:
    """Ask botocore for more retries, where the person has not said how many."""
    try:
        configured = botocore.session.get_session().get_scoped_config()
    except (BotoCoreError, ProfileNotFound):
        configured = {}
    for name, value in RETRIES.items():
        # A variable is stronger than the shared config file, in which a person may have said it.
        if name.removeprefix("AWS_").lower() not in configured:
            environ.setdefault(name, value)


def stop_retrying_limits(session: Any) -> None:
    """Let a ``boto3.Session`` make clients that CloudFormation's limits stop at once."""
    session.events.register_first("needs-retry.cloudformation", _not_a_limit, unique_id="oms-limit")


def _not_a_limit(response: Any, attempts: int, **_: Any) -> bool | None:
    # botocore takes the first answer that is not None; False is no. Once, so that a botocore to
    # which False means now would not go on for ever.
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
    """How long AWS has not answered about a stack that is being written."""

    def __init__(
        self, stack: str, doing: str, clock: Callable[[], float], say: Callable[[str], None]
    ) -> None:
        """See the class.

        Args:
            stack: for the words.
            doing: creating, updating or deleting.
            clock: in seconds.
            say: takes a line for the person.
        """
        self._stack = stack
        self._doing = doing
        self._clock = clock
        self._say = say
        self._answered = self._said = clock()

    def answered(self) -> None:
        """AWS has said how the stack is."""
        self._answered = self._said = self._clock()

    def unanswered(self, error: Exception) -> None:
        """It has not, and botocore has given up; says so once a minute.

        Raises:
            NoAnswer: it was too long.
        """
        now = self._clock()
        silent = now - self._answered
        goes_on = f"CloudFormation goes on {self._doing} it"
        if silent >= GIVE_UP_SECONDS:
            raise NoAnswer(
                f"{self._stack}: no answer for {duration(silent)}, no longer watched: "
                f"{goes_on}: {_one_line(error)}"
            ) from error
        if now - self._said >= WORD_SECONDS:
            self._said = now
            self._say(
                f"{self._stack}: no answer for {duration(silent)}, still watched: "
                f"{goes_on}: {_one_line(error)}"
            )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
