"""What CloudFormation answers about drift, and what becomes of the stack in the run."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from sentry_oms.aws.view import View
from sentry_oms.executor.actions import DRIFT_SECONDS, Actions
from sentry_oms.executor.drift.model import StackStatus
from sentry_oms.executor.pace import PACE
from sentry_oms.executor.perform import perform
from sentry_oms.executor.states import Outcome, State
from tests.unit.tags import calls, refusal, stack

BEGUN = {"StackDriftDetectionId": "id"}
THERE = {"Stacks": [{"StackStatus": "CREATE_COMPLETE"}]}
ABSENT = refusal("ValidationError", "Stack with id sentry-sqs-dev does not exist")
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


def detection(status: str = "DETECTION_COMPLETE", verdict: str = "IN_SYNC", **more: str) -> Any:
    return {"DetectionStatus": status, "StackDriftStatus": verdict, **more}


def drift(
    logical_id: str = "Queue",
    type_: str = "AWS::SQS::Queue",
    status: str = "MODIFIED",
    paths: tuple[str, ...] = ("/VisibilityTimeout",),
) -> dict[str, Any]:
    differences = [
        {"PropertyPath": path, "ExpectedValue": "60", "ActualValue": "30"} for path in paths
    ]
    return {
        "LogicalResourceId": logical_id,
        "ResourceType": type_,
        "StackResourceDriftStatus": status,
        "PropertyDifferences": differences,
    }


def unread(logical_id: str, type_: str) -> dict[str, Any]:
    return {
        "LogicalResourceId": logical_id,
        "ResourceType": type_,
        "StackResourceDriftStatus": "UNKNOWN",
        "DriftStatusReason": "no permission\nto read it",
    }


def page(*drifts: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"StackResourceDrifts": list(drifts), **more}


class Time:
    """Seconds that pass only in sleep."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


class Asked:
    """A drift command on one stack, on an AWS that answers so."""

    def __init__(
        self,
        *answers: Any,
        command: str = "drift_detect",
        arguments: tuple[Any, ...] = (),
        **settings: bool,
    ) -> None:
        self.time = Time()
        self.stack = stack("dev/sqs", *answers)
        self.stack.hooks = {}
        self.stack.ignore = settings.get("ignore", False)
        self.stack.obsolete = settings.get("obsolete", False)
        actions = Actions(
            self.stack, View(), PACE, self.time, self.time.sleep, writing=lambda _: None
        )
        actions.connection_manager._manager = self.stack.connection_manager
        self.outcome: Outcome = perform(actions, command, arguments)

    @property
    def status(self) -> StackStatus | None:
        return self.outcome.drift.status if self.outcome.drift else None

    def commands(self) -> list[str]:
        return [command for command, _ in calls(self.stack)]


def test_a_stack_in_sync_costs_three_calls() -> None:
    asked = Asked(THERE, BEGUN, detection())
    assert (asked.outcome.state, asked.status) == (State.COMPLETE, StackStatus.AS_LAUNCHED)
    assert asked.outcome.result == detection()
    assert len(asked.commands()) == 3
    assert asked.time.slept == []


def test_what_drifted_is_named_and_sceptres_answer_kept() -> None:
    answer = detection(verdict="DRIFTED")
    asked = Asked(THERE, BEGUN, answer, page(drift()), TEMPLATE)
    assert (asked.outcome.state, asked.status) == (State.COMPLETE, StackStatus.DRIFTED)
    assert asked.outcome.result == answer
    assert asked.outcome.drift
    (resource,) = asked.outcome.drift.resources
    (difference,) = resource.differences
    assert (resource.logical_id, difference.path) == ("Queue", "/VisibilityTimeout")
    assert (difference.expected, difference.actual, difference.meant) == ("60", "30", None)
    filters = calls(asked.stack)[3][1]["StackResourceDriftStatusFilters"]
    assert filters == ["MODIFIED", "DELETED", "UNKNOWN"]


def test_a_value_from_a_no_echo_parameter_is_masked() -> None:
    hidden = drift(paths=("/Hidden",))
    asked = Asked(THERE, BEGUN, detection(verdict="DRIFTED"), page(hidden), TEMPLATE)
    assert asked.outcome.drift
    assert asked.outcome.drift.resources[0].differences[0].actual == "****"


