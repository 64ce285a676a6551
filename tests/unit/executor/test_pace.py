"""The wait between two looks grows with what has passed, between its bounds."""

from __future__ import annotations

import pytest

from sentry_oms.executor.pace import Pace


@pytest.mark.parametrize(("elapsed", "wait"), [(0, 1), (10, 1), (40, 2), (100, 5), (5000, 5)])
def test_the_wait_is_a_share_between_two_bounds(elapsed: float, wait: float) -> None:
    assert Pace(shortest=1, longest=5, share=0.05).wait(elapsed) == wait
