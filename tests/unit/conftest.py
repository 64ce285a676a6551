"""A lookup that the unit tests do once: the installed plugins."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import metadata
from unittest.mock import patch

import pytest


@pytest.fixture(autouse=True, scope="session")
def cached() -> Iterator[None]:
    """Cache the installed plugins, which Sceptre looks up for each template."""
    with patch.object(metadata, "entry_points", cache(metadata.entry_points)):
        yield
