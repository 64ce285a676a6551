"""Why an operation on a stack failed: the first CloudFormation event that says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sentry_oms.paging import members

StackEvent = Mapping[str, Any]
"""A member of ``StackEvents`` in the response of DescribeStackEvents.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html
"""

_BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
_CONSEQUENCES = (
    "resource creation cancelled",
    "resource update cancelled",
    "resource deletion cancelled",
    "the following resource(s) failed",
)


def of_last_operation(newest_first: Iterable[StackEvent]) -> Iterator[StackEvent]:
    """The events since the last operation on the stack began, the newest first."""
    for event in newest_first:
        yield event
        if is_of_the_stack(event) and event["ResourceStatus"] in _BEGINNINGS:
            return


def is_of_the_stack(event: StackEvent) -> bool:
    """Whether the event is the stack's own and not that of a resource in it."""
    return bool(event.get("PhysicalResourceId") == event.get("StackId"))


def first_failure(newest_first: Iterable[StackEvent]) -> StackEvent | None:
    """The first event of the last operation that failed of itself.

    What CloudFormation cancels because something else failed says nothing, and the stack's own
    event only lists what failed; it counts where no resource has an event of its own.
    """
    failed = [
        event
        for event in of_last_operation(newest_first)
        if event["ResourceStatus"].endswith("_FAILED") or _ended_badly(event)
    ]
    failed.reverse()
    resources = [event for event in failed if not is_of_the_stack(event)]
    true = [event for event in resources if not _is_consequence(event)]
    return next(iter(true or resources or failed), None)


def _ended_badly(event: StackEvent) -> bool:
    rolled_back = "ROLLBACK_IN_PROGRESS" in event["ResourceStatus"]
    return is_of_the_stack(event) and rolled_back and bool(event.get("ResourceStatusReason"))


def _is_consequence(event: StackEvent) -> bool:
    return str(event.get("ResourceStatusReason", "")).lower().startswith(_CONSEQUENCES)


def sentence(event: StackEvent) -> str:
    """The event as one line: resource, type, what happened and why."""
    reason = " ".join(event.get("ResourceStatusReason", "no reason given").split())
    if is_of_the_stack(event):
        return f"{event['ResourceStatus']}: {reason}"
    return (
        f"{event['LogicalResourceId']} ({event['ResourceType']}) "
        f"{event['ResourceStatus']}: {reason}"
    )


def events(connection_manager: Any, stack_name: str) -> Iterator[StackEvent]:
    """All events of a stack, the newest first, as far as they are read.

    Args:
        connection_manager: a ``sceptre.connection_manager.ConnectionManager``, or like one.
        stack_name: the stack's name on AWS.
    """

    def ask(more: dict[str, str]) -> Any:
        return connection_manager.call(
            service="cloudformation",
            command="describe_stack_events",
            kwargs={"StackName": stack_name, **more},
        )

    return members(ask, "StackEvents")
