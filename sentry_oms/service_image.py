"""The one decision about a service's image and count, that two tags and a hook ask.

The pipeline owns a running service's image: it registers task definitions that CloudFormation does
not know. So a launch keeps what the service's last completed deployment runs, and never rolls it
back. Before the first deployment there is the newest image pushed, or, where that is not wanted,
one named in config; and before the first image there is none, and then no task either, because a
service that can't start holds its stack for hours (aws-cdk issues 3646, 7746).

Sources:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html (rolloutState)
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field
from sceptre.exceptions import SceptreException

from sentry_oms.absence import none_if_absent
from sentry_oms.names import RepositoryName
from sentry_oms.view import VIEW, StackKey, View, outputs_of, parameters_of

NO_IMAGE = "none"
"""The tag that says so. A template's Rule holds that it goes with a count of 0."""


class ForeignImage(SceptreException):
    """The service runs an image of elsewhere; a launch would stop it for want of one of ours."""


class ServiceImage(BaseModel):
    """A service and where its images are; the argument of the tags that ask for the decision."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    repository: RepositoryName
    cluster: str = Field(description="name of the ECS cluster")
    service: str = Field(description="name of the ECS service")
    container: str = Field(description="name of the container that runs the image")
    newest: bool = Field(
        default=True, description="take the newest image pushed where none is deployed yet"
    )
    tag: str | None = Field(
        default=None,
        pattern=r"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$",
        description="the image to deploy first, where `newest` is false; empty for none",
    )


class Connection(Protocol):
    """How AWS is called: a ``sceptre.connection_manager.ConnectionManager``."""

    def call(self, service: str, command: str, kwargs: dict[str, Any]) -> Any:
        """Call a command of a service."""


def decide(stack: Any, wanted: ServiceImage, view: View = VIEW) -> str | None:
    """The tag to run, or None where there is no image yet.

    Raises:
        ForeignImage: rather than to stop a service that runs.

    Decided once for a stack in this process, so that image and count never come from two looks at
    AWS with a push between them.
    """
    tag = view.once((StackKey.of(stack), wanted), lambda: _decide(stack, wanted, view) or NO_IMAGE)
    return None if tag == NO_IMAGE else tag


def _decide(stack: Any, wanted: ServiceImage, view: View) -> str | None:
    service = described(stack, wanted, view)
    image = completed_image(stack, service, wanted, view) if service else None
    tag = our_tag(image, wanted)
    if tag is None:
        tag = _first_tag(stack.connection_manager, wanted)
    stands_for_none = (image or "").endswith(f":{NO_IMAGE}")
    if tag is None and service and service["desiredCount"] and not stands_for_none:
        raise ForeignImage(
            f"{stack.name}: {wanted.service} runs {image or 'no completed deployment'}, and there "
            f"is no image in {wanted.repository} to take its place: a launch would stop its "
            f"{service['desiredCount']} task(s). Push an image, or correct the repository"
        )
    return tag


def _first_tag(connection: Connection, wanted: ServiceImage) -> str | None:
    if wanted.newest:
        return newest_tag(_images(connection, wanted.repository))
    return wanted.tag or None


def described(stack: Any, wanted: ServiceImage, view: View = VIEW) -> Mapping[str, Any] | None:
    """The service as ECS describes it, or None where there is none.

    Looked at again once its stack has been written.
    """

    def ask() -> Mapping[str, Any] | None:
        response = none_if_absent(
            lambda: stack.connection_manager.call(
                service="ecs",
                command="describe_services",
                kwargs={"cluster": wanted.cluster, "services": [wanted.service]},
            ),
            "ClusterNotFoundException",
            "ServiceNotFoundException",
        )
        found = response["services"] if response else []
        return next((one for one in found if one["status"] == "ACTIVE"), None)

    return view.beside(StackKey.of(stack), (wanted.cluster, wanted.service), ask)


def running_tag(
    stack: Any, service: Mapping[str, Any], wanted: ServiceImage, view: View = VIEW
) -> str | None:
    """The tag of the service's last completed deployment; None if it is of no image of ours."""
    return our_tag(completed_image(stack, service, wanted, view), wanted)


def our_tag(image: str | None, wanted: ServiceImage) -> str | None:
    """The tag of an image in the wanted repository; None for ``none``, and for any other image."""
    repository, _, tag = (image or "").rpartition(":")
    is_ours = repository.endswith(f"/{wanted.repository}")
    return tag if is_ours and tag != NO_IMAGE else None


def completed_image(
    stack: Any, service: Mapping[str, Any], wanted: ServiceImage, view: View = VIEW
) -> str | None:
    """The image that the service's last completed deployment runs in the wanted container."""
    definition = completed(service["deployments"])
    if definition is None:
        return None
    own = _own_image(stack, definition, view)
    if own:
        return own
    task = stack.connection_manager.call(
        service="ecs",
        command="describe_task_definition",
        kwargs={"taskDefinition": definition},
    )["taskDefinition"]
    images = {one["name"]: str(one["image"]) for one in task["containerDefinitions"]}
    return images.get(wanted.container)


def _own_image(stack: Any, definition: str, view: View) -> str | None:
    """The image of a task definition that the stack itself made, of the parameters it was given.

    None where it is another's, such as the pipeline's, or the stack was not seen.
    """
    seen = view.seen(StackKey.of(stack)) or {}
    if outputs_of(seen).get("TaskDefinitionArn") != definition:
        return None
    passed = parameters_of(seen)
    return f"{passed['ECRRepositoryUri']}:{passed['ImageTag']}"


def completed(deployments: Iterable[Mapping[str, Any]]) -> str | None:
    """The task definition of the last completed deployment.

    A deployment in progress or failed may be rolled back, so the one before it counts. While it is
    rolled back, ECS lists the rollback as PRIMARY and in progress: then none is completed, and
    what is rolled back to is the one that was.
    """
    newest_first = sorted(deployments, key=lambda one: one["createdAt"], reverse=True)
    for one in newest_first:
        if one.get("rolloutState", "COMPLETED") == "COMPLETED":
            return str(one["taskDefinition"])
    rollback = [one for one in newest_first if "roll" in one.get("rolloutStateReason", "").lower()]
    primary = [one for one in rollback if one["status"] == "PRIMARY"]
    return str(primary[0]["taskDefinition"]) if primary else None


def newest_tag(images: Iterable[Mapping[str, Any]]) -> str | None:
    """A tag of the image pushed last; untagged images don't count."""
    tagged = [one for one in images if one.get("imageTags")]
    newest = max(tagged, key=lambda one: one["imagePushedAt"], default=None)
    return str(newest["imageTags"][0]) if newest else None


def has_tag(connection: Connection, repository: str, tag: str) -> bool:
    """Whether the repository holds an image under the tag."""
    return any(tag in one.get("imageTags", []) for one in _images(connection, repository))


def _images(connection: Connection, repository: str) -> list[Mapping[str, Any]]:
    images: list[Mapping[str, Any]] = []
    wanted = {"repositoryName": repository}
    while True:
        page = none_if_absent(
            lambda: connection.call(service="ecr", command="describe_images", kwargs=dict(wanted)),
            "RepositoryNotFoundException",
        )
        if page is None:
            return []
        images += page["imageDetails"]
        if "nextToken" not in page:
            return images
        wanted["nextToken"] = page["nextToken"]
