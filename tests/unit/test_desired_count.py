"""What ``!desired_count`` promises; the decision itself is in test_service_image.py."""

from __future__ import annotations

import pytest
from sceptre.exceptions import InvalidResolverArgumentError

from resolvers import desired_count
from resolvers.desired_count import DesiredCount
from sentry_oms.aws.service_image import ForeignImage
from tests.unit.tags import calls, stack

ARGUMENT = {"repository": "sentry/oms-dev", "cluster": "c", "service": "s", "container": "oms"}


@pytest.mark.parametrize(("decided", "value"), [("abc", "-1"), (None, "0")])
def test_0_without_an_image_and_else_left_alone(
    monkeypatch: pytest.MonkeyPatch, decided: str | None, value: str
) -> None:
    monkeypatch.setattr(desired_count, "decide", lambda *_: decided)
    nothing = {"services": []}
    assert DesiredCount(ARGUMENT, stack("dev/task-oms", nothing)).resolve() == value


def test_a_count_of_0_is_0_whatever_image_there_is() -> None:
    owner = stack("dev/task-oms")
    tag = DesiredCount({**ARGUMENT, "count": 0}, owner)
    assert (tag.resolve(), tag.stand_in("")) == ("0", "0")
    assert calls(owner) == []
    assert DesiredCount({**ARGUMENT, "count": 2}, owner).stand_in("") == "-1"


def test_a_service_that_runs_is_not_stopped_for_want_of_an_image() -> None:
    running = {"status": "ACTIVE", "desiredCount": 1, "deployments": []}
    owner = stack(
        "dev/task-oms", {"services": [running]}, {"imageDetails": []}, {"services": [running]}
    )
    with pytest.raises(ForeignImage, match="would stop its 1 task"):
        DesiredCount(ARGUMENT, owner).resolve()


def test_a_wrong_argument_is_named() -> None:
    with pytest.raises(
        InvalidResolverArgumentError, match="^dev/task-oms: !desired_count repository: Field"
    ):
        DesiredCount({}, stack()).resolve()
