"""The decision about a service's image; the AWS side is a stub with the real responses' shape."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sentry_oms.service_image import ForeignImage, ServiceImage, completed, decide, newest_tag
from sentry_oms.view import StackKey, View
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

    def test_a_service_that_runs_an_image_of_elsewhere_is_not_stopped(self) -> None:
        """As after the seed's commands, whose sample repository is another."""
        with pytest.raises(
            ForeignImage,
            match="^dev/task-oms: s runs nginx, and there is no image in sentry/oms-dev .* would "
            r"stop its 1 task\(s\)\. Push an image",
        ):
            decided(RUNNING, task("nginx"), images())

    def test_a_stopped_one_is_not_in_the_way(self) -> None:
        stopped = services(deployment(1, "COMPLETED", "PRIMARY"), count=0)
        assert decided(stopped, task("nginx"), images()) is None

    def test_a_service_that_waits_for_its_first_image_goes_back_to_0(self) -> None:
        assert decided(RUNNING, task(f"{ECR}/sentry/oms-dev:none"), images()) is None

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


def test_untagged_images_do_not_count() -> None:
    assert newest_tag([{"imagePushedAt": START}]) is None
    assert newest_tag([]) is None


class TestWhatTheStackItselfDeployed:
    """Its image is known from the stack's own description, without asking ECS for it."""

    def launched(self, view: View, tag: str, *responses: Any) -> Any:
        found = owner(*responses)
        parameters = {"ECRRepositoryUri": f"{ECR}/sentry/oms-dev", "ImageTag": tag}
        view.see(
            StackKey.of(found),
            {
                "Outputs": [{"OutputKey": "TaskDefinitionArn", "OutputValue": "task:1"}],
                "Parameters": [
                    {"ParameterKey": key, "ParameterValue": value}
                    for key, value in parameters.items()
                ],
            },
        )
        return found

    def test_is_the_image_that_the_stack_was_given(self) -> None:
        view = View()
        found = self.launched(view, "abc", RUNNING)
        assert decide(found, WANTED, view) == "abc"
        assert [command for command, _ in calls(found)] == ["describe_services"]

    def test_what_the_pipeline_deployed_is_asked_for(self) -> None:
        view = View()
        newer = services(deployment(2, "COMPLETED", "PRIMARY"))
        found = self.launched(view, "abc", newer, task(f"{ECR}/sentry/oms-dev:def"))
        assert decide(found, WANTED, view) == "def"
