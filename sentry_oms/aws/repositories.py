"""ECR repositories, each looked at once for the hook that makes it and the tag that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sentry_oms.aws.absence import none_if_absent
from sentry_oms.aws.view import VIEW, StackKey, View


def described(stack: Any, name: str, view: View = VIEW) -> Mapping[str, Any] | None:
    """The repository as ECR describes it to the stack's connection, or None where there is none.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html
    """

    def ask() -> Mapping[str, Any] | None:
        response = none_if_absent(
            lambda: stack.connection_manager.call(
                service="ecr",
                command="describe_repositories",
                kwargs={"repositoryNames": [name]},
            ),
            "RepositoryNotFoundException",
        )
        return response["repositories"][0] if response else None

    return view.once(("repository", StackKey.of(stack).connection, name), ask)
