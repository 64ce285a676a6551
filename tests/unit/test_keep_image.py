"""``!keep_image``."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import pytest

from hooks import keep_image
from hooks.keep_image import DeploymentInProgress, KeepImage
from tests.unit.ecs import ARGUMENT, NO_SERVICE, NOT_OURS, deployment, services, task
from tests.unit.tags import Clock, calls, commands, refusal, stack


def described(status: str = "UPDATE_COMPLETE") -> dict[str, Any]:
    """Return the stack, which created task definition 1."""
    outputs = [{"OutputKey": "TaskDefinitionArn", "OutputValue": "task:1"}]
    return {"Stacks": [{"StackStatus": status, "Outputs": outputs}]}


OWN = services(deployment(1))
PIPELINES = services(deployment(2))
DEPLOYING = services(deployment(2, "IN_PROGRESS"), deployment(1, status="ACTIVE"))
OWN_IN_PROGRESS = services(deployment(1, "IN_PROGRESS"))
ROLLED_BACK = described("UPDATE_ROLLBACK_COMPLETE")
RUN_IT_AGAIN = "aws ecs update-service --cluster c --service s --task-definition task:2"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(keep_image, "time", clock)
    return clock


def update(owner: Any, after: Iterable[Any]) -> None:
    """Run the hook before and after an update; AWS gives the answers ``after`` to the second."""
    KeepImage(ARGUMENT, owner).run()
    keep_image.VIEW.forget(keep_image.StackKey.of(owner))
    owner.connection_manager.call.side_effect = list(after)
    owner.connection_manager.call.reset_mock()
    KeepImage(ARGUMENT, owner).run()


class TestBefore:
    @pytest.mark.parametrize(
        ("found", "count"),
        [
            pytest.param(PIPELINES, 1, id="the pipeline's deployment is complete"),
            pytest.param(services(deployment(2, "FAILED")), 1, id="it failed"),
            pytest.param(OWN_IN_PROGRESS, 1, id="the stack's own is in progress"),
            pytest.param(NO_SERVICE, 1, id="there is no service"),
            pytest.param(DEPLOYING, 0, id="the service must stop"),
        ],
    )
    def test_it_waits_only_for_a_deployment_of_the_pipeline(
        self, clock: Clock, found: Any, count: int
    ) -> None:
        owner = stack("dev/task-oms", described(), found, NOT_OURS)
        KeepImage({**ARGUMENT, "count": count}, owner).run()
        assert commands(owner)[:2] == ["describe_stacks", "describe_services"]
        assert clock.now == 0

    def test_it_waits_until_the_deployment_ends_and_says_so_once(
        self, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        owner = stack("dev/task-oms", described(), DEPLOYING, DEPLOYING, PIPELINES)
        with caplog.at_level(logging.WARNING):
            KeepImage(ARGUMENT, owner).run()
        assert clock.slept == [keep_image.LOOK_SECONDS] * 2
        (message,) = caplog.messages
        assert message.startswith("dev/task-oms - Waiting for the deployment of s")

    def test_after_the_timeout_the_update_is_refused(self, clock: Clock) -> None:
        owner = stack("dev/task-oms", described(), *[DEPLOYING] * 13)
        with pytest.raises(
            DeploymentInProgress,
            match="^dev/task-oms: !keep_image s has a deployment in progress.* 1 min"
            ".*: aws ecs wait services-stable --cluster c --services s$",
        ):
            KeepImage({**ARGUMENT, "wait": 1}, owner).run()
        assert clock.now == 60


class TestAfter:
    def owner(self, before: Any = PIPELINES) -> Any:
        return stack("dev/task-oms", described(), before, NOT_OURS)

    @pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"])
    def test_a_rollback_is_followed_by_the_pipelines_deployment(
        self, status: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        owner = self.owner()
        update(owner, [described(status), OWN, task("a"), task("d"), {}])
        assert calls(owner)[-1] == (
            "update_service",
            {"cluster": "c", "service": "s", "taskDefinition": "task:2"},
        )
        (message,) = caplog.messages
        assert all(words in message for words in ("sentry/oms-dev:a", "sentry/oms-dev:d", "task:2"))

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            pytest.param(PIPELINES, [described()], id="the update succeeded"),
            pytest.param(OWN, [ROLLED_BACK, OWN], id="the stack's own image ran before"),
            pytest.param(PIPELINES, [ROLLED_BACK, PIPELINES], id="the rollback did not change it"),
            pytest.param(
                PIPELINES, [ROLLED_BACK, services(deployment(3))], id="another one was deployed"
            ),
            pytest.param(
                PIPELINES, [ROLLED_BACK, NO_SERVICE, NOT_OURS], id="the service is deleted"
            ),
            pytest.param(NO_SERVICE, [], id="there was no service before"),
        ],
    )
    def test_otherwise_nothing_is_deployed(self, before: Any, after: list[Any]) -> None:
        owner = self.owner(before)
        update(owner, after)
        assert "update_service" not in commands(owner)

    @pytest.mark.parametrize(
        "answers",
        [
            pytest.param((OWN, task("a"), task("d"), refusal("Denied")), id="the deployment"),
            pytest.param((refusal("Denied"),), id="a read"),
        ],
    )
    def test_an_error_is_logged_with_the_command_that_redeploys(
        self, answers: tuple[Any, ...], caplog: pytest.LogCaptureFixture
    ) -> None:
        """A raised error would hide why the launch failed."""
        update(self.owner(), [ROLLED_BACK, *answers])
        (message,) = caplog.messages
        assert "(An error occurred (Denied) when calling" in message
        assert message.endswith(RUN_IT_AGAIN)

    def test_the_next_update_starts_over(self) -> None:
        owner = self.owner()
        update(owner, [described(), OWN])
        update(owner, [described()])
        assert commands(owner) == ["describe_stacks"]
