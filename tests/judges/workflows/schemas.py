"""check-jsonschema: the schemas that are published for workflows and for Dependabot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.judges.finding import JudgeError
from tests.judges.tools import WORKFLOWS, parsed, run
from tests.judges.workflows.linter import Fault, Linter, Said, is_workflow, shown

PASSED, FOUND = 0, 1
PROGRAM = WORKFLOWS / "check-jsonschema"

SCHEMAS: Mapping[str, bool] = {
    "vendor.github-workflows": True,
    "custom.github-workflows-require-timeout": True,
    "vendor.dependabot": False,
}
"""Each that it brings, and whether it is of workflows."""


def lint(files: Sequence[Path]) -> Said:
    """Read workflows, and what is Dependabot's."""
    faults: list[Fault] = []
    for schema, of_workflows in SCHEMAS.items():
        given = [path for path in files if is_workflow(path) == of_workflows]
        if given:
            command = (PROGRAM, "--output-format", "json", "--builtin-schema", schema)
            said = run([*command, "--", *given], [PASSED, FOUND])
            faults += read(parsed("check-jsonschema", said), schema)
    return Said(len(SCHEMAS), faults)


def read(said: dict[str, Any], schema: str) -> list[Fault]:
    """What it says in its JSON; it names a path and no line.

    Raises:
        JudgeError: it could not read a file.
    """
    if said.get("parse_errors"):
        raise JudgeError(f"check-jsonschema could not read {said['parse_errors'][0]['filename']}")
    return [
        Fault(shown(one["filename"]), 1, schema, f"{place['path']}: {place['message']}")
        for one in said["errors"]
        for place in [one.get("best_deep_match", one)]
    ]


SCHEMA_CHECK = Linter("check-jsonschema", lint)
