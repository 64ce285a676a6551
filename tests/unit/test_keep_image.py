"""What the hook ``!keep_image`` promises; the AWS side is a stub."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from hooks import keep_image
from hooks.keep_image import DeploymentInProgress, KeepImage
from tests.unit.tags import calls, refusal, stack

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
ARGUMENT = {"repository": "sentry/oms-dev", "cluster": "c", "service": "s", "container": "oms"}
OWN, PIPELINES, OTHER = "task:1", "task:2", "task:3"


def described(status: str = "UPDATE_COMPLETE") -> dict[str, Any]:
    outputs = [{"OutputKey": "TaskDefinitionArn", "OutputValue": OWN}]
    return {"Stacks": [{"StackStatus": status, "Outputs": outputs}]}


def services(definition: str, state: str = "COMPLETED") -> dict[str, Any]:
    """A service whose newest deployment is of a task definition; its own ran before."""
    newest = deployment(definition, state, "PRIMARY", 2)
    before = [deployment(OWN, "COMPLETED", "ACTIVE", 1)] if state == "IN_PROGRESS" else []
    found = {"status": "ACTIVE", "desiredCount": 1, "deployments": [newest, *before]}
    return {"services": [found]}


def deployment(definition: str, state: str, status: str, minute: int) -> dict[str, Any]:
    return {
        "taskDefinition": definition,
        "rolloutState": state,
        "status": status,
        "createdAt": START + timedelta(minutes=minute),
    }


def task(tag: str) -> dict[str, Any]:
    container = {"name": "oms", "image": f"x/sentry/oms-dev:{tag}"}
    return {"taskDefinition": {"containerDefinitions": [container]}}


def commands(owner: Any) -> list[str]:
    return [command for command, _ in calls(owner)]


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(keep_image, "time", clock)
    return clock


def update(owner: Any, after: Iterable[Any]) -> None:
    """Run both hooks, with the stack written between them; AWS answers the second one anew."""
    KeepImage(ARGUMENT, owner).run()
    keep_image.VIEW.forget(keep_image.StackKey.of(owner))
    owner.connection_manager.call.side_effect = list(after)
    owner.connection_manager.call.reset_mock()
    KeepImage(ARGUMENT, owner).run()


class TestBefore:
    @pytest.mark.parametrize(
        "found",
        [
            pytest.param(services(PIPELINES), id="the pipeline's is complete"),
            pytest.param(services(PIPELINES, "FAILED"), id="it failed"),
            pytest.param(services(OWN, "IN_PROGRESS"), id="the stack's own is in progress"),
            pytest.param({"services": []}, id="there is no service"),
        ],
    )
    def test_without_a_deployment_of_the_pipeline_it_does_not_wait(
        self, clock: Clock, found: Any
    ) -> None:
        owner = stack("dev/task-oms", described(), found)
        KeepImage(ARGUMENT, owner).run()
        assert commands(owner) == ["describe_stacks", "describe_services"]
        assert clock.now == 0

    def test_a_service_that_is_to_stop_is_not_waited_for(self, clock: Clock) -> None:
        owner = stack("dev/task-oms", described(), services(PIPELINES, "IN_PROGRESS"))
        KeepImage({**ARGUMENT, "count": 0}, owner).run()
        assert clock.now == 0

    def test_it_waits_until_the_deployment_is_over_and_says_so_once(
        self, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        deploying = services(PIPELINES, "IN_PROGRESS")
        owner = stack("dev/task-oms", described(), deploying, deploying, services(PIPELINES))
        with caplog.at_level(logging.WARNING):
            KeepImage(ARGUMENT, owner).run()
        assert clock.now == 2 * keep_image.LOOK_SECONDS
        assert caplog.messages == [
            "dev/task-oms - Waiting for the deployment of s in progress, for up to 30 min"
        ]

    def test_after_the_wait_it_refuses(self, clock: Clock) -> None:
        deploying = services(PIPELINES, "IN_PROGRESS")
        owner = stack("dev/task-oms", described(), *[deploying] * 13)
        with pytest.raises(
            DeploymentInProgress,
            match=r"^dev/task-oms: !keep_image s has a deployment in progress, .* waited 1 min\. "
            r"Launch again once it is over: aws ecs wait services-stable --cluster c --services s$",
        ):
            KeepImage({**ARGUMENT, "wait": 1}, owner).run()
        assert clock.now == 60


class TestAfter:
    ROLLED_BACK = described("UPDATE_ROLLBACK_COMPLETE")

    def owner(self, before: str = PIPELINES) -> Any:
        return stack("dev/task-oms", described(), services(before))

    @pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"])
    def test_what_a_rollback_replaced_is_deployed_again(
        self, status: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        owner = self.owner()
        update(owner, [described(status), services(OWN), task("a"), task("d"), {}])
        assert calls(owner)[-1] == (
            "update_service",
            {"cluster": "c", "service": "s", "taskDefinition": PIPELINES},
        )
        assert caplog.messages == [
            "dev/task-oms - After the rollback s ran x/sentry/oms-dev:a in place of "
            "x/sentry/oms-dev:d; it is put back on task:2"
        ]

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            pytest.param(PIPELINES, [described()], id="the update succeeded"),
            pytest.param(OWN, [ROLLED_BACK, services(OWN)], id="the stack's own ran before"),
            pytest.param(
                PIPELINES, [ROLLED_BACK, services(PIPELINES)], id="the rollback left it alone"
            ),
            pytest.param(
                PIPELINES, [ROLLED_BACK, services(OTHER)], id="somebody deployed another one"
            ),
            pytest.param(PIPELINES, [ROLLED_BACK, {"services": []}], id="the service is gone"),
        ],
    )
    def test_otherwise_nothing_is_deployed(self, before: str, after: list[Any]) -> None:
        owner = self.owner(before)
        update(owner, after)
        assert "update_service" not in commands(owner)

    def test_a_refusal_is_said_with_the_command(self, caplog: pytest.LogCaptureFixture) -> None:
        owner = self.owner()
        denied = refusal("AccessDenied", "no")
        update(owner, [self.ROLLED_BACK, services(OWN), task("a"), task("d"), denied])
        assert caplog.messages == [
            "dev/task-oms - After the rollback s runs x/sentry/oms-dev:a in place of "
            "x/sentry/oms-dev:d, and could not be put back (An error occurred (AccessDenied) "
            "when calling the Operation operation: no). To go back to what ran before: "
            "aws ecs update-service --cluster c --service s --task-definition task:2"
        ]

    def test_a_look_that_fails_is_said_with_the_command(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An error that is raised would hide why the launch failed."""
        owner = self.owner()
        update(owner, [self.ROLLED_BACK, refusal("Throttling")])
        (said,) = caplog.messages
        assert "it is not known what s runs" in said
        assert said.endswith("--task-definition task:2")

    def test_the_next_update_begins_anew(self) -> None:
        owner = self.owner()
        update(owner, [described(), services(OWN)])
        update(owner, [described()])
        assert commands(owner) == ["describe_stacks"]


def test_without_a_service_before_there_is_nothing_to_put_back() -> None:
    owner = stack("dev/task-oms", described(), {"services": []})
    update(owner, [])
