"""How long a stack is held, and when what was held is over, by a clock of the test's own."""

from __future__ import annotations

import pytest

from tests.rig.holds import Holds
from tests.rig.timeline import Timeline


class Clock:
    """A clock that goes when it is told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(
    ("stack", "action", "seconds"),
    [
        ("sentry-redis-dev", "CreateStack", 12.0),
        ("sentry-redis-dev", "UpdateStack", 12.0),
        ("sentry-redis-dev", "DeleteStack", 6.0),
        ("sentry-vpc-dev", "CreateStack", 3.0),
        ("another", "CreateStack", 0.0),
    ],
)
def test_the_first_pattern_that_matches_counts(
    clock: Clock, stack: str, action: str, seconds: float
) -> None:
    holds = Holds(Timeline(clock), clock)
    holds.set({"sentry-redis-*": 12.0, "sentry-*": 3.0}, delete_share=0.5)
    assert holds.seconds(stack, action) == seconds


def test_a_timeline_counts_from_its_start_and_knows_the_first_accepted_write(clock: Clock) -> None:
    timeline = Timeline(clock)
    timeline.wrote("CreateStack", "before", clock(), accepted=True)
    timeline.start()
    clock.now += 1
    timeline.wrote("UpdateStack", "a", clock(), accepted=False)
    clock.now += 1
    timeline.wrote("UpdateStack", "b", clock() - 0.25, accepted=True)
    clock.now += 1
    timeline.add("updated", "b")
    clock.now += 1
    assert timeline.as_json() == {
        "elapsed": 4.0,
        "first_write_at": 1.75,
        "timeline": [
            {"at": 1.0, "event": "UpdateStack refused", "stack": "a"},
            {"at": 1.75, "event": "UpdateStack", "stack": "b"},
            {"at": 3.0, "event": "updated", "stack": "b"},
        ],
    }


def test_a_timeline_that_nobody_started_is_empty(clock: Clock) -> None:
    timeline = Timeline(clock)
    timeline.add("created", "s")
    assert timeline.as_json() == {"elapsed": 0.0, "first_write_at": None, "timeline": []}
