"""Transient errors of AWS are waited for, within limits and with messages; a quota is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.retries.standard import ThrottledRetryableChecker
from sceptre.exceptions import (
    CannotUpdateFailedStackError,
    RetryLimitExceededError,
    SceptreException,
)
from sceptre.stack_status import StackStatus

from sentry_oms.aws.view import View
from sentry_oms.executor.actions import Actions
from sentry_oms.executor.pace import PACE
from sentry_oms.executor.perform import perform
from sentry_oms.executor.retries import (
    GIVE_UP_SECONDS,
    LIMIT,
    RETRIES,
    THROTTLING,
    NoAnswer,
    configure_retries,
    configure_session,
    is_transient,
)
from sentry_oms.executor.states import State
from tests.unit.tags import Clock, stack


def refused(code: str, status: int = 400, message: str = "Rate exceeded") -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        "DescribeStacks",
    )


URL = "http://127.0.0.1"
LOST = ConnectionClosedError(endpoint_url=URL)
TRANSIENT = [
    *(refused(code) for code in sorted(THROTTLING)),
    refused("RequestTimeout"),
    *(refused("InternalFailure", status) for status in (500, 502, 503, 504)),
    LOST,
    EndpointConnectionError(endpoint_url=URL),
    ReadTimeoutError(endpoint_url=URL),
    RetryLimitExceededError("Exceeded request limit 30 times. Aborting."),
]
PERMANENT = [
    refused(LIMIT),
    refused("ValidationError"),
    refused("AccessDenied", 403),
    NoCredentialsError(),
    SceptreException("x"),
]


@pytest.mark.parametrize("error", [*TRANSIENT, *PERMANENT], ids=str)
def test_an_error_is_transient_or_permanent(error: Exception) -> None:
    assert is_transient(error) is (error in TRANSIENT)


def test_botocore_retries_the_same_codes_and_the_limit() -> None:
    assert set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES) == THROTTLING | {LIMIT}


ADAPTIVE = {"AWS_RETRY_MODE": "adaptive", "AWS_MAX_ATTEMPTS": "3"}


@pytest.mark.parametrize(
    ("config", "environ", "expected"),
    [
        ("", {}, RETRIES),
        ("", ADAPTIVE, ADAPTIVE),
        ("[default]\nmax_attempts = 3\n", {}, {"AWS_RETRY_MODE": "standard"}),
    ],
    ids=["unset", "set by variables", "set by the config file"],
)
def test_more_retries_are_configured_unless_the_user_has_set_them(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    config: str,
    environ: dict[str, str],
    expected: dict[str, str],
) -> None:
    (tmp_path / "config").write_text(config)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    given = dict(environ)
    configure_retries(given)
    assert given == expected


@pytest.mark.parametrize(("code", "sent"), [(LIMIT, 1), ("Throttling", 3)])
def test_a_limit_of_cloudformation_is_not_retried(
    monkeypatch: pytest.MonkeyPatch, code: str, sent: int
) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    monkeypatch.setattr("time.sleep", lambda _: None)
    session = boto3.Session(
        aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1"
    )
    configure_session(session)
    configure_session(session)
    client = session.client("cloudformation")
    requests: list[Any] = []

    class Raw:
        def stream(self, **_: Any) -> Any:
            body = f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"
            return iter([body.encode()])

    def answer(request: Any, **_: Any) -> Any:
        requests.append(request)
        return AWSResponse(request.url, 400, {}, Raw())

    client.meta.events.register("before-send", answer)
    with pytest.raises(ClientError):
        client.describe_stacks()
    assert len(requests) == sent


class Aws:
    """A connection manager with a list of answers for each command; the last one repeats."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = answers
        self.sent: list[str] = []
        self.token = ""

    def call(self, service: str, command: str, kwargs: Any = None) -> Any:  # noqa: ARG002
        self.sent.append(command)
        self.token = kwargs.get("ClientRequestToken", self.token)
        left = self.answers[command]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(self.token) if callable(answer) else answer


ABSENT = refused("ValidationError", message="Stack with id sentry-vpc-dev does not exist")
EXISTS = refused("AlreadyExistsException")


