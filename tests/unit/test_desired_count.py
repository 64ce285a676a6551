"""``!desired_count``; test_service_image.py tests the decision."""

from __future__ import annotations

import pytest

from resolvers import desired_count
from resolvers.desired_count import DesiredCount
from sentry_oms.aws.service_image import ForeignImage
from tests.unit.ecs import ARGUMENT, NO_SERVICE, images, services
from tests.unit.tags import calls, stack


@pytest.mark.parametrize(("decided", "value"), [("abc", "-1"), (None, "0")])
def test_the_count_is_0_without_an_image_and_otherwise_unmanaged(
    monkeypatch: pytest.MonkeyPatch, decided: str | None, value: str
) -> None:
    monkeypatch.setattr(desired_count, "decide", lambda *_: decided)
    assert DesiredCount(ARGUMENT, stack("dev/task-oms", NO_SERVICE)).resolve() == value


def test_a_configured_count_of_0_is_0_with_any_image() -> None:
    owner = stack()
    tag = DesiredCount({**ARGUMENT, "count": 0}, owner)
    assert (tag.resolve(), tag.stand_in("")) == ("0", "0")
    assert calls(owner) == []
    assert DesiredCount({**ARGUMENT, "count": 2}, owner).stand_in("") == "-1"


def test_a_running_service_is_not_stopped_because_an_image_is_missing() -> None:
    owner = stack("dev/task-oms", services(), images(), services())
    with pytest.raises(ForeignImage, match="would stop its 1 task"):
        DesiredCount(ARGUMENT, owner).resolve()
