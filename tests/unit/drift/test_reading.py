"""CloudFormation's answers about drift, and the outcome of the stack."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from sentry_oms.aws.view import View
from sentry_oms.executor.actions import DRIFT_SECONDS, Actions
from sentry_oms.executor.drift.model import ResourceDrift, StackStatus
from sentry_oms.executor.pace import PACE
from sentry_oms.executor.perform import perform
from sentry_oms.executor.states import Outcome, State
from tests.unit.tags import Clock, calls, commands, refusal, stack

BEGUN = {"StackDriftDetectionId": "id"}
EXISTS = {"Stacks": [{"StackStatus": "CREATE_COMPLETE"}]}
ABSENT = refusal("ValidationError", "Stack with id sentry-sqs-dev does not exist")
LOST = ConnectionClosedError(endpoint_url="http://127.0.0.1")
TEMPLATE = {
    "TemplateBody": {
        "Parameters": {"Password": {"Type": "String", "NoEcho": "true"}},
        "Resources": {
            "Queue": {
                "Type": "AWS::SQS::Queue",
                "Properties": {"VisibilityTimeout": 60, "Hidden": {"Ref": "Password"}},
            },
            "Service": {"Type": "AWS::ECS::Service", "Properties": {}},
        },
    }
}


def detection(
    verdict: str = "IN_SYNC", status: str = "DETECTION_COMPLETE", **more: str
) -> dict[str, Any]:
    return {"DetectionStatus": status, "StackDriftStatus": verdict, **more}


def drift(
    logical_id: str = "Queue",
    type_: str = "AWS::SQS::Queue",
    status: str = "MODIFIED",
    path: str = "/VisibilityTimeout",
    **more: str,
) -> dict[str, Any]:
    difference = {"PropertyPath": path, "ExpectedValue": "60", "ActualValue": "30"}
    return {
        "LogicalResourceId": logical_id,
        "ResourceType": type_,
        "StackResourceDriftStatus": status,
        "PropertyDifferences": [difference],
        **more,
    }


def unread(logical_id: str, type_: str) -> dict[str, Any]:
    return drift(logical_id, type_, "UNKNOWN", DriftStatusReason="no permission\nto read it")


def page(*drifts: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"StackResourceDrifts": list(drifts), **more}


DRIFTED = detection("DRIFTED")
IN_PROGRESS = detection(status="DETECTION_IN_PROGRESS")
DEPLOYED = drift("Service", "AWS::ECS::Service", path="/TaskDefinition")
SECRET = unread("Secret", "AWS::SecretsManager::Secret")
QUEUE = unread("Queue", "AWS::SQS::Queue")


def listed(status: str) -> dict[str, Any]:
    return {"DriftInformation": {"StackResourceDriftStatus": status}}


RESOURCES = {"StackResourceSummaries": [*map(listed, ("IN_SYNC", "NOT_CHECKED", "NOT_CHECKED"))]}


class Asked:
    """A drift command on one stack, with the answers of AWS."""

    def __init__(
        self,
        *answers: Any,
        command: str = "drift_detect",
        arguments: tuple[Any, ...] = (),
        setting: str = "",
    ) -> None:
        self.clock = Clock()
        self.stack = stack("dev/sqs")
        left = iter(answers)

        def answer(command: str, **_: Any) -> Any:
            one = RESOURCES if command == "list_stack_resources" else next(left)
            if isinstance(one, Exception):
                raise one
            return one

        self.stack.connection_manager.call.side_effect = answer
        self.stack.ignore, self.stack.obsolete = setting == "ignore", setting == "obsolete"
        actions = Actions(
            self.stack, View(), PACE, self.clock, self.clock.sleep, writing=lambda _: None
        )
        actions.connection_manager._manager = self.stack.connection_manager
        self.outcome: Outcome = perform(actions, command, arguments)

    @property
    def found(self) -> tuple[State, StackStatus | None]:
        return self.outcome.state, self.outcome.drift.status if self.outcome.drift else None

    @property
    def resources(self) -> tuple[ResourceDrift, ...]:
        return self.outcome.drift.resources if self.outcome.drift else ()


AS_LAUNCHED = (State.COMPLETE, StackStatus.AS_LAUNCHED)
HAS_DRIFTED = (State.COMPLETE, StackStatus.DRIFTED)
NOT_KNOWN = (State.FAILED, StackStatus.NOT_KNOWN)


def test_a_stack_in_sync_takes_four_calls_and_counts_what_was_not_compared() -> None:
    asked = Asked(EXISTS, BEGUN, detection())
    assert asked.found == AS_LAUNCHED
    assert asked.outcome.result == detection()
    assert (len(commands(asked.stack)), asked.clock.slept) == (4, [])
    assert asked.outcome.drift
    assert asked.outcome.drift.not_compared == 2


def test_a_drifted_property_is_named_and_sceptres_answer_kept() -> None:
    asked = Asked(EXISTS, BEGUN, DRIFTED, page(drift()), TEMPLATE)
    assert asked.found == HAS_DRIFTED
    assert asked.outcome.result == DRIFTED
    (resource,) = asked.resources
    (difference,) = resource.differences
    assert (resource.logical_id, difference.path) == ("Queue", "/VisibilityTimeout")
    assert (difference.expected, difference.actual, difference.meant) == ("60", "30", None)
    filters = calls(asked.stack)[3][1]["StackResourceDriftStatusFilters"]
    assert filters == ["MODIFIED", "DELETED", "UNKNOWN"]


@pytest.mark.parametrize(
    ("path", "template"),
    [("/Hidden", TEMPLATE), ("/VisibilityTimeout", refusal("AccessDenied", "not GetTemplate"))],
    ids=["of a NoEcho parameter", "without the template"],
)
def test_a_value_that_may_be_secret_is_masked(path: str, template: Any) -> None:
    asked = Asked(EXISTS, BEGUN, DRIFTED, page(drift(path=path)), template)
    assert asked.found == HAS_DRIFTED
    (difference,) = asked.resources[0].differences
    assert (difference.expected, difference.actual) == ("****", "****")


def test_all_pages_are_read() -> None:
    first, second = page(drift(), NextToken="more"), page(drift("Other", status="DELETED"))
    asked = Asked(EXISTS, BEGUN, DRIFTED, first, second, TEMPLATE)
    assert [one.logical_id for one in asked.resources] == ["Queue", "Other"]
    assert calls(asked.stack)[4][1]["NextToken"] == "more"


@pytest.mark.parametrize(("only_drifted", "shown"), [(False, 2), (True, 1)])
def test_drift_show_returns_all_pages(only_drifted: bool, shown: int) -> None:
    pages = (page(drift(), NextToken="more"), page(drift("Other", status="IN_SYNC")))
    answers = (EXISTS, BEGUN, DRIFTED, *pages, page(drift()), TEMPLATE)
    asked = Asked(*answers, command="drift_show", arguments=(only_drifted,))
    status, response = asked.outcome.result
    assert (status, len(response["StackResourceDrifts"])) == ("DETECTION_COMPLETE", shown)
    assert asked.found == HAS_DRIFTED


@pytest.mark.parametrize("status", ["DETECTION_COMPLETE", "DETECTION_FAILED"])
def test_an_unreadable_secret_is_not_checked(status: str) -> None:
    """The plan role may not read a secret's value, which the secret's read handler asks for."""
    asked = Asked(EXISTS, BEGUN, detection("UNKNOWN", status), page(SECRET), TEMPLATE)
    assert asked.found == AS_LAUNCHED
    assert [one.status.value for one in asked.resources] == ["not checked"]


@pytest.mark.parametrize(
    ("drifts", "expected"),
    [
        ([DEPLOYED], AS_LAUNCHED),
        ([DEPLOYED, SECRET], AS_LAUNCHED),
        ([drift(), SECRET], HAS_DRIFTED),
        ([], HAS_DRIFTED),
    ],
    ids=["the pipeline's deployment", "and a secret", "drift and a secret", "no resource"],
)
def test_only_an_expected_difference_is_as_launched(
    drifts: list[dict[str, Any]], expected: Any
) -> None:
    assert Asked(EXISTS, BEGUN, DRIFTED, page(*drifts), TEMPLATE).found == expected


@pytest.mark.parametrize("command", ["drift_detect", "drift_show"])
def test_a_stack_that_does_not_exist_fails_with_the_command_that_creates_it(command: str) -> None:
    asked = Asked(ABSENT, command=command)
    assert asked.outcome.state is State.FAILED
    assert "does not exist: sceptre launch dev/sqs" in str(asked.outcome.cause)
    assert "STACK_DOES_NOT_EXIST" in str(asked.outcome.result)


@pytest.mark.parametrize("setting", ["ignore", "obsolete"])
def test_a_stack_that_is_not_launched_is_left_out_unless_it_exists(setting: str) -> None:
    assert Asked(ABSENT, setting=setting).found == (State.COMPLETE, StackStatus.LEFT_OUT)
    existing = Asked(EXISTS, BEGUN, DRIFTED, page(drift()), TEMPLATE, setting=setting)
    assert existing.found == HAS_DRIFTED


def test_a_failed_detection_keeps_its_reason_and_its_findings() -> None:
    failed = detection("DRIFTED", "DETECTION_FAILED", DetectionStatusReason="no\nrights on [B]")
    asked = Asked(EXISTS, BEGUN, failed, page(drift()), TEMPLATE)
    assert asked.found == NOT_KNOWN
    assert asked.outcome.result == failed
    assert asked.outcome.cause == "DETECTION_FAILED, the stack is DRIFTED: no rights on [B]"
    assert len(asked.resources) == 1


@pytest.mark.parametrize("verdict", ["UNKNOWN", "NOT_CHECKED"])
def test_a_stack_without_a_verdict_is_not_known(verdict: str) -> None:
    assert Asked(EXISTS, BEGUN, detection(verdict), page()).found == NOT_KNOWN


@pytest.mark.parametrize("verdict", ["UNKNOWN", "DRIFTED"])
def test_an_unreadable_resource_makes_its_stack_not_known(verdict: str) -> None:
    found = page(SECRET, QUEUE, drift("Other"))
    asked = Asked(EXISTS, BEGUN, detection(verdict), found, TEMPLATE)
    assert asked.found == NOT_KNOWN
    assert str(asked.outcome.cause).endswith(f"{verdict}: Queue: no permission to read it")


def test_a_refusal_is_the_cause() -> None:
    asked = Asked(EXISTS, refusal("ValidationError", "Drift detection is not available"))
    assert isinstance(asked.outcome.error, ClientError)
    assert "Drift detection is not available" in str(asked.outcome.cause)


def test_a_detection_in_progress_is_polled_at_our_pace() -> None:
    asked = Asked(EXISTS, BEGUN, *[IN_PROGRESS] * 3, detection())
    assert asked.clock.slept == [PACE.shortest] * 3


def test_transient_errors_are_waited_for_and_others_are_not() -> None:
    asked = Asked(EXISTS, BEGUN, refusal("RequestLimitExceeded"), LOST, detection())
    assert (asked.found, len(asked.clock.slept)) == (AS_LAUNCHED, 2)
    denied = Asked(EXISTS, BEGUN, refusal("AccessDenied", "no"))
    assert (denied.outcome.state, denied.clock.slept) == (State.FAILED, [])


@pytest.mark.parametrize("last", [IN_PROGRESS, refusal("Throttling")])
def test_a_detection_is_given_up_after_sceptres_five_minutes(last: Any) -> None:
    asked = Asked(EXISTS, BEGUN, *[last] * DRIFT_SECONDS)
    assert asked.outcome.state is State.FAILED
    assert asked.outcome.result["DetectionStatus"] == "TIMED_OUT"
    assert "5 minutes" in str(asked.outcome.cause)
    assert DRIFT_SECONDS <= asked.clock.now <= DRIFT_SECONDS + PACE.longest
