"""The issue about drift: opened, updated and closed by the script of the drift workflow.

Node runs it in github_script.cjs, a stand-in for actions/github-script with a recording GitHub.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import ROOT
from tests.unit.test_workflows import STEPS

NODE = ROOT / ".tools/node/bin/node"
HARNESS = Path(__file__).with_name("github_script.cjs")
(SCRIPT,) = (
    step["with"]["script"]
    for step in STEPS["drift.yml", "drift"]
    if "script" in step.get("with", {})
)

BOT, MARKER = "github-actions[bot]", "<!-- oms drift -->"
OURS = {"number": 4, "state": "open", "user": BOT, "body": f"{MARKER}\n\nold"}
OTHERS: list[dict[str, Any]] = [
    {"number": 1, "state": "open", "user": "a user", "body": MARKER},
    {"number": 2, "state": "closed", "user": BOT, "body": MARKER},
    {"number": 3, "state": "open", "user": BOT, "body": "about something else"},
    {"number": 5, "state": "open", "user": BOT, "body": None},
    {"number": 6, "state": "open", "user": BOT, "body": MARKER, "pull_request": {}},
]
LINES = "dev/sqs: MasterOrderQueue drifted: VisibilityTimeout 30 -> 60"


class Done(NamedTuple):
    """The script's calls of GitHub's API, and its message if it failed the step."""

    calls: list[list[Any]]
    failed: str | None


def run(directory: Path, *issues: dict[str, Any], lines: str = LINES, **codes: str) -> Done:
    """Run the script in a checkout; environments without an exit code have no drift."""
    (directory / ".github").mkdir()
    shutil.copy(ROOT / ".github/drift-issue.js", directory / ".github")
    env = {name: codes.get(name, "0") for name in ("DEV", "STAGING", "PROD")}
    for name, code in env.items():
        (directory / f"drift-{name.lower()}.txt").write_text("" if code == "0" else lines)
    done = subprocess.run(
        [NODE, HARNESS],
        cwd=directory,
        env={"PATH": os.environ["PATH"], **env},
        input=json.dumps({"script": SCRIPT, "issues": [*OTHERS, *issues]}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Done(**json.loads(done.stdout))


def test_without_drift_there_is_no_issue(tmp_path: Path) -> None:
    assert run(tmp_path) == Done([], None)


def test_drift_opens_an_issue_and_fails_the_step(tmp_path: Path) -> None:
    done = run(tmp_path, DEV="2")
    ((name, given),) = done.calls
    assert name == "create"
    assert given["title"]
    assert given["body"].startswith(f"{MARKER}\n\n### dev: drift\n\n~~~~\n{LINES}")
    assert "### prod: no drift\n" in given["body"]
    assert "https://github.com/org/infrastructure/actions/runs/7" in given["body"]
    assert done.failed == "dev: drift"


def test_drift_updates_an_open_issue(tmp_path: Path) -> None:
    done = run(tmp_path, OURS, PROD="2")
    ((name, given),) = done.calls
    assert (name, given["issue_number"]) == ("update", 4)
    assert "old" not in given["body"]
    assert "state" not in given
    assert done.failed == "prod: drift"


def test_an_issue_is_closed_with_a_comment(tmp_path: Path) -> None:
    done = run(tmp_path, OURS)
    (comment, _), (name, given) = done.calls
    assert comment == "createComment"
    assert (name, given["issue_number"], given["state"]) == ("update", 4, "closed")
    assert done.failed is None


def test_an_unknown_environment_keeps_the_issue_open_and_fails_the_step(tmp_path: Path) -> None:
    done = run(tmp_path, OURS, STAGING="1")
    assert done.calls == []
    assert str(done.failed).startswith("staging: not known")


def test_drift_and_an_unknown_environment_are_one_issue(tmp_path: Path) -> None:
    done = run(tmp_path, DEV="2", STAGING="1")
    assert "### staging: not known" in done.calls[0][1]["body"]
    assert str(done.failed).startswith("dev: drift; staging: not known")


def test_a_long_body_is_cut(tmp_path: Path) -> None:
    """GitHub accepts 65,536 characters."""
    body = run(tmp_path, lines="x" * 70_000, DEV="2", STAGING="2", PROD="2").calls[0][1]["body"]
    assert len(body) < 65_536
    assert body.count("... cut here") == 3
