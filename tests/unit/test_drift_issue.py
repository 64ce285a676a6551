"""The one issue of what drifted: opened, brought up to date, closed; and the run that is red."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.unit import github_script
from tests.unit.github_script import Asked
from tests.unit.test_workflows import STEPS

(SCRIPT,) = [
    step["with"]["script"]
    for step in STEPS["drift.yml", "drift"]
    if "script" in step.get("with", {})
]

BOT = "github-actions[bot]"
OURS = {"number": 4, "state": "open", "user": BOT, "body": "<!-- oms drift -->\n\nold"}
OTHERS: list[dict[str, Any]] = [
    {"number": 1, "state": "open", "user": "somebody", "body": "<!-- oms drift -->"},
    {"number": 2, "state": "closed", "user": BOT, "body": "<!-- oms drift -->"},
    {"number": 3, "state": "open", "user": BOT, "body": "about something else"},
    {"number": 5, "state": "open", "user": BOT, "body": None},
    {"number": 6, "state": "open", "user": BOT, "body": OURS["body"], "pull_request": {}},
]
LINES = "dev/sqs: MasterOrderQueue drifted: VisibilityTimeout 30 -> 60"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/drift-issue.js").write_text((ROOT / ".github/drift-issue.js").read_text())
    return tmp_path


def asked(checkout: Path, *issues: dict[str, Any], lines: str = LINES, **codes: str) -> Asked:
    """What the script did, where each environment that is not named has no drift."""
    env = {name: codes.get(name, "0") for name in ("DEV", "STAGING", "PROD")}
    for name, code in env.items():
        (checkout / f"drift-{name.lower()}.txt").write_text("" if code == "0" else lines)
    return github_script.run(SCRIPT, checkout, env, [*OTHERS, *issues])


def test_without_drift_and_without_an_issue_nothing_is_said(checkout: Path) -> None:
    assert asked(checkout) == Asked([], [], None)


def test_drift_opens_an_issue_and_fails(checkout: Path) -> None:
    found = asked(checkout, DEV="2")
    ((name, given),) = found.calls
    assert name == "create"
    assert given["title"] == "What is deployed is not what was launched"
    assert given["body"].startswith("<!-- oms drift -->\n\n### dev: drift\n\n~~~~\n" + LINES)
    assert "### prod: no drift\n" in given["body"]
    assert "https://github.com/org/infrastructure/actions/runs/7" in given["body"]
    assert found.failed == "dev: drift"


def test_drift_where_there_is_an_issue_brings_it_up_to_date(checkout: Path) -> None:
    found = asked(checkout, OURS, PROD="2")
    ((name, given),) = found.calls
    assert (name, given["issue_number"]) == ("update", 4)
    assert "old" not in given["body"]
    assert "state" not in given
    assert found.failed == "prod: drift"


def test_without_drift_the_issue_is_closed_with_a_word(checkout: Path) -> None:
    found = asked(checkout, OURS)
    (_, comment), (name, given) = found.calls
    assert comment["body"].startswith("Nothing drifts any more")
    assert (name, given["issue_number"], given["state"]) == ("update", 4, "closed")
    assert found.failed is None


def test_what_is_not_known_closes_nothing_and_fails(checkout: Path) -> None:
    found = asked(checkout, OURS, STAGING="1")
    assert found.calls == []
    assert found.failed == "staging: not known, it ended with 1"


def test_what_is_not_known_stands_beside_what_drifted(checkout: Path) -> None:
    found = asked(checkout, DEV="2", STAGING="1")
    assert "### staging: not known, it ended with 1" in found.calls[0][1]["body"]
    assert found.failed == "dev: drift; staging: not known, it ended with 1"


def test_more_than_an_issue_holds_is_cut_and_says_so(checkout: Path) -> None:
    codes = {"DEV": "2", "STAGING": "2", "PROD": "2"}
    body = asked(checkout, lines="x" * 70_000, **codes).calls[0][1]["body"]
    assert len(body) < 65_536
    assert body.count("... cut here; the run has all of it\n~~~~") == 3
