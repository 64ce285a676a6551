"""The decision about a service's image and count, shared by the resolvers and hooks that need it.

The pipeline owns the image of a running service: it registers task definitions that CloudFormation
does not know. So a launch keeps the image of the last completed deployment. Before the first
deployment it takes the newest image pushed, or the one named in config. Without an image it starts
no task, because a service that can't start holds its stack for hours (aws-cdk issues 3646, 7746).

Sources:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html (rolloutState)
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sceptre.exceptions import SceptreException

from sentry_oms.aws.absence import none_if_absent
from sentry_oms.aws.events import events, of_last_operation
from sentry_oms.aws.repositories import Connection, has_tag, images, newest_tag
from sentry_oms.aws.view import VIEW, StackKey, View, outputs_of, parameters_of
from sentry_oms.names import RepositoryName

NO_IMAGE = "none"
"""The tag if there is no image. A Rule of the template requires a count of 0 with it."""

LAUNCHED = "oms-"
"""Prefix of the tokens by which a launch marks its writes (``sentry_oms.executor.calls``)."""

_logger = logging.getLogger("sceptre")


class ForeignImage(SceptreException):
    """Raised if a launch would stop a service because its image is in another repository."""


class ServiceImage(BaseModel):
    """A service and the repository of its images; the argument of the tags that need both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    repository: RepositoryName
    cluster: str = Field(description="name of the ECS cluster")
    service: str = Field(description="name of the ECS service")
    container: str = Field(description="name of the container that runs the image")
    newest: bool = Field(
        default=True, description="take the newest image pushed if none is deployed yet"
    )
    tag: str | None = Field(
        default=None,
        pattern=r"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$",
        description="the image to deploy first if `newest` is false; empty for none",
    )
    count: int = Field(
        default=1, ge=0, description="tasks to start with; 0 stops the service and keeps it stopped"
    )


def decide(stack: Any, wanted: ServiceImage, view: View = VIEW) -> str | None:
    """Return the tag to run, or None if there is no image yet.

    The decision is made once for a stack in this process, so that a push between two calls can't
    give image and count different answers.
    """
    tag = view.once((StackKey.of(stack), wanted), lambda: _decide(stack, wanted, view) or NO_IMAGE)
    return None if tag == NO_IMAGE else tag


def _decide(stack: Any, wanted: ServiceImage, view: View) -> str | None:
    service = described(stack, wanted, view)
    tag = running_tag(stack, service, wanted, view) if service else None
    if tag is None:
        return _first_tag(stack.connection_manager, wanted)
    if service and completed(service["deployments"]) == own_definition(stack, view):
        return _tag_before_rollback(stack, service, tag, wanted, view) or tag
    return tag


def _tag_before_rollback(
    stack: Any, service: Mapping[str, Any], tag: str, wanted: ServiceImage, view: View
) -> str | None:
    """Return the tag that a launch passed last, if its update was rolled back to another one.

    The hook ``!keep_image`` deploys it again after the rollback. If that failed, or the launch was
    killed before, the service may run an older image. Only updates by a launch count, recognized
    by their token, because they pass the image that ran. A deployment since then is kept.

    Args:
        service: as ECS describes it. It runs the stack's own task definition.
        tag: the tag in that task definition.
    """
    seen = view.seen(StackKey.of(stack)) or {}
    if seen.get("StackStatus") != "UPDATE_ROLLBACK_COMPLETE":
        return None
    operation = list(of_last_operation(events(stack.connection_manager, stack.external_name)))
    deployed_at = max(one["createdAt"] for one in service["deployments"])
    if not operation or deployed_at > operation[0]["Timestamp"]:
        return None
    passed = our_tag(_launched_image(stack, operation, wanted, view), wanted)
    connection = stack.connection_manager
    if passed in (None, tag) or not has_tag(connection, wanted.repository, str(passed)):
        return None
    _logger.warning(
        "%s - The last update was rolled back from image %s to %s; the launch deploys %s",
        stack.name,
        passed,
        tag,
        passed,
    )
    return passed


def _launched_image(
    stack: Any, operation: Iterable[Mapping[str, Any]], wanted: ServiceImage, view: View
) -> str | None:
    """Return the image of the task definition that an operation created, if a launch began it.

    Args:
        operation: the events of the operation.
    """
    known = ("", own_definition(stack, view))
    made = next(
        (
            event
            for event in operation
            if event["ResourceType"] == "AWS::ECS::TaskDefinition"
            and event.get("PhysicalResourceId", "") not in known
        ),
        None,
    )
    if made is None or not made.get("ClientRequestToken", "").startswith(LAUNCHED):
        return None
    # The rollback has deregistered the revision. AWS describes it until it deletes it.
    return none_if_absent(
        lambda: image_of(stack, made["PhysicalResourceId"], wanted, view), "ClientException"
    )


def refuse_to_stop(stack: Any, wanted: ServiceImage, view: View = VIEW) -> None:
    """Check that a launch does not stop the service for lack of an image.

    Raises:
        ForeignImage: the service has tasks of an image that is not in the wanted repository.
    """
    service = described(stack, wanted, view)
    if service is None or not service["desiredCount"]:
        return
    image = completed_image(stack, service, wanted, view)
    if (image or "").endswith(f":{NO_IMAGE}"):
        return
    raise ForeignImage(
        f"{stack.name}: {wanted.service} runs {image or 'no completed deployment'}, and there "
        f"is no image in {wanted.repository} to take its place: a launch would stop its "
        f"{service['desiredCount']} task(s). Push an image, or correct the repository"
    )


def _first_tag(connection: Connection, wanted: ServiceImage) -> str | None:
    if wanted.newest:
        return newest_tag(images(connection, wanted.repository))
    return wanted.tag or None


