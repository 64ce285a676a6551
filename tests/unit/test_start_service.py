"""``!start_service``."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from rich.console import Console

from hooks.start_service import StartService
from sentry_oms.aws.view import View
from sentry_oms.executor.events import Ended, Run
from sentry_oms.executor.remarks import Remarks
from tests.unit.ecs import ARGUMENT, NO_SERVICE, deployment, images, services, task
from tests.unit.tags import calls, commands, refusal, stack

RUNNING, STOPPED = (services(deployment(1), count=count) for count in (1, 0))


@pytest.mark.parametrize(
    ("count", "responses"),
    [
        pytest.param(2, (STOPPED, task("abc"), images("abc"), {}), id="start"),
        pytest.param(0, (RUNNING, {}), id="stop"),
    ],
)
def test_the_service_gets_the_configured_count(count: int, responses: tuple[Any, ...]) -> None:
    owner = stack("dev/task-oms", *responses)
    StartService({**ARGUMENT, "count": count}, owner).run()
    update = {"cluster": "c", "service": "s", "desiredCount": count}
    assert calls(owner)[-1] == ("update_service", update)


@pytest.mark.parametrize(
    ("count", "found"),
    [
        pytest.param(2, RUNNING, id="it runs"),
        pytest.param(0, STOPPED, id="it is stopped and must be"),
        pytest.param(2, NO_SERVICE, id="a failed launch did not create it"),
        pytest.param(2, refusal("ClusterNotFoundException"), id="its cluster is missing"),
    ],
)
def test_otherwise_the_service_keeps_its_count(count: int, found: Any) -> None:
    owner = stack("dev/task-oms", found)
    StartService({**ARGUMENT, "count": count}, owner).run()
    assert commands(owner) == ["describe_services"]


@pytest.mark.parametrize(
    "responses",
    [
        pytest.param((task("none"),), id="it never had an image"),
        pytest.param((task("abc"), images("def")), id="its image is deleted"),
    ],
)
def test_a_service_without_an_image_stays_stopped_with_a_warning(
    responses: tuple[Any, ...], caplog: pytest.LogCaptureFixture
) -> None:
    owner = stack("dev/task-oms", STOPPED, *responses)
    owner.stack_group_config = {}
    with caplog.at_level(logging.WARNING):
        StartService({**ARGUMENT, "count": 2}, owner).run()
    assert "update_service" not in commands(owner)
    assert "no image yet: s (sentry/oms-dev)" in caplog.text


def test_services_without_an_image_are_one_line_at_the_end_of_a_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("hooks.start_service.VIEW", view := View())
    for name in ("b", "a"):
        owner = stack(f"dev/{name}", STOPPED, task("none"))
        owner.stack_group_config = {"executor": "ready_queue"}
        StartService({**ARGUMENT, "service": name}, owner).run()
    out = Console(file=io.StringIO(), width=200)
    for _ in range(2):
        Remarks(out, view)(Ended(1), Run.of("launch", {}, 0))
    (line,) = out.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert line.startswith("no image yet: a (sentry/oms-dev), b (sentry/oms-dev): ")
    assert caplog.text == ""
