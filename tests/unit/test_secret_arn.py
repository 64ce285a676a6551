"""``!secret_arn``."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from resolvers.secret_arn import SecretArn, SecretNotUsable
from tests.unit.tags import calls, refusal, stack

ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:sentry/dev-AbCdEf"


def test_the_arn_has_its_suffix_and_the_value_is_not_read() -> None:
    owner = stack("dev/task-oms", {"ARN": ARN, "Name": "sentry/dev"})
    assert SecretArn("sentry/dev", owner).resolve() == ARN
    assert calls(owner) == [("describe_secret", {"SecretId": "sentry/dev"})]


def test_a_stack_in_the_argument_is_a_dependency() -> None:
    owner = stack()
    SecretArn({"name": "sentry/dev", "stack": "dev/secrets.yaml"}, owner).setup()
    SecretArn("sentry/dev", owner).setup()
    assert owner.dependencies == ["dev/secrets.yaml"]


@pytest.mark.parametrize(
    ("argument", "response", "fault"),
    [
        ("sentry/dev", refusal("ResourceNotFoundException"), "in us-east-1: create it"),
        (
            {"name": "sentry/dev", "stack": "dev/secrets.yaml"},
            refusal("ResourceNotFoundException"),
            "in us-east-1: launch dev/secrets.yaml",
        ),
        ("sentry/dev", {"ARN": ARN, "DeletedDate": "2026-01-01"}, "scheduled for deletion: "),
    ],
)
def test_a_secret_that_is_missing_or_deleted_is_reported_with_a_remedy(
    argument: Any, response: Any, fault: str
) -> None:
    with pytest.raises(SecretNotUsable, match=f"'sentry/dev'.*{fault}"):
        SecretArn(argument, stack("dev/task-oms", response)).resolve()


def test_another_error_is_raised() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        SecretArn("sentry/dev", stack("dev/task-oms", refusal("AccessDenied"))).resolve()
