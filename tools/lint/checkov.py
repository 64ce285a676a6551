"""checkov, offline, with its own checks for CloudFormation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tools.lint.report import Finding, Findings, LinterError, Place
from tools.lint.tools import CHECKOV, key, run

PASSED, FAILED = 0, 1

OPTIONS = (
    *("--framework", "cloudformation", "--compact", "--output", "json"),
    # Nothing from its maker's platform, and nothing to it.
    *("--skip-download", "--skip-results-upload"),
)


def lint(directory: Path) -> Findings:
    """Lint every file of a directory."""
    output = run(
        [CHECKOV, "--directory", directory, *OPTIONS],
        [PASSED, FAILED],
        CKV_SKIP_PACKAGE_UPDATE_CHECK="true",
    )
    return read(json.loads(output))


def read(output: dict[str, Any]) -> Findings:
    """Return checkov's JSON as findings.

    Raises:
        LinterError: checkov could not parse a file, or skipped a check.
    """
    # Without a resource that it knows, it prints only the summary.
    summary = output.get("summary", output)
    if summary["parsing_errors"] or summary["skipped"]:
        raise LinterError(
            f"checkov could not parse {summary['parsing_errors']} files and skipped "
            f"{summary['skipped']} checks"
        )
    results = output.get("results", {"passed_checks": [], "failed_checks": []})
    findings = dict.fromkeys(
        Finding(Place(*key(check["file_path"]), resource, check["check_id"]), check["check_name"])
        for check in results["failed_checks"]
        for resource in [check["resource"].rpartition(".")[2]]
    )
    checks = [*results["failed_checks"], *results["passed_checks"]]
    return Findings(len({check["check_id"] for check in checks}), tuple(findings))
