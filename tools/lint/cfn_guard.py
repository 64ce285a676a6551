"""cfn-guard, with the rules of AWS Control Tower for templates.

Source: https://docs.aws.amazon.com/controltower/latest/controlreference/proactive-controls.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.lint.report import Finding, JudgeError, Judgement
from tools.lint.tools import CFN_GUARD, guard_binary, parsed, place, run

RULES = CFN_GUARD / "rules/control-tower/cfn-guard"

AS_JSON = ("--structured", "--output-format", "json", "--show-summary", "none")

PASSED, FAILED = 0, 19
"""Its exit codes; 5 is a file that it can't read."""


def judge(directory: Path) -> Judgement:
    """Judge every file of a directory."""
    what = ("validate", "--rules", str(RULES), "--data", str(directory))
    output = run([guard_binary(), *what, *AS_JSON], [PASSED, FAILED])
    return read(parsed("cfn-guard", output), len(list(directory.glob("*/*.json"))))


def read(output: list[dict[str, Any]], files: int) -> Judgement:
    """What cfn-guard says in its JSON; a rule and a resource once, however many clauses fail.

    Raises:
        JudgeError: it did not judge every file, or a rule failed and nothing says on what.
    """
    if len(output) != files:
        raise JudgeError(f"cfn-guard judged {len(output)} of {files} files")
    rules: set[str] = set()
    found: dict[Finding, None] = {}
    for file in output:
        environment, stack = place(file["name"])
        rules |= {*file["compliant"], *file["not_applicable"]}
        for broken in file["not_compliant"]:
            rules.add(broken["Rule"]["name"])
            rule, title = _named(broken)
            resources = dict.fromkeys(_resources(broken))
            if not resources:
                raise JudgeError(f"cfn-guard's {rule} fails in {environment}/{stack} on nothing")
            for resource in resources:
                found[Finding(environment, stack, resource, rule, title)] = None
    return Judgement(len(rules), tuple(found))


def _named(broken: dict[str, Any]) -> tuple[str, str]:
    """A rule's ID and what it asks, which its message holds: ``[CT.SQS.PR.1]: Require ...``."""
    for message in _values(broken, "custom_message"):
        named = re.search(r"\[(CT\.[A-Z0-9.]+)\]: (.+)", message or "")
        if named:
            return named[1], named[2].strip()
    name = str(broken["Rule"]["name"])
    return name, name


def _resources(broken: dict[str, Any]) -> Iterator[str]:
    """The resources that a rule fails on.

    Each clause says at which path it looked; the value that it was compared with has a path too,
    under ``to``, and is passed over.
    """
    for clause in _values(broken, "Clause"):
        path = next(_values(clause, "path", but="to"), "")
        resource = re.match(r"/Resources/(\w+)", path)
        if resource:
            yield resource[1]


def _values(part: Any, wanted: str, but: str = "") -> Iterator[Any]:
    """What stands under a key, wherever it is."""
    if isinstance(part, list):
        for item in part:
            yield from _values(item, wanted, but)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == wanted:
                yield value
            elif key != but:
                yield from _values(value, wanted, but)
