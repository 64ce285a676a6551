"""The rules that .cfnlintrc appends to cfn-lint."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.conftest import BIN, ROOT

ALB = "templates/networking/alb-frontend.json"


def by_hand(template: str | Path) -> str:
    """Return what cfn-lint prints when a person runs it in the repository."""
    done = subprocess.run(
        [str(BIN / "cfn-lint"), str(template)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.stdout


def test_cfn_lint_by_hand_reports_a_fault_that_only_the_plugin_knows(tmp_path: Path) -> None:
    text = (ROOT / ALB).read_text()
    planted = tmp_path / "planted.json"
    timeout = '"HealthCheckTimeoutSeconds": '
    planted.write_text(text.replace(f"{timeout}5", f"{timeout}50", 1))
    said, sound = by_hand(planted), by_hand(ALB)
    assert "E9002 50 is greater than or equal to the maximum of 15" in said
    assert "E9" not in sound
