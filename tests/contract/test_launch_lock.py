"""The launch lock needs conditional writes of DynamoDB that return the item on a refusal."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Any

import pytest

from sentry_oms.executor.launch_lock import Holder, LaunchLock
from tests.conftest import EmbeddedAws


@pytest.fixture
def lock(aws: EmbeddedAws) -> LaunchLock:
    def call(service: str, command: str, kwargs: dict[str, Any]) -> Any:
        return getattr(aws.client(service), command)(**kwargs)

    return LaunchLock("dev", "x-launches-dev", call)


def holder(command: str) -> Holder:
    return Holder.of(command, {}, datetime.now(timezone.utc))


def test_one_of_two_takes_the_lock_and_only_that_one_releases_it(lock: LaunchLock) -> None:
    first, second = holder("launch"), holder("delete")
    assert lock.read() is None, "the table does not exist yet"
    assert lock.take(first, time.monotonic, time.sleep) == first
    assert lock.take(second, time.monotonic, time.sleep) == first
    assert lock.read() == first
    assert not lock.release(second)
    assert lock.release(first)
    assert lock.read() is None
    assert lock.take(second, time.monotonic, time.sleep) == second