def test_where_the_template_can_not_be_read_values_are_masked() -> None:
    denied = refusal("AccessDenied", "not GetTemplate")
    asked = Asked(THERE, BEGUN, detection(verdict="DRIFTED"), page(drift()), denied)
    assert asked.status is StackStatus.DRIFTED
    assert asked.outcome.drift
    assert asked.outcome.drift.resources[0].differences[0].expected == "****"


def test_all_pages_are_read() -> None:
    first, second = page(drift(), NextToken="more"), page(drift("Other", status="DELETED"))
    asked = Asked(THERE, BEGUN, detection(verdict="DRIFTED"), first, second, TEMPLATE)
    assert asked.outcome.drift
    assert [one.logical_id for one in asked.outcome.drift.resources] == ["Queue", "Other"]
    assert calls(asked.stack)[4][1]["NextToken"] == "more"


def test_a_show_gives_all_pages_too() -> None:
    pages = (page(drift(), NextToken="more"), page(drift("Other", status="IN_SYNC")))
    answers = (THERE, BEGUN, detection(verdict="DRIFTED"), *pages, page(drift()), TEMPLATE)
    shown = Asked(*answers, command="drift_show", arguments=(False,))
    status, response = shown.outcome.result
    assert status == "DETECTION_COMPLETE"
    assert len(response["StackResourceDrifts"]) == 2
    assert shown.status is StackStatus.DRIFTED
    drifted = Asked(*answers, command="drift_show", arguments=(True,))
    assert len(drifted.outcome.result[1]["StackResourceDrifts"]) == 1


def test_what_the_pipeline_deployed_is_in_sync() -> None:
    deployed = drift("Service", "AWS::ECS::Service", paths=("/TaskDefinition",))
    asked = Asked(THERE, BEGUN, detection(verdict="DRIFTED"), page(deployed), TEMPLATE)
    assert asked.status is StackStatus.AS_LAUNCHED
    assert asked.outcome.drift
    assert asked.outcome.drift.resources[0].is_meant


def test_a_drifted_stack_of_which_no_resource_is_named_has_drifted() -> None:
    asked = Asked(THERE, BEGUN, detection(verdict="DRIFTED"), page())
    assert asked.status is StackStatus.DRIFTED


@pytest.mark.parametrize("command", ["drift_detect", "drift_show"])
def test_a_stack_that_does_not_exist_is_not_checked(command: str) -> None:
    asked = Asked(ABSENT, command=command)
    assert asked.outcome.state is State.FAILED
    assert asked.outcome.cause == "sentry-sqs-dev does not exist: sceptre launch dev/sqs creates it"
    assert "STACK_DOES_NOT_EXIST" in str(asked.outcome.result)


@pytest.mark.parametrize("setting", ["ignore", "obsolete"])
def test_one_that_a_launch_passes_by_is_left_out(setting: str) -> None:
    asked = Asked(ABSENT, **{setting: True})
    assert (asked.outcome.state, asked.status) == (State.COMPLETE, StackStatus.LEFT_OUT)


def test_one_that_is_ignored_and_exists_is_checked() -> None:
    asked = Asked(THERE, BEGUN, detection(verdict="DRIFTED"), page(drift()), TEMPLATE, ignore=True)
    assert asked.status is StackStatus.DRIFTED


def test_a_detection_that_fails_says_why_and_what_it_found() -> None:
    failed = detection("DETECTION_FAILED", "DRIFTED", DetectionStatusReason="no\nrights on [B]")
    asked = Asked(THERE, BEGUN, failed, page(drift()), TEMPLATE)
    assert asked.outcome.state is State.FAILED
    assert asked.outcome.result == failed
    assert asked.outcome.cause == "DETECTION_FAILED, the stack is DRIFTED: no rights on [B]"
    assert asked.status is StackStatus.NOT_KNOWN
    assert asked.outcome.drift
    assert len(asked.outcome.drift.resources) == 1


