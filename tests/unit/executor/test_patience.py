"""What passes is waited for, within bounds and not in silence; a limit is not."""

from __future__ import annotations

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
    is_transient,
    stop_retrying_limits,
)
from sentry_oms.executor.states import State
from tests.unit.tags import stack


def refused(code: str, status: int = 400, message: str = "Rate exceeded") -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        "DescribeStacks",
    )


URL = "http://127.0.0.1"
PASSES = [
    *(refused(code) for code in sorted(THROTTLING)),
    refused("RequestTimeout"),
    *(refused("InternalFailure", status) for status in (500, 502, 503, 504)),
    ConnectionClosedError(endpoint_url=URL),
    EndpointConnectionError(endpoint_url=URL),
    ReadTimeoutError(endpoint_url=URL),
    RetryLimitExceededError("Exceeded request limit 30 times. Aborting."),
]
STAYS = [
    refused(LIMIT),
    refused("ValidationError"),
    refused("AccessDenied", 403),
    NoCredentialsError(),
    SceptreException("x"),
]


@pytest.mark.parametrize("error", PASSES, ids=str)
def test_what_passes(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize("error", STAYS, ids=str)
def test_what_stays(error: Exception) -> None:
    assert not is_transient(error)


def test_botocore_retries_the_same_spellings_and_the_limit() -> None:
    assert set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES) == THROTTLING | {LIMIT}


