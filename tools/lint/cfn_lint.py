"""cfn-lint, in every region that the project supports, with informational rules."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tools.lint.report import Finding, Findings, Place
from tools.lint.tools import CFN_LINT, key, run

COMMAND = (CFN_LINT, "--include-checks", "I", "--regions", "us-east-1", "sa-east-1")

WORKED = range(16)
"""Its exit code is a sum: 2 for errors, 4 for warnings, 8 for informational findings."""


def lint(directory: Path) -> Findings:
    """Lint every file of a directory."""
    files = sorted(directory.glob("*/*.json"))
    output = run([*COMMAND, "--format", "json", "--", *files], WORKED)
    rules = run([*COMMAND, "--list-rules"], [0])
    return read(json.loads(output), count(rules))


def count(listed: str) -> int:
    """Return how many rules ``--list-rules`` names."""
    return len(re.findall(r"^[EWI]\d{4}: ", listed, re.MULTILINE))


def read(output: list[dict[str, Any]], rules: int) -> Findings:
    """Return cfn-lint's JSON as findings: one for each resource and rule."""
    findings: dict[Place, Finding] = {}
    for match in output:
        path = match["Location"].get("Path") or []
        is_resource = path[:1] == ["Resources"] and len(path) > 1
        resource = path[1] if is_resource else ".".join(map(str, path[:2])) or "-"
        place = Place(*key(match["Filename"]), str(resource), match["Rule"]["Id"])
        findings.setdefault(place, Finding(place, match["Message"]))
    return Findings(rules, tuple(findings.values()))
