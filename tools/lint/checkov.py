"""checkov, with its own checks for CloudFormation and nothing from its maker's platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tools.lint.report import Finding, JudgeError, Judgement
from tools.lint.tools import CHECKOV, parsed, place, run

PASSED, FAILED = 0, 1

OFFLINE = ("--skip-download", "--skip-results-upload")
"""No policies from the platform, and no results to it. There is no key for it either."""


def judge(directory: Path) -> Judgement:
    """Judge every file of a directory."""
    what = ("--framework", "cloudformation", "--directory", str(directory))
    output = run(
        [CHECKOV, *what, *OFFLINE, "--compact", "--output", "json"],
        [PASSED, FAILED],
        CKV_SKIP_PACKAGE_UPDATE_CHECK="true",
    )
    return read(parsed("checkov", output))


def read(output: dict[str, Any]) -> Judgement:
    """What checkov says in its JSON.

    Raises:
        JudgeError: it could not read a file, or skipped a check by an order that is not ours.
    """
    # Where it knows no resource, it prints the summary alone.
    summary = output.get("summary", output)
    if summary["parsing_errors"] or summary["skipped"]:
        raise JudgeError(
            f"checkov could not read {summary['parsing_errors']} files, and skipped "
            f"{summary['skipped']} checks"
        )
    results = output.get("results", {"passed_checks": [], "failed_checks": []})
    failed = results["failed_checks"]
    found = dict.fromkeys(
        Finding(
            *place(check["file_path"]),
            check["resource"].rpartition(".")[2],
            check["check_id"],
            check["check_name"],
        )
        for check in failed
    )
    rules = {check["check_id"] for check in [*failed, *results["passed_checks"]]}
    return Judgement(len(rules), tuple(found))
