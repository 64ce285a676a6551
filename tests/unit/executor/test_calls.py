"""What the executor adds to the writes that Sceptre makes; AWS is a stub."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from sentry_oms.executor.calls import CREATING, Calls

NAME = {"StackName": "sentry-sqs-prod"}


class Manager:
    """Stands for Sceptre's connection manager; remembers what it was given last."""

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}

    def call(self, service: str, command: str, kwargs: Any = None) -> Any:  # noqa: ARG002
        self.sent = kwargs
        return {}


def sent(command: str) -> dict[str, Any]:
    manager = Manager()
    Calls(manager).call("cloudformation", command, NAME)
    return manager.sent


@pytest.mark.parametrize("command", sorted(CREATING))
def test_new_resources_are_deleted_if_the_operation_rolls_back(command: str) -> None:
    assert sent(command)["RetainExceptOnCreate"] is True


@pytest.mark.parametrize("command", ["delete_stack", "describe_stacks", "cancel_update_stack"])
def test_other_calls_do_not_get_the_parameter(command: str) -> None:
    assert "RetainExceptOnCreate" not in sent(command)


def test_the_operations_that_take_the_parameter_are_those_of_the_api() -> None:
    client = boto3.client(
        "cloudformation", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    model, names = client.meta.service_model, client.meta.method_to_api_mapping
    taking = {
        method
        for method, operation in names.items()
        if (shape := model.operation_model(operation).input_shape)
        and "RetainExceptOnCreate" in shape.members
    }
    # Sceptre has no command that calls RollbackStack.
    assert taking == CREATING | {"rollback_stack"}
