"""Edits that AWS refuses are found before a launch: a sample here, all by the command.

``python -m tests.broken.refused`` tries every edit; docs/CHECKS.md says how many are found.
"""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from sentry_oms.checks import check_environment
from tests.broken.refused import API, ENVIRON, ENVIRONMENTS, REFUSED, found, linted_written
from tests.conftest import Project

SAMPLE = range(0, len(REFUSED), 20)


def test_every_edit_has_its_name_and_its_source() -> None:
    assert len({one.name for one in REFUSED}) == len(REFUSED)
    assert {one.source for one in REFUSED} == {*API}


@pytest.mark.parametrize("number", SAMPLE, ids=lambda number: REFUSED[number].name)
def test_what_aws_refuses_is_found_before_a_launch(number: int, tmp_path: Path) -> None:
    edit = REFUSED[number]
    project = Project(tmp_path, {})
    edit.change(project)
    with patch.dict(os.environ, ENVIRON):
        checked = [
            finding
            for environment in ENVIRONMENTS
            for finding in check_environment(tmp_path, environment)
        ]
    is_json = edit.file.endswith(".json")
    assert checked or (is_json and found(linted_written, tmp_path, edit.file))
