"""What ``drift_detect`` or ``drift_show`` of Sceptre's actions returned, judged.

Sceptre's answer stays as it is, for its command to print. Source of its shape:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDrift.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from sceptre.exceptions import RetryLimitExceededError

from sentry_oms.aws.view import parameters_of
from sentry_oms.cloudformation.templates import Template, deployed_template
from sentry_oms.executor.actions import Actions
from sentry_oms.executor.drift.masking import Mask, mask_for
from sentry_oms.executor.drift.meant import why_meant
from sentry_oms.executor.drift.model import (
    Difference,
    ResourceDrift,
    ResourceStatus,
    StackDrift,
    StackStatus,
)
from sentry_oms.executor.states import Outcome, State

COMMANDS = frozenset({"drift_detect", "drift_show"})
_ASKED_FOR = tuple(one.name for one in ResourceStatus)
_MAY_STAY_UNREAD = frozenset({"AWS::SecretsManager::Secret"})
"""Types whose read handler calls for the value of a secret, which the plan role may not read."""


def drift_outcome(actions: Actions, result: Any) -> Outcome:
    """What became of a stack whose drift was asked for.

    Args:
        actions: those of the stack, after the command.
        result: what the command returned.

    Raises:
        ClientError: CloudFormation does not say which resources drifted.
    """
    # drift_show gives the status beside what it shows.
    answer = result[0] if isinstance(result, tuple) else result["DetectionStatus"]
    if answer == "STACK_DOES_NOT_EXIST":
        return _absent(actions, result)
    if answer == "TIMED_OUT":
        return _unchecked(result, "was not checked within Sceptre's 5 minutes: ask again")
    verdict = actions.detection["StackDriftStatus"]
    if answer == "DETECTION_COMPLETE" and verdict == "IN_SYNC":
        in_sync = StackDrift(status=StackStatus.AS_LAUNCHED, resources=())
        return Outcome(State.COMPLETE, result, drift=in_sync)
    raw = actions.resource_drifts(_ASKED_FOR)
    resources = _resources(actions, raw)
    if _is_known(answer, verdict, resources):
        drifted = [one for one in resources if one.status is not ResourceStatus.UNKNOWN]
        is_drifted = not _is_meant(drifted) if drifted else verdict == "DRIFTED"
        status = StackStatus.DRIFTED if is_drifted else StackStatus.AS_LAUNCHED
        return Outcome(State.COMPLETE, result, drift=StackDrift(status=status, resources=resources))
    found = StackDrift(status=StackStatus.NOT_KNOWN, resources=resources)
    return _unchecked(result, f"{answer}, the stack is {verdict}: {_reason(actions, raw)}", found)


def _is_known(answer: str, verdict: str, resources: Sequence[ResourceDrift]) -> bool:
    """Whether all was checked, or all but secrets.

    Where CloudFormation can't read a resource, the resource is UNKNOWN, and so is a stack in which
    nothing drifted. Source: https://github.com/aws/aws-cdk-cli/issues/740
    """
    unread = {one.type for one in resources if one.status is ResourceStatus.UNKNOWN}
    if unread:
        return unread <= _MAY_STAY_UNREAD
    return answer == "DETECTION_COMPLETE" and verdict == "DRIFTED"


def _reason(actions: Actions, drifts: Sequence[Mapping[str, Any]]) -> str:
    """Why resources could not be read, or else what CloudFormation says of the detection."""
    unread = [
        f"{one['LogicalResourceId']}: {one.get('DriftStatusReason', 'no reason given')}"
        for one in drifts
        if one["StackResourceDriftStatus"] == ResourceStatus.UNKNOWN.name
        and one["ResourceType"] not in _MAY_STAY_UNREAD
    ]
    reason = actions.detection.get("DetectionStatusReason", "CloudFormation gives no reason")
    return " ".join(("; ".join(unread) or reason).split())


def _absent(actions: Actions, result: Any) -> Outcome:
    stack = actions.stack
    if stack.ignore or stack.obsolete:
        left_out = StackDrift(status=StackStatus.LEFT_OUT, resources=())
        return Outcome(State.COMPLETE, result, drift=left_out)
    return _unchecked(
        result, f"{stack.external_name} does not exist: sceptre launch {stack.name} makes it"
    )


def _unchecked(result: Any, why: str, found: StackDrift | None = None) -> Outcome:
    return Outcome(State.FAILED, result, cause=why, drift=found)


def _is_meant(resources: Sequence[ResourceDrift]) -> bool:
    return all(one.is_meant for one in resources)


def _resources(actions: Actions, drifts: Sequence[Mapping[str, Any]]) -> tuple[ResourceDrift, ...]:
    if not drifts:
        return ()
    mask = mask_for(_template(actions), _parameters(actions))
    return tuple(_resource(one, mask) for one in drifts)


def _resource(drift: Mapping[str, Any], mask: Mask) -> ResourceDrift:
    return ResourceDrift(
        logical_id=drift["LogicalResourceId"],
        type=drift["ResourceType"],
        status=ResourceStatus[drift["StackResourceDriftStatus"]],
        differences=tuple(_differences(drift, mask)),
    )


def _differences(drift: Mapping[str, Any], mask: Mask) -> Iterator[Difference]:
    for one in drift.get("PropertyDifferences", []):
        path = one["PropertyPath"]
        yield Difference(
            path=path,
            expected=mask(drift["LogicalResourceId"], path, one["ExpectedValue"]),
            actual=mask(drift["LogicalResourceId"], path, one["ActualValue"]),
            meant=why_meant(drift["ResourceType"], path),
        )


def _template(actions: Actions) -> Template | None:
    try:
        return deployed_template(actions.stack)
    except (BotoCoreError, ClientError, RetryLimitExceededError, ValueError):
        # Without it nothing says what is secret; that there is drift is still worth knowing.
        return None


def _parameters(actions: Actions) -> dict[str, str]:
    (description,) = actions.describe()["Stacks"]
    return parameters_of(description)
