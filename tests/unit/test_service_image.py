"""The decision about a service's image."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError

from sentry_oms.aws.repositories import newest_tag
from sentry_oms.aws.service_image import (
    LAUNCHED,
    ForeignImage,
    ServiceImage,
    completed,
    decide,
    differs_in_image_only,
    refuse_to_stop,
)
from sentry_oms.aws.view import StackKey, View
from sentry_oms.executor.calls import Calls
from tests.unit.ecs import (
    ARGUMENT,
    NO_SERVICE,
    NOT_OURS,
    REPOSITORY,
    START,
    deployment,
    images,
    services,
    task,
)
from tests.unit.tags import commands, refusal, stack

WANTED = ServiceImage.model_validate(ARGUMENT)
RUNNING = services(deployment(1))
DEPLOYED = services(deployment(2))
"""The service after the pipeline's deployment."""
ABSENT = refusal("ClusterNotFoundException")
GONE = {"services": [{"status": "INACTIVE", "deployments": []}]}
NO_ROLLOUT = {key: one for key, one in deployment(1).items() if not key.startswith("rollout")}
BREAKER = "ECS deployment circuit breaker: "


def owner(*responses: Any) -> Any:
    return stack("dev/task-oms", *responses)


@pytest.mark.parametrize(
    ("deployments", "expected"),
    [
        pytest.param([deployment(1)], "task:1", id="the primary one is complete"),
        pytest.param([deployment(1, status="ACTIVE"), deployment(2)], "task:2", id="the newest"),
        pytest.param(
            [deployment(2, "IN_PROGRESS"), deployment(1, status="ACTIVE")],
            "task:1",
            id="the newest is in progress",
        ),
        pytest.param(
            [deployment(2, "FAILED"), deployment(1, status="ACTIVE")],
            "task:1",
            id="the newest failed",
        ),
        pytest.param([deployment(1, "FAILED")], None, id="the first failed"),
        pytest.param(
            [
                deployment(3, "IN_PROGRESS", reason=f"{BREAKER}rolling back to ecs-svc/1."),
                deployment(2, "FAILED", "ACTIVE", f"{BREAKER}tasks failed to start."),
            ],
            "task:3",
            id="a rollback is in progress",
        ),
        pytest.param([NO_ROLLOUT], "task:1", id="its controller reports no rollout"),
    ],
)
def test_the_last_completed_deployment(
    deployments: list[dict[str, Any]], expected: str | None
) -> None:
    assert completed(deployments) == expected


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        pytest.param([RUNNING, task("abc")], "abc", id="the running image"),
        pytest.param([RUNNING, task("none"), images("new")], "new", id="it never had one"),
        pytest.param([RUNNING, task("x/other/oms:abc"), images("new")], "new", id="another's"),
        pytest.param([RUNNING, task("nginx:1"), images("new")], "new", id="a public image"),
        pytest.param([RUNNING, task("abc", "sidecar"), images("new")], "new", id="a sidecar"),
        pytest.param([ABSENT, images("old", "new")], "new", id="no cluster"),
        pytest.param([NO_SERVICE, images("old", "new")], "new", id="no service"),
        pytest.param([GONE, images("new")], "new", id="a deleted service"),
        pytest.param([ABSENT, images("a", nextToken="x"), images("b", "c")], "c", id="two pages"),
        pytest.param([ABSENT, refusal("RepositoryNotFoundException")], None, id="no repository"),
    ],
)
def test_the_running_image_or_else_the_newest(responses: list[Any], expected: str | None) -> None:
    assert decide(owner(*responses), WANTED, View()) == expected


@pytest.mark.parametrize(
    ("tag", "responses", "expected"),
    [("v1", [ABSENT], "v1"), ("", [ABSENT], None), ("v1", [RUNNING, task("v2")], "v2")],
)
def test_the_running_image_or_else_the_named_one(
    tag: str, responses: list[Any], expected: str | None
) -> None:
    named = WANTED.model_copy(update={"newest": False, "tag": tag})
    assert decide(owner(*responses), named, View()) == expected


