"""The version is the same in setup.cfg, in CHANGELOG.md and in the release notes."""

from __future__ import annotations

import configparser
import re
from datetime import date

from tests.conftest import ROOT

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def version() -> str:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return setup["metadata"]["version"]


def test_the_changelog_begins_with_unreleased_changes_and_this_version() -> None:
    first, second, *_ = HEADING.findall((ROOT / "CHANGELOG.md").read_text())
    assert first == "Unreleased"
    released, _, day = second.partition(" - ")
    assert released == version()
    assert date.fromisoformat(day) <= date.today()


def test_the_version_has_release_notes() -> None:
    notes = (ROOT / f"docs/releases/{version()}.md").read_text()
    assert notes.startswith(f"# {version()}\n")
    assert HEADING.findall(notes) == ["What you get", "What you must do", "What is not proven"]