def described(
    stack: Any, wanted: ServiceImage, view: View = VIEW, *, again: bool = False
) -> Mapping[str, Any] | None:
    """Return the service as DescribeServices gives it, or None if it does not exist.

    The answer is kept until the stack is written.

    Args:
        again: call even if an answer is kept.
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

    return view.beside(StackKey.of(stack), (wanted.cluster, wanted.service), ask, again=again)


def update(stack: Any, wanted: ServiceImage, **changes: Any) -> None:
    """Call UpdateService, for example with ``desiredCount`` or ``taskDefinition``."""
    stack.connection_manager.call(
        service="ecs",
        command="update_service",
        kwargs={"cluster": wanted.cluster, "service": wanted.service, **changes},
    )


def own_definition(stack: Any, view: View = VIEW) -> str | None:
    """Return the ARN of the task definition that the stack created, if the stack was described."""
    return outputs_of(view.seen(StackKey.of(stack)) or {}).get("TaskDefinitionArn")


def primary(service: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the newest deployment: in progress, completed or failed."""
    return next((one for one in service["deployments"] if one["status"] == "PRIMARY"), None)


def task_definition(stack: Any, arn: str, view: View = VIEW) -> Mapping[str, Any]:
    """Return a task definition as DescribeTaskDefinition gives it. A revision is immutable."""

    def ask() -> Mapping[str, Any]:
        found: Mapping[str, Any] = stack.connection_manager.call(
            service="ecs", command="describe_task_definition", kwargs={"taskDefinition": arn}
        )["taskDefinition"]
        return found

    return view.once((StackKey.of(stack).connection, arn), ask)


def image_of(stack: Any, arn: str, wanted: ServiceImage, view: View = VIEW) -> str | None:
    """Return the image of the wanted container in a task definition."""
    containers = task_definition(stack, arn, view)["containerDefinitions"]
    return next((str(one["image"]) for one in containers if one["name"] == wanted.container), None)


def differs_in_image_only(
    stack: Any, wanted: ServiceImage, deployed: str, view: View = VIEW
) -> bool:
    """Return whether the service runs the decided image and an update would change nothing else.

    Return False if its task definition differs from the stack's own in more than the image: an
    older revision, for example, lacks later settings of the stack. Return False also if the
    repository no longer has the stack's own image, because a rollback would need it.

    Args:
        deployed: the tag that was passed to the stack last.
    """
    service = described(stack, wanted, view)
    own = own_definition(stack, view)
    running = completed(service["deployments"]) if service else None
    if not own or not running or own == running:
        return False
    if our_tag(image_of(stack, running, wanted, view), wanted) != decide(stack, wanted, view):
        return False
    own_settings, settings = (
        _settings(task_definition(stack, arn, view), wanted.container) for arn in (own, running)
    )
    return own_settings == settings and has_tag(
        stack.connection_manager, wanted.repository, deployed
    )


_OF_A_REVISION = frozenset(
    {
        "compatibilities",
        "deregisteredAt",
        "registeredAt",
        "registeredBy",
        "requiresAttributes",
        "revision",
        "status",
        "taskDefinitionArn",
    }
)
"""Fields that ECS adds to a revision."""


def _settings(definition: Mapping[str, Any], container: str) -> dict[str, Any]:
    """Return the registered settings of a task definition without a container's image."""
    containers = [
        {**one, "image": None} if one["name"] == container else one
        for one in definition["containerDefinitions"]
    ]
    kept = {key: value for key, value in definition.items() if key not in _OF_A_REVISION}
    return {**kept, "containerDefinitions": containers}


def running_tag(
    stack: Any, service: Mapping[str, Any], wanted: ServiceImage, view: View = VIEW
) -> str | None:
    """Return the tag of the last completed deployment, if its image is in the repository."""
    return our_tag(completed_image(stack, service, wanted, view), wanted)


def our_tag(image: str | None, wanted: ServiceImage) -> str | None:
    """Return the tag of an image in the repository; None for ``none`` and for other images."""
    repository, _, tag = (image or "").rpartition(":")
    is_ours = repository.endswith(f"/{wanted.repository}")
    return tag if is_ours and tag != NO_IMAGE else None


def completed_image(
    stack: Any, service: Mapping[str, Any], wanted: ServiceImage, view: View = VIEW
) -> str | None:
    """Return the wanted container's image in the last completed deployment."""
    definition = completed(service["deployments"])
    if definition is None:
        return None
    return _own_image(stack, definition, view) or image_of(stack, definition, wanted, view)


def _own_image(stack: Any, definition: str, view: View) -> str | None:
    """Return the image of the stack's own task definition, from the stack's parameters.

    Return None for another task definition, such as the pipeline's.
    """
    if own_definition(stack, view) != definition:
        return None
    passed = parameters_of(view.seen(StackKey.of(stack)) or {})
    return f"{passed['ECRRepositoryUri']}:{passed['ImageTag']}"


def completed(deployments: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the task definition of the last completed deployment.

    A deployment in progress or failed may be rolled back, so the one before it counts. During a
    rollback no deployment is COMPLETED: the PRIMARY one in progress returns to the earlier task
    definition.
    """
    newest_first = sorted(deployments, key=lambda one: one["createdAt"], reverse=True)
    for one in newest_first:
        if one.get("rolloutState", "COMPLETED") == "COMPLETED":
            return str(one["taskDefinition"])
    rollback = [one for one in newest_first if "roll" in one.get("rolloutStateReason", "").lower()]
    primary = [one for one in rollback if one["status"] == "PRIMARY"]
    return str(primary[0]["taskDefinition"]) if primary else None
