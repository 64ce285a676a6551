"""jactionlint: whether GitHub would take a workflow at all, and what it would make of it.

It is the fork of actionlint that comes with its program in a package: actionlint's own package
loads the program from GitHub as it is installed, and the one that npm has is of 2022 and does not
know ``vars``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.judges.tools import WORKFLOWS, parsed, run
from tests.judges.workflows.linter import Fault, Linter, Said, is_workflow, shown

PASSED, FOUND = 0, 1
PROGRAM = WORKFLOWS / "jactionlint"
COMMAND = (PROGRAM, "--profile", "pedantic", "--format", "json")

LEFT_OUT = {
    "self-repository": "it wants $/ for ./, which older runners do not know",
    "shellcheck": "no run: is more than a command",
    "pyflakes": "no run: is Python",
}
"""Rules that are not run, and why."""


def lint(files: Sequence[Path]) -> Said:
    """Read workflows; what is Dependabot's it finds only at its own place."""
    given = [path for path in files if is_workflow(path) or path.parent.name == ".github"]
    ignored = ("--shellcheck=", "--pyflakes=", "--ignore", "self-repository")
    found = parsed("jactionlint", run([*COMMAND, *ignored, "--", *given], [PASSED, FOUND]))
    known = parsed("jactionlint", run([PROGRAM, "--list-rules", "--format", "json"], [PASSED]))
    return read(found, known)


def read(found: Sequence[dict[str, Any]], known: Sequence[dict[str, Any]]) -> Said:
    """What it says in its JSON, of its findings and of its rules."""
    ran = [
        rule["id"]
        for rule in known
        if rule["profile"] in ("correctness", "default", "pedantic") and rule["id"] not in LEFT_OUT
    ]
    online = [f"{rule['id']}: it asks GitHub" for rule in known if rule["online"]]
    faults = [
        Fault(shown(one["filepath"]), one["line"], one["id"], one["message"]) for one in found
    ]
    return Said(len(ran), faults, [*online, *(": ".join(one) for one in LEFT_OUT.items())])


JACTIONLINT = Linter("jactionlint", lint)
