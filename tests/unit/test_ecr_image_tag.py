"""``!ecr_image_tag``; test_service_image.py tests the decision."""

from __future__ import annotations

import pytest

from resolvers import ecr_image_tag
from resolvers.ecr_image_tag import EcrImageTag
from tests.unit.ecs import ARGUMENT
from tests.unit.tags import stack


@pytest.mark.parametrize(("decided", "value"), [("abc", "abc"), (None, "none")])
def test_the_tag_without_an_image_is_none(
    monkeypatch: pytest.MonkeyPatch, decided: str | None, value: str
) -> None:
    monkeypatch.setattr(ecr_image_tag, "decide", lambda *_: decided)
    assert EcrImageTag(ARGUMENT, stack()).resolve() == value
