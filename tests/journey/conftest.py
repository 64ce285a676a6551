"""A fixture for journeys that run Sceptre in the process of the tests."""

from __future__ import annotations

import logging
import os
from types import SimpleNamespace

import pytest
from sceptre.connection_manager import ConnectionManager
from sceptre.plan import actions

from tests.conftest import EmbeddedAws


@pytest.fixture
def in_process(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Sceptre in this process use the module's embedded AWS."""
    for name in os.environ.keys() - aws.environ.keys():
        monkeypatch.delenv(name)
    for name, value in aws.environ.items():
        monkeypatch.setenv(name, value)
    # Sceptre keeps them for the process; those of another module reach its embedded AWS.
    monkeypatch.setattr(ConnectionManager, "_boto_sessions", {})
    monkeypatch.setattr(ConnectionManager, "_clients", {})
    # Sceptre's own executor waits four seconds at a time.
    monkeypatch.setattr(actions, "time", SimpleNamespace(sleep=lambda _: None))
    # Each command line adds a handler for the stderr of its time.
    monkeypatch.setattr(logging.getLogger("sceptre"), "handlers", [])
