"""The decision about a service's image; the AWS side is a stub with the real responses' shape."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
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
from tests.unit.tags import calls, refusal, stack

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
WANTED = ServiceImage(repository="sentry/oms-dev", cluster="c", service="s", container="oms")


def deployment(number: int, state: str, status: str = "ACTIVE", reason: str = "") -> dict[str, Any]:
    return {
        "taskDefinition": f"task:{number}",
        "createdAt": START + timedelta(minutes=number),
        "rolloutState": state,
        "rolloutStateReason": reason,
        "status": status,
    }


def services(*deployments: dict[str, Any], count: int = 1) -> dict[str, Any]:
    found = {"status": "ACTIVE", "desiredCount": count, "deployments": list(deployments)}
    return {"services": [found]}


def task(image: str, container: str = "oms") -> dict[str, Any]:
    return {"taskDefinition": {"containerDefinitions": [{"name": container, "image": image}]}}


def images(*tags: str, **more: Any) -> dict[str, Any]:
    return {
        "imageDetails": [
            {"imageTags": [tag], "imagePushedAt": START + timedelta(minutes=number)}
            for number, tag in enumerate(tags)
        ],
        **more,
    }


def decided(*responses: Any, wanted: ServiceImage = WANTED) -> str | None:
    return decide(owner(*responses), wanted, View())


def owner(*responses: Any) -> Any:
    owner = stack("dev/task-oms", *responses)
    owner.external_name, owner.profile, owner.sceptre_role = "sentry-task-oms-dev", None, None
    return owner


ECR = "000000000000.dkr.ecr.us-east-1.amazonaws.com"
RUNNING = services(deployment(1, "COMPLETED", "PRIMARY"))
ABSENT = refusal("ClusterNotFoundException")


class TestCompleted:
    def test_the_primary_deployment_once_it_is_complete(self) -> None:
        assert completed([deployment(1, "COMPLETED", "PRIMARY")]) == "task:1"

    def test_a_deployment_in_progress_does_not_count_yet(self) -> None:
        found = [deployment(2, "IN_PROGRESS", "PRIMARY"), deployment(1, "COMPLETED")]
        assert completed(found) == "task:1"

    def test_a_deployment_that_failed_does_not_count(self) -> None:
        found = [deployment(2, "FAILED", "PRIMARY"), deployment(1, "COMPLETED")]
        assert completed(found) == "task:1"

    def test_while_ecs_rolls_back_it_is_what_it_goes_back_to(self) -> None:
        reason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1."
        found = [
            deployment(3, "IN_PROGRESS", "PRIMARY", reason),
            deployment(
                2, "FAILED", reason="ECS deployment circuit breaker: tasks failed to start."
            ),
        ]
        assert completed(found) == "task:3"

    def test_a_first_deployment_that_failed_leaves_nothing(self) -> None:
        assert completed([deployment(1, "FAILED", "PRIMARY")]) is None

    def test_the_newest_of_several_counts(self) -> None:
        found = [deployment(1, "COMPLETED"), deployment(2, "COMPLETED", "PRIMARY")]
        assert completed(found) == "task:2"

    def test_a_controller_that_knows_no_rollout_counts_as_complete(self) -> None:
        plain = {key: value for key, value in deployment(1, "").items() if "rollout" not in key}
        assert completed([plain]) == "task:1"


class TestDecision:
    def test_what_runs_wins_over_a_newer_image(self) -> None:
        assert decided(RUNNING, task(f"{ECR}/sentry/oms-dev:abc")) == "abc"

    @pytest.mark.parametrize(
        "image",
        [
            f"{ECR}/sentry/oms-dev:none",
            f"{ECR}/elsewhere/oms:abc",
            "nginx",
        ],
    )
    def test_an_image_that_is_not_ours_does_not_count(self, image: str) -> None:
        assert decided(RUNNING, task(image), images("new")) == "new"

    def test_another_container_of_the_task_does_not_count(self) -> None:
        sidecar = task(f"{ECR}/sentry/oms-dev:abc", container="sidecar")
        assert decided(RUNNING, sidecar, images("new")) == "new"

    @pytest.mark.parametrize("absent", [ABSENT, {"services": []}])
    def test_without_a_service_it_is_the_newest_image(self, absent: Any) -> None:
        assert decided(absent, images("old", "new")) == "new"

    def test_a_service_that_is_being_deleted_is_none(self) -> None:
        gone = {"services": [{"status": "INACTIVE", "deployments": []}]}
        assert decided(gone, images("new")) == "new"

    def test_every_page_of_images_is_looked_at(self) -> None:
        assert decided(ABSENT, images("a", nextToken="more"), images("b", "c")) == "c"

    def test_without_a_repository_there_is_none(self) -> None:
        assert decided(ABSENT, refusal("RepositoryNotFoundException")) is None

    def test_where_the_newest_is_not_wanted_it_is_the_one_that_is_named(self) -> None:
        named = WANTED.model_copy(update={"newest": False, "tag": "v1"})
        assert decided(ABSENT, wanted=named) == "v1"
        unnamed = WANTED.model_copy(update={"newest": False, "tag": ""})
        assert decided(ABSENT, wanted=unnamed) is None

    def test_where_one_is_named_what_runs_still_wins(self) -> None:
        named = WANTED.model_copy(update={"newest": False, "tag": "v1"})
        assert decided(RUNNING, task(f"{ECR}/sentry/oms-dev:v2"), wanted=named) == "v2"

    def test_a_refusal_is_passed_on(self) -> None:
        with pytest.raises(ClientError, match="AccessDenied"):
            decided(refusal("AccessDenied"))
        with pytest.raises(ClientError, match="AccessDenied"):
            decided(ABSENT, refusal("AccessDenied"))

    def test_two_readers_get_one_decision(self) -> None:
        view, reader = View(), owner(ABSENT, images("a"), ABSENT, images("a", "b"))
        assert [decide(reader, WANTED, view) for _ in range(2)] == ["a", "a"]
        assert len(calls(reader)) == 2


class TestRefusal:
    """No service is stopped because there is no image for it."""

    def test_a_service_that_runs_an_image_of_elsewhere_is_not_stopped(self) -> None:
        """As after the seed's commands, whose sample repository is another."""
        with pytest.raises(
            ForeignImage,
            match="^dev/task-oms: s runs nginx, and there is no image in sentry/oms-dev .* would "
            r"stop its 1 task\(s\)\. Push an image",
        ):
            refuse_to_stop(owner(RUNNING, task("nginx")), WANTED, View())

    @pytest.mark.parametrize(
        "responses",
        [
            pytest.param((ABSENT,), id="there is no service"),
            pytest.param((services(deployment(1, "COMPLETED"), count=0),), id="it is stopped"),
            pytest.param((RUNNING, task(f"{ECR}/sentry/oms-dev:none")), id="it never had an image"),
        ],
    )
    def test_without_anything_to_lose_nothing_is_refused(self, responses: tuple[Any, ...]) -> None:
        refuse_to_stop(owner(*responses), WANTED, View())