@pytest.mark.parametrize("verdict", ["UNKNOWN", "NOT_CHECKED"])
def test_a_verdict_that_says_nothing_is_not_in_sync(verdict: str) -> None:
    asked = Asked(THERE, BEGUN, detection(verdict=verdict), page())
    assert asked.outcome.state is State.FAILED
    assert asked.status is StackStatus.NOT_KNOWN


SECRET = unread("Secret", "AWS::SecretsManager::Secret")


@pytest.mark.parametrize("answer", ["DETECTION_COMPLETE", "DETECTION_FAILED"])
def test_a_stack_of_which_only_secrets_were_not_read_is_as_launched(answer: str) -> None:
    """The plan role may not read the value of a secret, for which its read handler calls."""
    asked = Asked(THERE, BEGUN, detection(answer, "UNKNOWN"), page(SECRET), TEMPLATE)
    assert (asked.outcome.state, asked.status) == (State.COMPLETE, StackStatus.AS_LAUNCHED)
    assert asked.outcome.drift
    (resource,) = asked.outcome.drift.resources
    assert (resource.logical_id, resource.status.value) == ("Secret", "not checked")


def test_drift_beside_a_secret_that_was_not_read_is_drift() -> None:
    found = page(drift(), SECRET)
    asked = Asked(THERE, BEGUN, detection(verdict="DRIFTED"), found, TEMPLATE)
    assert (asked.outcome.state, asked.status) == (State.COMPLETE, StackStatus.DRIFTED)


def test_a_meant_difference_beside_a_secret_that_was_not_read_is_as_launched() -> None:
    deployed = drift("Service", "AWS::ECS::Service", paths=("/TaskDefinition",))
    found = page(deployed, SECRET)
    asked = Asked(THERE, BEGUN, detection(verdict="DRIFTED"), found, TEMPLATE)
    assert (asked.outcome.state, asked.status) == (State.COMPLETE, StackStatus.AS_LAUNCHED)


@pytest.mark.parametrize("verdict", ["UNKNOWN", "DRIFTED"])
def test_another_resource_that_was_not_read_is_not_known_and_says_why(verdict: str) -> None:
    found = page(SECRET, unread("Queue", "AWS::SQS::Queue"), drift("Other"))
    asked = Asked(THERE, BEGUN, detection(verdict=verdict), found, TEMPLATE)
    assert (asked.outcome.state, asked.status) == (State.FAILED, StackStatus.NOT_KNOWN)
    assert asked.outcome.cause == (
        f"DETECTION_COMPLETE, the stack is {verdict}: Queue: no permission to read it"
    )


def test_what_is_refused_is_the_cause() -> None:
    busy = refusal("ValidationError", "Drift detection is not available")
    asked = Asked(THERE, busy)
    assert isinstance(asked.outcome.error, ClientError)
    assert "Drift detection is not available" in str(asked.outcome.cause)


def test_it_is_looked_at_by_our_pace() -> None:
    asked = Asked(THERE, BEGUN, *[detection("DETECTION_IN_PROGRESS")] * 3, detection())
    assert asked.time.slept == [PACE.shortest] * 3


def test_what_passes_is_waited_for() -> None:
    passes = [
        refusal("RequestLimitExceeded"),
        ConnectionClosedError(endpoint_url="http://127.0.0.1"),
    ]
    asked = Asked(THERE, BEGUN, *passes, detection())
    assert asked.status is StackStatus.AS_LAUNCHED
    assert len(asked.time.slept) == 2


def test_what_does_not_pass_ends_it_at_once() -> None:
    asked = Asked(THERE, BEGUN, refusal("AccessDenied", "no"))
    assert asked.outcome.state is State.FAILED
    assert asked.time.slept == []


@pytest.mark.parametrize("last", [detection("DETECTION_IN_PROGRESS"), refusal("Throttling")])
def test_after_sceptres_five_minutes_it_is_given_up(last: Any) -> None:
    asked = Asked(THERE, BEGUN, *[last] * DRIFT_SECONDS)
    assert asked.outcome.state is State.FAILED
    assert asked.outcome.result["DetectionStatus"] == "TIMED_OUT"
    assert asked.outcome.cause == "was not checked within Sceptre's 5 minutes: try again"
    assert DRIFT_SECONDS <= asked.time.now <= DRIFT_SECONDS + PACE.longest