def being(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackStatus": status}]}


CREATED = being("CREATE_COMPLETE")


def events_of(token: str) -> dict[str, Any]:
    """Return the first event of the write with this token."""
    event = {
        "StackId": "id",
        "PhysicalResourceId": "id",
        "ResourceStatus": "CREATE_IN_PROGRESS",
        "ClientRequestToken": token,
    }
    return {"StackEvents": [event]}


class Launch:
    """A launch of one stack, with the answers of AWS."""

    def __init__(self, **answers: list[Any]) -> None:
        self.clock, self.aws = Clock(), Aws(**answers)
        one = stack("dev/vpc")
        one.connection_manager = self.aws
        one.protected, one.parameters, one._parameters = False, {}, {}
        one.disable_rollback, one.on_failure, one.stack_timeout = False, None, 0
        one.template.get_boto_call_parameter.return_value = {"TemplateBody": "{}"}
        actions = Actions(one, View(), PACE, self.clock, self.clock.sleep, lambda _: None)
        actions.connection_manager._manager = self.aws
        self.outcome = perform(actions, "launch", ())


def test_a_stack_is_watched_through_transient_errors(caplog: pytest.LogCaptureFixture) -> None:
    answers = [ABSENT, being("CREATE_IN_PROGRESS"), *TRANSIENT, CREATED]
    launch = Launch(describe_stacks=answers, create_stack=[{}])
    assert (launch.outcome.state, launch.outcome.operation) == (State.COMPLETE, "created")
    assert len(caplog.messages) <= 1 + launch.clock.now / 60


def test_a_stack_is_given_up_after_a_timeout_with_a_message_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    launch = Launch(describe_stacks=[ABSENT, refused("Throttling")], create_stack=[{}])
    assert launch.outcome.state is State.FAILED
    assert "no answer for 15:01" in str(launch.outcome.cause)
    assert "An error occurred (Throttling)" in str(launch.outcome.cause)
    assert isinstance(launch.outcome.error, NoAnswer)
    assert launch.clock.now <= GIVE_UP_SECONDS + PACE.longest
    said = [line for line in caplog.messages if line.startswith("dev/vpc: no answer for ")]
    assert 12 <= len(said) <= 15


def test_a_permanent_error_ends_a_launch_at_once() -> None:
    denied = refused("AccessDenied", 403, "not authorized")
    launch = Launch(describe_stacks=[ABSENT, denied], create_stack=[{}])
    assert (launch.outcome.state, launch.clock.now) == (State.FAILED, 0)


BUSY = refused("ValidationError", message="x is in UPDATE_IN_PROGRESS state")


@pytest.mark.parametrize(
    ("before", "write", "error"),
    [(ABSENT, "create", EXISTS), (ABSENT, "create", LOST), (CREATED, "update", BUSY)],
    ids=["create, retried", "create", "update, retried"],
)
def test_a_write_is_watched_though_its_answer_was_lost(
    before: Any, write: str, error: Exception
) -> None:
    after = [being(f"{write.upper()}_{state}") for state in ("IN_PROGRESS", "COMPLETE")]
    answers = {"describe_stacks": [before, *after], f"{write}_stack": [error]}
    launch = Launch(**answers, describe_stack_events=[events_of])
    assert launch.outcome.operation == f"{write}d"
    assert launch.aws.sent.count(f"{write}_stack") == 1


def test_a_stack_that_another_operation_creates_is_not_watched() -> None:
    launch = Launch(
        describe_stacks=[ABSENT, being("CREATE_IN_PROGRESS")],
        create_stack=[EXISTS],
        describe_stack_events=[events_of("theirs")],
    )
    assert launch.outcome.state is State.FAILED
    assert str(launch.outcome.cause).startswith("sentry-vpc-dev is CREATE_IN_PROGRESS")


def test_a_create_that_never_arrived_fails() -> None:
    outcome = Launch(
        describe_stacks=[ABSENT], create_stack=[LOST], describe_stack_events=[ABSENT]
    ).outcome
    assert (outcome.state, outcome.error) == (State.FAILED, LOST)


def test_an_update_without_a_change_reads_no_events() -> None:
    nothing = refused("ValidationError", message="No updates are to be performed.")
    launch = Launch(describe_stacks=[CREATED], update_stack=[nothing])
    assert launch.outcome.state is State.UNCHANGED
    assert "describe_stack_events" not in launch.aws.sent


def test_a_failure_without_a_known_cause_is_a_failure() -> None:
    outcome = Launch(
        describe_stacks=[ABSENT, being("ROLLBACK_COMPLETE")],
        create_stack=[{}],
        describe_stack_events=[refused("Throttling")],
    ).outcome
    assert (outcome.state, outcome.result) == (State.FAILED, StackStatus.FAILED)
    assert "known" in str(outcome.cause)


def test_an_error_while_the_cause_is_read_fails_the_stack() -> None:
    """Otherwise its thread would end without an outcome, and the run would wait forever."""

    class Stuck(Actions):
        def __init__(self) -> None:
            self.stack = stack("dev/vpc")
            self._wrote, self._doing = False, None

        def launch(self) -> Any:
            raise CannotUpdateFailedStackError("x")

        def get_status(self) -> Any:
            raise refused("Throttling")

    assert perform(Stuck(), "launch", ()).state is State.FAILED