def test_untagged_images_do_not_count() -> None:
    assert newest_tag([{"imagePushedAt": START}]) is None
    assert newest_tag([]) is None


def launched(view: View, tag: str, *responses: Any, status: str = "UPDATE_COMPLETE") -> Any:
    """A stack that made the first task definition with the tag, as seen in the view."""
    found = owner(*responses)
    parameters = {"ECRRepositoryUri": f"{ECR}/sentry/oms-dev", "ImageTag": tag}
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


def commands(owner: Any) -> list[str]:
    return [command for command, _ in calls(owner)]


DEPLOYED = services(deployment(2, "COMPLETED", "PRIMARY"))
"""The service after the pipeline's deployment."""


class TestWhatTheStackItselfDeployed:
    """Its image is known from the stack's own description, without asking ECS for it."""

    def test_is_the_image_that_the_stack_was_given(self) -> None:
        view = View()
        found = launched(view, "abc", RUNNING)
        assert decide(found, WANTED, view) == "abc"
        assert commands(found) == ["describe_services"]

    def test_what_the_pipeline_deployed_is_asked_for(self) -> None:
        view = View()
        found = launched(view, "abc", DEPLOYED, task(f"{ECR}/sentry/oms-dev:def"))
        assert decide(found, WANTED, view) == "def"


