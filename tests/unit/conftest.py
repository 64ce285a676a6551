"""Lookups that the unit tests do once: installed plugins, and the regions of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import metadata
from unittest.mock import patch

import boto3
import pytest


@pytest.fixture(autouse=True, scope="session")
def cached() -> Iterator[None]:
    """Cache lookups that take a third of an offline check.

    Sceptre looks up its plugins for each template, and boto3 parses its endpoints for each session.
    """
    regions = boto3.Session().get_available_regions("cloudformation")
    with (
        patch.object(metadata, "entry_points", cache(metadata.entry_points)),
        patch.object(boto3.Session, "get_available_regions", return_value=regions),
    ):
        yield