class TestBePatient:
    @pytest.fixture(autouse=True)
    def no_config_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
        monkeypatch.delenv("AWS_PROFILE", raising=False)

    def test_asks_for_more_retries(self) -> None:
        environ: dict[str, str] = {}
        configure_retries(environ)
        assert environ == RETRIES

    def test_what_the_person_has_set_stays(self) -> None:
        environ = {"AWS_RETRY_MODE": "adaptive", "AWS_MAX_ATTEMPTS": "3"}
        configure_retries(environ)
        assert environ == {"AWS_RETRY_MODE": "adaptive", "AWS_MAX_ATTEMPTS": "3"}

    def test_what_the_persons_config_file_says_stays(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        (tmp_path / "config").write_text("[default]\nmax_attempts = 3\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        environ: dict[str, str] = {}
        configure_retries(environ)
        assert environ == {"AWS_RETRY_MODE": "standard"}


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
    stop_retrying_limits(session)
    stop_retrying_limits(session)
    client = session.client("cloudformation")
    requests: list[Any] = []

    def answer(request: Any, **_: Any) -> Any:
        requests.append(request)
        body = f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"

        class Raw:
            def stream(self, **_: Any) -> Any:
                return iter([body.encode()])

        return AWSResponse(request.url, 400, {}, Raw())

    client.meta.events.register("before-send", answer)
    with pytest.raises(ClientError):
        client.describe_stacks()
    assert len(requests) == sent


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Aws:
    """Stands for a connection manager: answers to each command, one after the other."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = answers
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def call(self, service: str, command: str, kwargs: Any = None) -> Any:  # noqa: ARG002
        self.sent.append((command, kwargs))
        left = self.answers[command]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if callable(answer):
            answer = answer(self.sent)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def times(self, command: str) -> int:
        return sum(one == command for one, _ in self.sent)


NONE = refused("ValidationError", message="Stack with id sentry-vpc-dev does not exist")
GONE = ConnectionClosedError(endpoint_url=URL)


def being(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackStatus": status}]}


def events(sent: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """The events of the write that was sent."""
    token = next(
        kwargs["ClientRequestToken"] for _, kwargs in sent if "ClientRequestToken" in kwargs
    )
    return somebodys(token)


def somebodys(token: str) -> dict[str, Any]:
    event = {
        "StackId": "id",
        "PhysicalResourceId": "id",
        "ResourceStatus": "CREATE_IN_PROGRESS",
        "ClientRequestToken": token,
    }
    return {"StackEvents": [event]}


class Launch:
    """A launch of one stack on an AWS of answers."""

    def __init__(self, aws: Aws, time: Time | None = None, command: str = "launch") -> None:
        self.time = time or Time()
        one = stack("dev/vpc")
        one.external_name, one.profile, one.sceptre_role = "sentry-vpc-dev", None, None
        one.connection_manager = aws
        one.hooks, one.tags, one.notifications = {}, {}, []
        one.protected = False
        one.parameters, one._parameters = {}, {}
        one.disable_rollback, one.on_failure = False, None
        one.cloudformation_service_role, one.stack_timeout = None, 0
        one.template.get_boto_call_parameter.return_value = {"TemplateBody": "{}"}
        actions = Actions(one, View(), PACE, self.time, self.time.sleep, lambda _: None)
        actions.connection_manager._manager = aws
        self.outcome = perform(actions, command, ())


def test_a_stack_is_watched_through_what_passes(caplog: pytest.LogCaptureFixture) -> None:
    answers = [NONE, being("CREATE_IN_PROGRESS"), *PASSES, being("CREATE_COMPLETE")]
    launch = Launch(Aws(describe_stacks=answers, create_stack=[{}]))
    assert launch.outcome.state is State.COMPLETE
    assert launch.outcome.operation == "created"
    assert len(caplog.messages) <= 1 + launch.time.now / 60


def test_it_is_given_up_in_the_end_and_says_a_word_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    throttled = refused("Throttling")
    launch = Launch(Aws(describe_stacks=[NONE, throttled], create_stack=[{}]))
    assert launch.outcome.state is State.FAILED
    assert launch.outcome.cause == (
        "no answer for 15:01, no longer watched: CloudFormation goes on creating it: "
        "An error occurred (Throttling) when calling the DescribeStacks operation: Rate exceeded"
    )
    assert isinstance(launch.outcome.error, NoAnswer)
    assert launch.time.now <= GIVE_UP_SECONDS + PACE.longest
    said = [line for line in caplog.messages if "still watched" in line]
    assert 12 <= len(said) <= 15
    assert said[0].startswith("dev/vpc: no answer for 1:0")


def test_what_does_not_pass_ends_it_at_once() -> None:
    denied = refused("AccessDenied", 403, "not authorized")
    launch = Launch(Aws(describe_stacks=[NONE, denied], create_stack=[{}]))
    assert launch.outcome.state is State.FAILED
    assert launch.time.now == 0


@pytest.mark.parametrize("lost", [refused("AlreadyExistsException"), GONE], ids=str)
def test_a_create_that_was_taken_before_its_connection_was_lost_is_watched(
    lost: Exception,
) -> None:
    aws = Aws(
        describe_stacks=[NONE, being("CREATE_IN_PROGRESS"), being("CREATE_COMPLETE")],
        create_stack=[lost],
        describe_stack_events=[events],
    )
    assert Launch(aws).outcome.operation == "created"
    assert aws.times("create_stack") == 1


def test_an_update_that_was_taken_before_its_connection_was_lost_is_watched() -> None:
    busy = refused("ValidationError", message="x is in UPDATE_IN_PROGRESS state and can not be")
    aws = Aws(
        describe_stacks=[
            being("CREATE_COMPLETE"),
            being("UPDATE_IN_PROGRESS"),
            being("UPDATE_COMPLETE"),
        ],
        update_stack=[busy],
        describe_stack_events=[events],
    )
    assert Launch(aws).outcome.operation == "updated"


def test_a_stack_that_somebody_else_creates_meanwhile_is_theirs() -> None:
    aws = Aws(
        describe_stacks=[NONE, being("CREATE_IN_PROGRESS")],
        create_stack=[refused("AlreadyExistsException")],
        describe_stack_events=[somebodys("theirs")],
    )
    outcome = Launch(aws).outcome
    assert outcome.state is State.FAILED
    assert outcome.cause == (
        "sentry-vpc-dev is CREATE_IN_PROGRESS: wait until the other operation ends"
    )


def test_a_create_that_never_arrived_is_an_error() -> None:
    aws = Aws(describe_stacks=[NONE], create_stack=[GONE], describe_stack_events=[NONE])
    outcome = Launch(aws).outcome
    assert (outcome.state, outcome.error) == (State.FAILED, GONE)


def test_an_update_with_nothing_to_do_costs_no_call_more() -> None:
    aws = Aws(
        describe_stacks=[being("CREATE_COMPLETE")],
        update_stack=[refused("ValidationError", message="No updates are to be performed.")],
    )
    assert Launch(aws).outcome.state is State.UNCHANGED
    assert aws.times("describe_stack_events") == 0


def test_why_it_failed_may_not_be_known() -> None:
    aws = Aws(
        describe_stacks=[NONE, being("ROLLBACK_COMPLETE")],
        create_stack=[{}],
        describe_stack_events=[refused("Throttling")],
    )
    outcome = Launch(aws).outcome
    assert outcome.state is State.FAILED
    assert "the cause is unknown, because CloudFormation does not answer" in (outcome.cause or "")
    assert outcome.result == StackStatus.FAILED


def test_an_error_on_the_way_to_say_why_is_an_error_of_the_stack() -> None:
    """Else its thread would end without a word, and the run wait for it for ever."""

    class Stuck(Actions):
        def __init__(self) -> None:
            self.stack = stack("dev/vpc")
            self._wrote, self._doing = False, None

        def launch(self) -> Any:
            raise CannotUpdateFailedStackError("x")

        def get_status(self) -> Any:
            raise refused("Throttling")

    assert perform(Stuck(), "launch", ()).state is State.FAILED
