"""What ``!secret_arn`` promises; the AWS side is a stub with the real response's shape."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from sceptre.exceptions import InvalidResolverArgumentError

from resolvers.secret_arn import SecretArn, SecretNotUsable
from tests.unit.tags import calls, refusal, stack

ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:sentry/dev-AbCdEf"


def test_the_arn_has_the_suffix_and_the_value_is_never_read() -> None:
    consumer = stack("dev/task-oms", {"ARN": ARN, "Name": "sentry/dev"})
    assert SecretArn("sentry/dev", consumer).resolve() == ARN
    assert calls(consumer) == [("describe_secret", {"SecretId": "sentry/dev"})]


def test_a_stack_adds_the_edge() -> None:
    consumer = stack()
    SecretArn({"name": "sentry/dev", "stack": "dev/secrets.yaml"}, consumer).setup()
    SecretArn("sentry/dev", consumer).setup()
    assert consumer.dependencies == ["dev/secrets.yaml"]


@pytest.mark.parametrize(
    ("argument", "remedy"),
    [
        ("sentry/dev", "create it, or correct the name"),
        ({"name": "sentry/dev", "stack": "dev/secrets.yaml"}, "launch dev/secrets.yaml first"),
    ],
)
def test_a_missing_secret_is_named_with_what_to_do(argument: Any, remedy: str) -> None:
    consumer = stack("dev/task-oms", refusal("ResourceNotFoundException"))
    with pytest.raises(SecretNotUsable, match=f"no secret 'sentry/dev' in us-east-1: {remedy}"):
        SecretArn(argument, consumer).resolve()


def test_a_secret_that_is_to_be_deleted_is_refused() -> None:
    consumer = stack("dev/task-oms", {"ARN": ARN, "DeletedDate": "2026-01-01"})
    with pytest.raises(SecretNotUsable, match="'sentry/dev' is scheduled for deletion: restore"):
        SecretArn("sentry/dev", consumer).resolve()


def test_any_other_refusal_is_passed_on() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        SecretArn("sentry/dev", stack("dev/task-oms", refusal("AccessDenied"))).resolve()


@pytest.mark.parametrize(
    ("argument", "fault"),
    [
        ({}, "name: Field required"),
        (None, "name: Input should be a valid string"),
        ("a secret", "name: String should match pattern"),
        ({"name": "x", "stak": "y"}, "stak: Extra inputs"),
    ],
)
def test_a_wrong_argument_is_named(argument: Any, fault: str) -> None:
    with pytest.raises(InvalidResolverArgumentError, match=f"^dev/task-oms: !secret_arn {fault}"):
        SecretArn(argument, stack()).resolve()
