"""What ``!ecr_image_tag`` promises; the decision itself is in test_service_image.py."""

from __future__ import annotations

from typing import Any

import pytest
from sceptre.exceptions import InvalidResolverArgumentError

from resolvers import ecr_image_tag
from resolvers.ecr_image_tag import EcrImageTag
from tests.unit.tags import stack

ARGUMENT = {"repository": "sentry/oms-dev", "cluster": "c", "service": "s", "container": "oms"}


@pytest.mark.parametrize(("decided", "value"), [("abc", "abc"), (None, "none")])
def test_no_image_is_a_tag_of_its_own(
    monkeypatch: pytest.MonkeyPatch, decided: str | None, value: str
) -> None:
    monkeypatch.setattr(ecr_image_tag, "decide", lambda *_: decided)
    assert EcrImageTag(ARGUMENT, stack()).resolve() == value


@pytest.mark.parametrize(
    ("argument", "fault"),
    [
        ({**ARGUMENT, "repository": "Sentry"}, "repository: String should match pattern"),
        ({**ARGUMENT, "tag": "-x"}, "tag: String should match pattern"),
        ({**ARGUMENT, "newset": True}, "newset: Extra inputs"),
        ("sentry/oms-dev", "Input should be a valid dictionary"),
        ({}, "container: Field required"),
    ],
)
def test_a_wrong_argument_is_named(argument: Any, fault: str) -> None:
    with pytest.raises(
        InvalidResolverArgumentError, match=rf"^dev/task-oms: !ecr_image_tag .*{fault}"
    ):
        EcrImageTag(argument, stack()).resolve()
