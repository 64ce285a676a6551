"""What ``none_if_absent`` lets pass, and what not."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from sentry_oms.aws.absence import none_if_absent
from tests.unit.tags import refusal


def refuse(code: str) -> str:
    raise refusal(code)


def test_an_answer_is_passed_on() -> None:
    assert none_if_absent(lambda: "found", "NotFound") == "found"


@pytest.mark.parametrize("code", ["NotFound", "Gone"])
def test_each_of_the_codes_means_that_there_is_none(code: str) -> None:
    assert none_if_absent(lambda: refuse(code), "NotFound", "Gone") is None


def test_any_other_refusal_is_raised() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        none_if_absent(lambda: refuse("AccessDenied"), "NotFound")
