"""``!ecr_repository_uri``."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from resolvers.ecr_repository_uri import EcrRepositoryUri, RepositoryNotFound
from tests.unit.ecs import REPOSITORY
from tests.unit.tags import calls, refusal, stack


def test_the_uri_is_ecrs() -> None:
    owner = stack("dev/task-oms", {"repositories": [{"repositoryUri": REPOSITORY}]})
    assert EcrRepositoryUri("sentry/oms-dev", owner).resolve() == REPOSITORY
    assert calls(owner) == [("describe_repositories", {"repositoryNames": ["sentry/oms-dev"]})]


def test_a_missing_repository_is_reported_with_the_hook_that_creates_it() -> None:
    owner = stack("dev/task-oms", refusal("RepositoryNotFoundException"))
    with pytest.raises(
        RepositoryNotFound,
        match=r"^dev/task-oms: !ecr_repository_uri name: .*'sentry/oms-dev' in us-east-1: .*"
        r"!ecr_repository sentry/oms-dev",
    ):
        EcrRepositoryUri("sentry/oms-dev", owner).resolve()


def test_another_error_is_raised() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        EcrRepositoryUri("sentry/oms", stack("dev/x", refusal("AccessDenied"))).resolve()
