"""The run as JSON, and the schema that readers of it rely on."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sceptre.exceptions import SceptreException

from sentry_oms.executor.report import RunReport, report_to, schema
from tests.conftest import ROOT
from tests.unit.executor.runs import failure, run

SCHEMA = ROOT / "docs" / "schemas" / "run-report-1.json"
NOW = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "report.json"
    run(
        {"dev/redis": failure("no")},
        limit=1,
        listeners=(report_to(str(path), "sceptre launch dev", lambda: NOW),),
    )
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def test_it_says_what_became_of_the_run(written: dict[str, Any]) -> None:
    assert written["version"] == 1
    assert written["command"] == "launch"
    assert written["succeeded"] is False
    assert written["interrupted"] is False
    assert written["resume"] == "sceptre launch dev"


def test_it_says_what_became_of_each_stack(written: dict[str, Any]) -> None:
    stacks = {stack["name"]: stack for stack in written["stacks"]}
    assert stacks["dev/vpc"]["state"] == "complete"
    assert stacks["dev/vpc"]["operation"] == "created"
    assert stacks["dev/vpc"]["seconds"] > 0
    assert stacks["dev/redis"]["cause"] == "no"
    assert stacks["dev/redis"]["waits_for"] == ["dev/vpc"]
    assert stacks["dev/task"]["blocked_by"] == "dev/redis"
    assert stacks["dev/task"]["seconds"] is None


def test_it_is_as_its_schema_says(written: dict[str, Any]) -> None:
    # The installed jsonschema knows no later draft; the schema uses nothing of one.
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
    validator.validate(written)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**written, "more": 1})


def test_the_schema_is_the_models() -> None:
    assert SCHEMA.read_text() == schema(RunReport), "write it anew with `make generated`"


def test_the_model_reads_what_it_wrote(written: dict[str, Any]) -> None:
    assert RunReport.model_validate(written).stacks[0].name == "dev/sqs"


@pytest.mark.parametrize("path", ["nowhere/report.json", "."])
def test_a_path_that_can_not_be_written_is_refused_before_anything_starts(
    tmp_path: Path, path: str
) -> None:
    with pytest.raises(SceptreException, match=r"^OMS_REPORT: .* can't be written: name a file"):
        report_to(str(tmp_path / path), "x")
