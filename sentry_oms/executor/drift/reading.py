"""The outcome of ``drift_detect`` and ``drift_show``.

Sceptre's own result is kept for its command to print. Source of its shape:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDrift.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from sceptre.exceptions import RetryLimitExceededError

from sentry_oms.aws.paging import members
from sentry_oms.aws.view import parameters_of
from sentry_oms.cloudformation.templates import deployed_template
from sentry_oms.executor.actions import Actions
from sentry_oms.executor.drift.masking import Mask, mask_for
from sentry_oms.executor.drift.model import (
    Difference,
    ResourceDrift,
    ResourceStatus,
    StackDrift,
    StackStatus,
)
from sentry_oms.executor.states import Outcome, State

COMMANDS = frozenset({"drift_detect", "drift_show"})
_MEANT = {
    ("AWS::ECS::Service", "/TaskDefinition"): "the pipeline deploys",
    ("AWS::ECS::Service", "/DesiredCount"): "start_service and auto scaling set it",
}
"""Properties that change outside of CloudFormation by design. Reported as drift, they would fill
the report every night."""
_MAY_STAY_UNREAD = frozenset({"AWS::SecretsManager::Secret"})
"""Types whose read handler needs the value of a secret, which the plan role may not read."""


def drift_outcome(actions: Actions, result: Any) -> Outcome:
    """Return the stack's outcome after a drift command, whose return value is ``result``."""
    # drift_show returns the status together with what it shows.
    answer = result[0] if isinstance(result, tuple) else result["DetectionStatus"]
    stack = actions.stack

    def outcome(
        status: StackStatus, resources: tuple[ResourceDrift, ...] = (), not_compared: int = 0
    ) -> Outcome:
        drift = StackDrift(status=status, resources=resources, not_compared=not_compared)
        return Outcome(State.COMPLETE, result, drift=drift)

    if answer == "STACK_DOES_NOT_EXIST":
        if stack.ignore or stack.obsolete:
            return outcome(StackStatus.LEFT_OUT)
        cause = f"{stack.external_name} does not exist: sceptre launch {stack.name} creates it"
        return Outcome(State.FAILED, result, cause=cause)
    if answer == "TIMED_OUT":
        cause = "was not checked within Sceptre's 5 minutes: try again"
        return Outcome(State.FAILED, result, cause=cause)
    verdict = actions.detection["StackDriftStatus"]
    if answer == "DETECTION_COMPLETE" and verdict == "IN_SYNC":
        return outcome(StackStatus.AS_LAUNCHED, not_compared=_not_compared(actions))
    raw = actions.resource_drifts([status.name for status in ResourceStatus])
    resources = _resources(actions, raw)
    if _is_known(answer, verdict, resources):
        drifted = [one for one in resources if one.status is not ResourceStatus.UNKNOWN]
        is_meant = all(one.is_meant for one in drifted) if drifted else verdict != "DRIFTED"
        status = StackStatus.AS_LAUNCHED if is_meant else StackStatus.DRIFTED
        return outcome(status, resources, _not_compared(actions))
    cause = f"{answer}, the stack is {verdict}: {_reason(actions, raw)}"
    unknown = StackDrift(
        status=StackStatus.NOT_KNOWN, resources=resources, not_compared=_not_compared(actions)
    )
    return Outcome(State.FAILED, result, cause=cause, drift=unknown)


def _not_compared(actions: Actions) -> int:
    """Return the number of the stack's resources that drift detection does not support.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDriftInformationSummary.html
    """

    def ask(more: dict[str, str]) -> Any:
        return actions.connection_manager.call(
            service="cloudformation",
            command="list_stack_resources",
            kwargs={"StackName": actions.stack.external_name, **more},
        )

    listed = members(ask, "StackResourceSummaries")
    drift = (one.get("DriftInformation", {}).get("StackResourceDriftStatus") for one in listed)
    return sum(status == "NOT_CHECKED" for status in drift)


def _is_known(answer: str, verdict: str, resources: Sequence[ResourceDrift]) -> bool:
    """Whether every resource was checked, secrets excepted.

    If CloudFormation can't read a resource, the resource is UNKNOWN, and so is its stack if no
    other resource drifted. Source: https://github.com/aws/aws-cdk-cli/issues/740
    """
    unread = {one.type for one in resources if one.status is ResourceStatus.UNKNOWN}
    if unread:
        return unread <= _MAY_STAY_UNREAD
    return answer == "DETECTION_COMPLETE" and verdict == "DRIFTED"


def _reason(actions: Actions, drifts: Sequence[Mapping[str, Any]]) -> str:
    """Return why resources could not be read, or else CloudFormation's reason for the status."""
    unread = [
        f"{one['LogicalResourceId']}: {one.get('DriftStatusReason', 'no reason given')}"
        for one in drifts
        if one["StackResourceDriftStatus"] == ResourceStatus.UNKNOWN.name
        and one["ResourceType"] not in _MAY_STAY_UNREAD
    ]
    reason = actions.detection.get("DetectionStatusReason", "CloudFormation gives no reason")
    return " ".join(("; ".join(unread) or reason).split())


def _resources(actions: Actions, drifts: Sequence[Mapping[str, Any]]) -> tuple[ResourceDrift, ...]:
    if not drifts:
        return ()
    try:
        template = deployed_template(actions.stack)
    except (BotoCoreError, ClientError, RetryLimitExceededError, ValueError):
        # Without the template every value is masked, but the drift is still worth reporting.
        template = None
    (description,) = actions.describe()["Stacks"]
    mask = mask_for(template, parameters_of(description))
    return tuple(
        ResourceDrift(
            logical_id=one["LogicalResourceId"],
            type=one["ResourceType"],
            status=ResourceStatus[one["StackResourceDriftStatus"]],
            differences=tuple(_differences(one, mask)),
        )
        for one in drifts
    )


def _differences(drift: Mapping[str, Any], mask: Mask) -> Iterator[Difference]:
    for one in drift.get("PropertyDifferences", []):
        path = one["PropertyPath"]
        yield Difference(
            path=path,
            expected=mask(drift["LogicalResourceId"], path, one["ExpectedValue"]),
            actual=mask(drift["LogicalResourceId"], path, one["ActualValue"]),
            meant=_MEANT.get((drift["ResourceType"], path)),
        )
