"""What ``!desired_count`` promises; the decision itself is in test_service_image.py."""

from __future__ import annotations

import pytest
from sceptre.exceptions import InvalidResolverArgumentError

from resolvers import desired_count
from resolvers.desired_count import DesiredCount
from tests.unit.tags import stack

ARGUMENT = {"repository": "sentry/oms-dev", "cluster": "c", "service": "s", "container": "oms"}


@pytest.mark.parametrize(("decided", "value"), [("abc", "-1"), (None, "0")])
def test_0_without_an_image_and_else_left_alone(
    monkeypatch: pytest.MonkeyPatch, decided: str | None, value: str
) -> None:
    monkeypatch.setattr(desired_count, "decide", lambda *_: decided)
    assert DesiredCount(ARGUMENT, stack()).resolve() == value


def test_a_wrong_argument_is_named() -> None:
    with pytest.raises(
        InvalidResolverArgumentError, match="^dev/task-oms: !desired_count repository: Field"
    ):
        DesiredCount({}, stack()).resolve()