@pytest.mark.parametrize("responses", [[], [ABSENT]])
def test_another_error_is_raised(responses: list[Any]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        decide(owner(*responses, refusal("AccessDenied")), WANTED, View())


def test_image_and_count_come_from_one_decision() -> None:
    view, reader = View(), owner(ABSENT, images("a"), ABSENT, images("a", "b"))
    assert [decide(reader, WANTED, view) for _ in range(2)] == ["a", "a"]
    assert len(commands(reader)) == 2


def test_a_running_service_with_another_image_is_not_stopped() -> None:
    """The seed's commands, for example, run a sample image of another repository."""
    with pytest.raises(ForeignImage, match=r"^dev/task-oms: s runs nginx:1, .* 1 task\(s\)"):
        refuse_to_stop(owner(RUNNING, task("nginx:1")), WANTED, View())


@pytest.mark.parametrize(
    "responses",
    [
        pytest.param((ABSENT,), id="there is no service"),
        pytest.param((services(deployment(1), count=0),), id="it is stopped"),
        pytest.param((RUNNING, task("none")), id="it never had an image"),
    ],
)
def test_a_service_without_tasks_may_be_stopped(responses: tuple[Any, ...]) -> None:
    refuse_to_stop(owner(*responses), WANTED, View())


@pytest.mark.parametrize("found", [[], [{"imagePushedAt": START}]])
def test_untagged_images_do_not_count(found: list[dict[str, Any]]) -> None:
    assert newest_tag(found) is None


def launched(view: View, *responses: Any, status: str = "UPDATE_COMPLETE") -> Any:
    """Return a stack, seen in the view, that created task definition 1 with the tag abc."""
    found = owner(*responses)
    parameters = {"ECRRepositoryUri": REPOSITORY, "ImageTag": "abc"}
    view.see(
        StackKey.of(found),
        {
            "StackStatus": status,
            "Outputs": [{"OutputKey": "TaskDefinitionArn", "OutputValue": "task:1"}],
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        },
    )
    return found


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_the_image_of_the_pipeline_wins_over_the_stacks_own(status: str) -> None:
    view = View()
    found = launched(view, DEPLOYED, task("def"), status=status)
    assert decide(found, WANTED, view) == "def"


def test_the_stacks_own_image_is_known_without_a_call() -> None:
    view = View()
    found = launched(view, RUNNING)
    assert decide(found, WANTED, view) == "abc"
    assert commands(found) == ["describe_services"]


def event(arn: str, token: str = "oms-1", at: int = 5) -> dict[str, Any]:
    """Return the event of a task definition that a rollback deleted."""
    return {
        "StackId": "stack",
        "ResourceType": "AWS::ECS::TaskDefinition",
        "ResourceStatus": "DELETE_COMPLETE",
        "PhysicalResourceId": arn,
        "ClientRequestToken": token,
        "Timestamp": START + timedelta(minutes=at),
    }


def after_rollback(events: list[dict[str, Any]], *responses: Any) -> str | None:
    view = View()
    answers = (RUNNING, {"StackEvents": events}, *responses)
    return decide(launched(view, *answers, status="UPDATE_ROLLBACK_COMPLETE"), WANTED, view)


def test_after_a_rollback_the_image_of_the_launch_is_decided_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The service runs the image that the stack had before; the launch passed the running one."""
    events = [event("task:1"), event("task:3")]
    assert after_rollback(events, task("def"), images("abc", "def")) == "def"
    assert "rolled back from image def to abc" in caplog.text


@pytest.mark.parametrize(
    ("events", "responses"),
    [
        pytest.param([event("task:3", token="by-hand")], [], id="a person's update"),
        pytest.param([event("task:3")], [task("abc")], id="the same image"),
        pytest.param([event("task:3")], [task("def"), images("abc")], id="a deleted image"),
        pytest.param([event("task:3")], [refusal("ClientException")], id="a forgotten revision"),
        pytest.param([event("task:3", at=0)], [], id="a deployment since then"),
        pytest.param([event("task:1")], [], id="a failure before the task definition"),
    ],
)
def test_after_another_rollback_the_running_image_stays(
    events: list[dict[str, Any]], responses: list[Any]
) -> None:
    assert after_rollback(events, *responses) == "abc"


def test_a_launch_marks_its_updates() -> None:
    manager = MagicMock()
    Calls(manager).call("cloudformation", "update_stack", {"StackName": "s"})
    token = manager.call.call_args.kwargs["kwargs"]["ClientRequestToken"]
    assert token.startswith(LAUNCHED)


OWN, COPY = task("abc"), task("def")
(CONTAINER,) = COPY["taskDefinition"]["containerDefinitions"]


def copy_with(**settings: Any) -> dict[str, Any]:
    return {"taskDefinition": {**COPY["taskDefinition"], **settings}}


REGISTERED = copy_with(revision=2, registeredAt=START, taskDefinitionArn="task:2")
MORE_CPU = copy_with(containerDefinitions=[{**CONTAINER, "cpu": 1}])


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        pytest.param([DEPLOYED, REGISTERED, OWN, images("abc", "def")], True, id="the image only"),
        pytest.param([DEPLOYED, copy_with(memory="512"), OWN], False, id="the memory"),
        pytest.param([DEPLOYED, MORE_CPU, OWN], False, id="the container"),
        pytest.param([DEPLOYED, COPY, OWN, images("def")], False, id="no image for a rollback"),
        pytest.param([RUNNING], False, id="the stack's own runs"),
        pytest.param([NO_SERVICE, NOT_OURS], False, id="there is no service"),
        pytest.param([DEPLOYED, task("nginx:1"), images("new")], False, id="another's image"),
    ],
)
def test_a_task_definition_that_differs_in_its_image_only(
    responses: list[Any], expected: bool
) -> None:
    """An update to it would replace each task by another that runs the same."""
    view = View()
    found = launched(view, *responses)
    assert differs_in_image_only(found, WANTED, "abc", view) is expected
