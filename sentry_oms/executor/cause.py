"""The cause of a failed operation on a stack: the first CloudFormation event that names it."""

from __future__ import annotations

from collections.abc import Iterable

from sentry_oms.aws.events import StackEvent, is_of_the_stack, of_last_operation

_CONSEQUENCES = (
    "resource creation cancelled",
    "resource update cancelled",
    "resource deletion cancelled",
    "the following resource(s) failed",
)


def first_failure(newest_first: Iterable[StackEvent]) -> StackEvent | None:
    """Return the first failure of the last operation that no other failure caused.

    Resources that CloudFormation cancels because of another failure are consequences. The stack's
    own event only lists the failed resources; it counts if no resource has a failure event.
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
    """Return the event as one line: resource, type, status and reason."""
    reason = " ".join(event.get("ResourceStatusReason", "no reason given").split())
    if is_of_the_stack(event):
        return f"{event['ResourceStatus']}: {reason}"
    return (
        f"{event['LogicalResourceId']} ({event['ResourceType']}) "
        f"{event['ResourceStatus']}: {reason}"
    )
