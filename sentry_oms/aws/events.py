"""Events of a stack, and those of its last operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sentry_oms.aws.paging import members

StackEvent = Mapping[str, Any]
"""A member of ``StackEvents`` in the response of DescribeStackEvents.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html
"""

_BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")


def events(connection_manager: Any, stack_name: str) -> Iterator[StackEvent]:
    """Yield the events of a stack, the newest first. Pages are fetched as they are read.

    Args:
        connection_manager: a ``sceptre.connection_manager.ConnectionManager``.
        stack_name: the stack's name on AWS.
    """

    def ask(more: dict[str, str]) -> Any:
        return connection_manager.call(
            service="cloudformation",
            command="describe_stack_events",
            kwargs={"StackName": stack_name, **more},
        )

    return members(ask, "StackEvents")


def of_last_operation(newest_first: Iterable[StackEvent]) -> Iterator[StackEvent]:
    """Yield the events of the last operation on the stack, the newest first."""
    for event in newest_first:
        yield event
        if is_of_the_stack(event) and event["ResourceStatus"] in _BEGINNINGS:
            return


def is_of_the_stack(event: StackEvent) -> bool:
    """Return whether the event is about the stack itself, not about a resource."""
    return bool(event.get("PhysicalResourceId") == event.get("StackId"))
