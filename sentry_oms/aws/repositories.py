"""ECR repositories and their images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sentry_oms.aws.absence import none_if_absent
from sentry_oms.aws.view import VIEW, StackKey, View


def described(stack: Any, name: str, view: View = VIEW) -> Mapping[str, Any] | None:
    """Return the repository as ECR describes it, or None if it does not exist.

    The hook that creates the repository and the tag that reads it share the answer.

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


class Connection(Protocol):
    """Calls AWS: a ``sceptre.connection_manager.ConnectionManager``."""

    def call(self, service: str, command: str, kwargs: dict[str, Any]) -> Any:
        """Call a command of a service."""


def images(connection: Connection, repository: str) -> list[Mapping[str, Any]]:
    """Return the images as DescribeImages gives them; none if the repository does not exist."""
    found: list[Mapping[str, Any]] = []
    wanted = {"repositoryName": repository}
    while True:
        page = none_if_absent(
            lambda: connection.call(service="ecr", command="describe_images", kwargs=dict(wanted)),
            "RepositoryNotFoundException",
        )
        if page is None:
            return []
        found += page["imageDetails"]
        if "nextToken" not in page:
            return found
        wanted["nextToken"] = page["nextToken"]


def newest_tag(images: Iterable[Mapping[str, Any]]) -> str | None:
    """Return a tag of the image pushed last, ignoring untagged images."""
    tagged = [one for one in images if one.get("imageTags")]
    newest = max(tagged, key=lambda one: one["imagePushedAt"], default=None)
    return str(newest["imageTags"][0]) if newest else None


def has_tag(connection: Connection, repository: str, tag: str) -> bool:
    """Return whether the repository has an image with the tag."""
    return any(tag in one.get("imageTags", []) for one in images(connection, repository))
