"""What ``!ecr_repository_uri`` promises; the AWS side is a stub with the real response's shape."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from sceptre.exceptions import InvalidResolverArgumentError

from resolvers.ecr_repository_uri import EcrRepositoryUri, RepositoryNotFound
from tests.unit.tags import calls, refusal, stack

URI = "000000000000.dkr.ecr.us-east-1.amazonaws.com/sentry/oms-dev"


def test_the_uri_is_what_ecr_says() -> None:
    consumer = stack("dev/task-oms", {"repositories": [{"repositoryUri": URI}]})
    assert EcrRepositoryUri("sentry/oms-dev", consumer).resolve() == URI
    assert calls(consumer) == [("describe_repositories", {"repositoryNames": ["sentry/oms-dev"]})]


def test_a_missing_repository_is_named_with_what_to_do() -> None:
    consumer = stack("dev/task-oms", refusal("RepositoryNotFoundException"))
    with pytest.raises(
        RepositoryNotFound,
        match=r"^dev/task-oms: !ecr_repository_uri name: there is no repository 'sentry/oms-dev' "
        r"in us-east-1: add the hook !ecr_repository sentry/oms-dev to the stack",
    ):
        EcrRepositoryUri("sentry/oms-dev", consumer).resolve()


def test_any_other_refusal_is_passed_on() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        EcrRepositoryUri("sentry/oms", stack("dev/x", refusal("AccessDenied"))).resolve()


@pytest.mark.parametrize("name", ["Sentry/oms", "sentry//oms", "/oms", "o", "oms-", None, {}, 7])
def test_a_name_that_ecr_refuses_is_named(name: Any) -> None:
    with pytest.raises(
        InvalidResolverArgumentError, match=r"^dev/task-oms: !ecr_repository_uri name: "
    ):
        EcrRepositoryUri(name, stack()).resolve()
