"""cfn-lint: whether AWS would take the template at all.

It judges templates as they are written, too: what no environment reaches must be right as well.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tools.lint.report import Finding, Judgement
from tools.lint.tools import CFN_LINT, parsed, place, run

REGIONS = ("us-east-1", "sa-east-1")

WORKED = range(0, 16)
"""Its exit code is a sum: 2 for errors, 4 for warnings, 8 for what is informational."""

COMMAND = (CFN_LINT, "--include-checks", "I", "--regions", *REGIONS)


def judge(directory: Path) -> Judgement:
    """Judge every file of a directory."""
    files = sorted(directory.glob("*/*.json"))
    output = run([*COMMAND, "--format", "json", "--", *files], WORKED)
    rules = run([*COMMAND, "--list-rules"], [0])
    return read(parsed("cfn-lint", output), count(rules))


def count(listed: str) -> int:
    """How many rules ``--list-rules`` names."""
    return len(re.findall(r"^[EWI]\d{4}: ", listed, re.MULTILINE))


def read(output: list[dict[str, Any]], rules: int) -> Judgement:
    """What cfn-lint says in its JSON; in several regions, or of several lines, once."""
    findings: dict[Finding, None] = {}
    seen: set[tuple[str, str, str, str]] = set()
    for match in output:
        environment, stack = place(match["Filename"])
        resource = _resource(match["Location"].get("Path") or [])
        rule = match["Rule"]["Id"]
        if (environment, stack, resource, rule) not in seen:
            seen.add((environment, stack, resource, rule))
            findings[Finding(environment, stack, resource, rule, match["Message"])] = None
    return Judgement(rules, tuple(findings))


def _resource(path: list[Any]) -> str:
    if path[:1] == ["Resources"] and len(path) > 1:
        return str(path[1])
    return ".".join(map(str, path[:2])) or "-"
