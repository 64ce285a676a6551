"""Create a change set of an existing stack, read it, and delete it again, also after an error.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError
from sceptre.exceptions import SceptreException

from sentry_oms.aws.paging import members
from sentry_oms.executor.pace import PACE, Pace

NAME = "oms-plan-"
"""Prefix of the names of a plan's change sets."""
LONGEST_SECONDS = 300
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
"""The same as for a launch."""

_NOTHING = ("didn't contain changes", "No updates are to be performed")
_BUSY = "InvalidChangeSetStatus"
_TRIES = 5


class ChangeSetError(SceptreException):
    """CloudFormation refuses the change set, or does not finish it."""


def changes_of(
    stack: Any,
    parameters: list[dict[str, Any]],
    pace: Pace = PACE,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Mapping[str, Any]]:
    """Return all ``Changes`` of DescribeChangeSet for an existing ``sceptre.stack.Stack``.

    Raises:
        ChangeSetError: the change set is refused, or could not be deleted.
    """
    name = f"{NAME}{uuid.uuid4().hex[:12]}"

    def call(command: str, **arguments: Any) -> Any:
        return stack.connection_manager.call(
            service="cloudformation",
            command=command,
            kwargs={"StackName": stack.external_name, "ChangeSetName": name, **arguments},
        )

    def describe(**more: Any) -> Any:
        return call("describe_change_set", IncludePropertyValues=True, **more)

    try:
        call("create_change_set", **_arguments(stack, parameters))
        answer = _wait(describe, pace, clock, sleep)
        if answer["Status"] == "FAILED":
            reason = " ".join(str(answer.get("StatusReason", "no reason given")).split())
            if any(words in reason for words in _NOTHING):
                return []
            raise ChangeSetError(f"CloudFormation refuses the change: {reason}")
        return list(members(lambda more: describe(**more), "Changes", answer))
    finally:
        # Also after an error in its creation: CloudFormation may have received the request.
        _delete(call, stack.external_name, name, pace, sleep)


def _arguments(stack: Any, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the same arguments as Sceptre's for an update."""
    role = stack.cloudformation_service_role
    return {
        "ChangeSetType": "UPDATE",
        "Description": "made by oms plan, to be read and deleted",
        "Parameters": parameters,
        "Capabilities": CAPABILITIES,
        "NotificationARNs": stack.notifications,
        "Tags": [{"Key": str(k), "Value": str(v)} for k, v in stack.tags.items()],
        **stack.template.get_boto_call_parameter(),
        **({"RoleARN": role} if role else {}),
    }


def _wait(
    describe: Callable[..., Any],
    pace: Pace,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> Any:
    began = clock()
    while True:
        answer = describe()
        if not answer["Status"].endswith(("_PENDING", "_IN_PROGRESS")):
            return answer
        elapsed = clock() - began
        if elapsed > LONGEST_SECONDS:
            raise ChangeSetError(
                f"its change set is {answer['Status']} after {LONGEST_SECONDS} s: plan again"
            )
        sleep(pace.wait(elapsed))


def _delete(
    call: Callable[..., Any], stack: str, name: str, pace: Pace, sleep: Callable[[float], None]
) -> None:
    for attempt in range(_TRIES):
        try:
            call("delete_change_set")
            return
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ("ChangeSetNotFound", "ChangeSetNotFoundException"):
                return
            if code != _BUSY or attempt == _TRIES - 1:
                raise ChangeSetError(
                    f"its change set {name} is left ({code}): aws cloudformation "
                    f"delete-change-set --stack-name {stack} --change-set-name {name}"
                ) from error
            sleep(pace.longest)
