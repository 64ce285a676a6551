"""cfn-guard, with the rules of AWS Control Tower for templates.

Source: https://docs.aws.amazon.com/controltower/latest/controlreference/proactive-controls.html
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.lint import ROOT
from tools.lint.report import Finding, Findings, LinterError, Place
from tools.lint.tools import key, run

PACKAGE = ROOT / ".tools/node/node_modules/@cdklabs/cdk-validator-cfnguard"
RULES = "rules/control-tower/cfn-guard"

AS_JSON = ("--structured", "--output-format", "json", "--show-summary", "none")

PASSED, FAILED = 0, 19


def lint(directory: Path) -> Findings:
    """Lint every file of a directory."""
    # The npm package has a program for each system and machine.
    system = {"Linux": "ubuntu", "Darwin": "macos"}.get(platform.system(), platform.system())
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    program = PACKAGE / "bin" / system / machine / "cfn-guard"
    what = ("validate", "--rules", PACKAGE / RULES, "--data", directory)
    output = run([program, *what, *AS_JSON], [PASSED, FAILED])
    return read(json.loads(output), len(list(directory.glob("*/*.json"))))


def read(output: list[dict[str, Any]], files: int) -> Findings:
    """Return cfn-guard's JSON as findings: one for each resource and rule.

    Raises:
        LinterError: a file is missing, or a rule failed on no resource.
    """
    if len(output) != files:
        raise LinterError(f"cfn-guard checked {len(output)} of {files} files")
    rules: set[str] = set()
    found: dict[Finding, None] = {}
    for file in output:
        environment, stack = key(file["name"])
        failed = [broken["Rule"]["name"] for broken in file["not_compliant"]]
        rules |= {*file["compliant"], *file["not_applicable"], *failed}
        for broken in file["not_compliant"]:
            rule, title = _named(broken)
            resources = [*_resources(broken)]
            if not resources:
                raise LinterError(f"cfn-guard's {rule} names no resource of {environment}/{stack}")
            for resource in resources:
                found[Finding(Place(environment, stack, resource, rule), title)] = None
    return Findings(len(rules), tuple(found))


def _named(broken: dict[str, Any]) -> tuple[str, str]:
    """Return a rule's ID and title, from a message such as ``[CT.SQS.PR.1]: Require ...``."""
    for message in _values(broken, "custom_message"):
        named = re.search(r"\[(CT\.[A-Z0-9.]+)\]: (.+)", message or "")
        if named:
            return named[1], named[2].strip()
    return broken["Rule"]["name"], broken["Rule"]["name"]


def _resources(broken: dict[str, Any]) -> Iterator[str]:
    """Yield the resources on which a rule fails.

    A clause has the path that it checked. Under ``to`` is the path of the value that it compared.
    """
    for clause in _values(broken, "Clause"):
        resource = re.match(r"/Resources/(\w+)", next(_values(clause, "path", but="to"), ""))
        if resource:
            yield resource[1]


def _values(part: Any, wanted: str, but: str = "") -> Iterator[Any]:
    """Yield every value of a key, at any depth."""
    if isinstance(part, list):
        for item in part:
            yield from _values(item, wanted, but)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == wanted:
                yield value
            elif key != but:
                yield from _values(value, wanted, but)
