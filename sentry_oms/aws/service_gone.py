"""A service that was deleted by hand while its stack still has it.

CloudFormation compares a template with the one before, so it does not create the service again, and
an update of the service fails. ECS describes a deleted service as INACTIVE for a while.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html (status)
"""

from __future__ import annotations

from typing import Any

from sceptre.exceptions import SceptreException

TYPE = "AWS::ECS::Service"


class ServiceGone(SceptreException):
    """The stack has a service that ECS does not run any more."""


def remedy(stack: str) -> str:
    """Return what brings the service of a stack back."""
    return f"sceptre --ignore-dependencies delete {stack}, then launch {stack}"


def refuse_gone(stack: Any, cluster: str, service: str, status: str | None) -> None:
    """Check that a ``sceptre.stack.Stack`` that exists does not have the service.

    Args:
        stack: a stack that exists.
        cluster: name of the cluster.
        service: name of a service that is not active.
        status: its status, or None if ECS does not know it.

    Raises:
        ServiceGone: the stack has it.
    """
    resources = stack.connection_manager.call(
        service="cloudformation",
        command="describe_stack_resources",
        kwargs={"StackName": stack.external_name},
    )["StackResources"]
    if any(
        one["ResourceType"] == TYPE
        and one["ResourceStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        and one["PhysicalResourceId"].rpartition("/")[2] == service
        for one in resources
    ):
        raise ServiceGone(
            f"{stack.name}: service {service} of cluster {cluster} "
            f"{f'is {status}' if status else 'does not exist'}, but the stack still has it, and "
            f"no update creates it again: {remedy(stack.name)}"
        )
