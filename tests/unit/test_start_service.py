"""What the hook ``!start_service`` promises; the AWS side is a stub."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from typing import Any

import pytest
from sceptre.exceptions import InvalidHookArgumentValueError

from hooks.start_service import StartService
from tests.unit.tags import calls, refusal, stack

ARGUMENT = {
    "repository": "sentry/oms-dev",
    "cluster": "c",
    "service": "s",
    "container": "oms",
    "count": 2,
}
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def services(count: int) -> dict[str, Any]:
    deployment = {"taskDefinition": "task:1", "createdAt": NOW, "rolloutState": "COMPLETED"}
    return {"services": [{"status": "ACTIVE", "desiredCount": count, "deployments": [deployment]}]}


def task(tag: str) -> dict[str, Any]:
    container = {"name": "oms", "image": f"000000000000.dkr.ecr.x/sentry/oms-dev:{tag}"}
    return {"taskDefinition": {"containerDefinitions": [container]}}


def images(*tags: str) -> dict[str, Any]:
    return {"imageDetails": [{"imageTags": list(tags), "imagePushedAt": NOW}]}


def commands(owner: Any) -> list[str]:
    return [command for command, _ in calls(owner)]


def test_a_service_at_0_whose_image_exists_is_raised() -> None:
    owner = stack("dev/task-oms", services(0), task("abc"), images("abc"), {})
    StartService(ARGUMENT, owner).run()
    assert calls(owner)[-1] == (
        "update_service",
        {"cluster": "c", "service": "s", "desiredCount": 2},
    )


def test_a_service_that_runs_is_left_alone() -> None:
    owner = stack("dev/task-oms", services(1))
    StartService(ARGUMENT, owner).run()
    assert commands(owner) == ["describe_services"]


@pytest.mark.parametrize("absent", [{"services": []}, refusal("ClusterNotFoundException")])
def test_a_service_that_a_failed_launch_did_not_make_is_left_alone(absent: Any) -> None:
    StartService(ARGUMENT, stack("dev/task-oms", absent)).run()


def test_a_count_of_0_stops_a_service_that_runs() -> None:
    owner = stack("dev/task-oms", services(1), {})
    StartService({**ARGUMENT, "count": 0}, owner).run()
    assert calls(owner)[-1] == (
        "update_service",
        {"cluster": "c", "service": "s", "desiredCount": 0},
    )


def test_a_count_of_0_leaves_it_stopped() -> None:
    owner = stack("dev/task-oms", services(0))
    StartService({**ARGUMENT, "count": 0}, owner).run()
    assert commands(owner) == ["describe_services"]


@pytest.mark.parametrize(
    "responses",
    [
        pytest.param((task("none"),), id="no image was deployed"),
        pytest.param((task("abc"), images("def")), id="its image is gone"),
    ],
)
def test_without_its_image_it_says_what_to_do(
    responses: tuple[Any, ...], caplog: pytest.LogCaptureFixture
) -> None:
    owner = stack("dev/task-oms", services(0), *responses)
    with caplog.at_level(logging.WARNING):
        StartService(ARGUMENT, owner).run()
    assert "update_service" not in commands(owner)
    assert "push one to sentry/oms-dev, and launch again" in caplog.text


@pytest.mark.parametrize(
    ("argument", "fault"),
    [
        ({**ARGUMENT, "count": -1}, "count: Input should be greater than or equal to 0"),
        ({**ARGUMENT, "cuont": 1}, "cuont: Extra inputs"),
    ],
)
def test_a_wrong_argument_is_named(argument: Any, fault: str) -> None:
    with pytest.raises(
        InvalidHookArgumentValueError, match=f"^dev/task-oms: !start_service {fault}"
    ):
        StartService(argument, stack()).run()
