"""Fixtures of all unit tests: one lookup of the installed plugins, and an empty view of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import metadata
from unittest.mock import patch

import pytest

from sentry_oms.aws.view import VIEW


@pytest.fixture(autouse=True, scope="session")
def cached() -> Iterator[None]:
    """Cache the installed plugins, which Sceptre looks up for each template."""
    with patch.object(metadata, "entry_points", cache(metadata.entry_points)):
        yield


@pytest.fixture(autouse=True)
def command() -> Iterator[None]:
    """Run the test as a command, because the view keeps nothing outside of one."""
    with VIEW.command():
        yield
