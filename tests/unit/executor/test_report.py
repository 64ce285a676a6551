"""The run as JSON, and its schema."""

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
    listener = report_to(str(path), "sceptre launch dev", lambda: NOW)
    run({"dev/redis": failure("no")}, limit=1, listeners=(listener,))
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def test_a_report_has_the_outcome_of_the_run_and_of_each_stack(written: dict[str, Any]) -> None:
    expected = {"version": 1, "command": "launch", "resume": "sceptre launch dev"}
    assert written.items() >= {**expected, "succeeded": False, "interrupted": False}.items()
    stacks = {stack["name"]: stack for stack in written["stacks"]}
    assert stacks["dev/vpc"].items() >= {"state": "complete", "operation": "created"}.items()
    assert stacks["dev/vpc"]["seconds"] > 0
    assert (stacks["dev/redis"]["cause"], stacks["dev/redis"]["waits_for"]) == ("no", ["dev/vpc"])
    assert stacks["dev/task"].items() >= {"blocked_by": "dev/redis", "seconds": None}.items()


def test_a_report_follows_its_schema(written: dict[str, Any]) -> None:
    # The installed jsonschema knows no later draft; the schema uses nothing of one.
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
    validator.validate(written)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**written, "more": 1})
    assert RunReport.model_validate(written).stacks[0].name == "dev/sqs"


def test_the_schema_is_up_to_date() -> None:
    assert SCHEMA.read_text() == schema(RunReport), "run `make generated`"


@pytest.mark.parametrize("path", ["nowhere/report.json", "."])
def test_an_invalid_path_is_refused_before_the_run(tmp_path: Path, path: str) -> None:
    with pytest.raises(SceptreException, match=r"^OMS_REPORT: .*can't be written"):
        report_to(str(tmp_path / path), "x")