class TestAfterARollback:
    """The service runs what the stack had before; what ran is what the launch has passed."""

    def event(self, arn: str, token: str = "oms-1", at: int = 5) -> dict[str, Any]:
        return {
            "StackId": "stack",
            "ResourceType": "AWS::ECS::TaskDefinition",
            "ResourceStatus": "DELETE_COMPLETE",
            "PhysicalResourceId": arn,
            "ClientRequestToken": token,
            "Timestamp": START + timedelta(minutes=at),
        }

    def decided(self, events: list[dict[str, Any]], *responses: Any, tag: str = "abc") -> Any:
        view = View()
        found = launched(
            view,
            tag,
            RUNNING,
            {"StackEvents": events},
            *responses,
            status="UPDATE_ROLLBACK_COMPLETE",
        )
        return decide(found, WANTED, view)

    def test_the_image_of_the_update_that_was_rolled_back_is_decided_again(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        events = [self.event("task:1"), self.event("task:3")]
        passed = task(f"{ECR}/sentry/oms-dev:def")
        assert self.decided(events, passed, images("abc", "def")) == "def"
        assert "rolled back from image def to abc; the launch deploys def" in caplog.text

    def test_an_update_that_somebody_made_by_hand_may_have_failed_for_its_image(self) -> None:
        assert self.decided([self.event("task:3", token="by-hand")]) == "abc"

    @pytest.mark.parametrize(
        "responses",
        [
            pytest.param((task(f"{ECR}/sentry/oms-dev:abc"),), id="the image is the same"),
            pytest.param((task(f"{ECR}/sentry/oms-dev:def"), images("abc")), id="it is gone"),
            pytest.param((refusal("ClientException"),), id="AWS has forgotten it"),
        ],
    )
    def test_without_another_image_it_is_what_runs(self, responses: tuple[Any, ...]) -> None:
        assert self.decided([self.event("task:3")], *responses) == "abc"

    def test_what_somebody_has_deployed_since_counts_as_it_is(self) -> None:
        assert self.decided([self.event("task:3", at=0)]) == "abc"

    def test_a_launch_marks_its_updates(self) -> None:
        manager = MagicMock()
        Calls(manager).call("cloudformation", "update_stack", {"StackName": "s"})
        token = manager.call.call_args.kwargs["kwargs"]["ClientRequestToken"]
        assert token.startswith(LAUNCHED)

    def test_an_update_that_failed_before_the_task_definition_says_nothing(self) -> None:
        assert self.decided([self.event("task:1")]) == "abc"

    def test_what_was_put_back_is_not_looked_for(self) -> None:
        view = View()
        found = launched(
            view,
            "abc",
            DEPLOYED,
            task(f"{ECR}/sentry/oms-dev:def"),
            status="UPDATE_ROLLBACK_COMPLETE",
        )
        assert decide(found, WANTED, view) == "def"


class TestWhatDiffersInItsImageOnly:
    """An update to it would replace each task by another that runs the same."""

    OWN = task(f"{ECR}/sentry/oms-dev:abc")
    COPY = task(f"{ECR}/sentry/oms-dev:def")

    def differs(self, *responses: Any, wanted: ServiceImage = WANTED) -> bool:
        view = View()
        return differs_in_image_only(launched(view, "abc", *responses), wanted, "abc", view)

    def test_the_pipelines_copy_of_the_stacks_own_does(self) -> None:
        registered = {"revision": 2, "registeredAt": START, "taskDefinitionArn": "task:2"}
        copy = {"taskDefinition": {**self.COPY["taskDefinition"], **registered}}
        assert self.differs(DEPLOYED, copy, self.OWN, images("abc", "def"))

    def test_another_setting_differs_too(self) -> None:
        copy = {"taskDefinition": {**self.COPY["taskDefinition"], "memory": "512"}}
        assert not self.differs(DEPLOYED, copy, self.OWN)

    def test_another_setting_of_the_container_differs_too(self) -> None:
        container = {**self.COPY["taskDefinition"]["containerDefinitions"][0], "cpu": 1}
        copy = {"taskDefinition": {"containerDefinitions": [container]}}
        assert not self.differs(DEPLOYED, copy, self.OWN)

    def test_the_stacks_own_image_must_be_there_for_a_rollback(self) -> None:
        assert not self.differs(DEPLOYED, self.COPY, self.OWN, images("def"))

    @pytest.mark.parametrize("found", [RUNNING, {"services": []}])
    def test_a_service_that_the_pipeline_has_not_deployed_is_updated(self, found: Any) -> None:
        assert not self.differs(found)

    def test_an_image_of_elsewhere_is_updated(self) -> None:
        assert not self.differs(DEPLOYED, task("nginx"), images("new"))
