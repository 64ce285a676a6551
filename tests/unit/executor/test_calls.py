"""Arguments that the executor adds to Sceptre's writes."""

from __future__ import annotations

from unittest.mock import MagicMock

import boto3
import pytest

from sentry_oms.executor.calls import CREATING, Calls


@pytest.mark.parametrize(
    "command", [*sorted(CREATING), "delete_stack", "describe_stacks", "cancel_update_stack"]
)
def test_a_rollback_deletes_new_resources(command: str) -> None:
    manager = MagicMock()
    Calls(manager).call("cloudformation", command, {"StackName": "sentry-sqs-prod"})
    sent = manager.call.call_args.kwargs["kwargs"]
    assert sent.get("RetainExceptOnCreate", False) is (command in CREATING)


def test_the_operations_that_accept_the_parameter_are_the_apis() -> None:
    client = boto3.client(
        "cloudformation", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    model, names = client.meta.service_model, client.meta.method_to_api_mapping
    accepting = {
        method
        for method, operation in names.items()
        if (shape := model.operation_model(operation).input_shape)
        and "RetainExceptOnCreate" in shape.members
    }
    # Sceptre has no command that calls RollbackStack.
    assert accepting == CREATING | {"rollback_stack"}
