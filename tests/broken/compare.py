"""Gives each broken project to the check and to stock Sceptre, and records what each finds.

``make checks-compare`` runs it; docs/CHECKS.md shows what it wrote, and says what counts as found.
With ``--offline`` only the check runs, and what Sceptre said is kept: a project that it was not
given yet counts as not tried.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sentry_oms.checks import check_environment
from sentry_oms.local.environment import isolated
from sentry_oms.local.instance import Instance
from tests.broken.projects import PROJECTS, Broken
from tests.conftest import ROOT, VARIABLES, Project

RECORD = ROOT / "docs/checks-comparison.json"
COMMANDS = ("validate", "diff")


@contextmanager
def copy(broken: Broken, environ: dict[str, str]) -> Iterator[Project]:
    """The broken project, in a directory of its own."""
    with tempfile.TemporaryDirectory() as directory:
        project = Project(Path(directory), environ)
        broken.edit(project)
        if broken.unset:
            del project.environ[broken.unset]
        yield project


def finding(broken: Broken) -> str:
    """What the check says of it."""
    with copy(broken, {}) as project:
        for name, value in VARIABLES.items():
            os.environ[name] = value
        if broken.unset:
            del os.environ[broken.unset]
        (found,) = check_environment(project.directory, broken.environment)
    return str(found)


def verdict(broken: Broken, command: str, environ: dict[str, str]) -> str:
    """Whether stock Sceptre names it, only fails, or passes it."""
    if broken.has_bucket:
        return "not tried"
    with copy(broken, environ) as project:
        done = project.sceptre(command, broken.environment)
    if done.returncode == 0:
        return "passed"
    return "named" if names(broken, done.stdout) else "failed"


def names(broken: Broken, said: str) -> bool:
    """Whether what Sceptre said leads to the file, or to the thing at fault."""
    # What it logs while it works has a time in front, and names every stack.
    lines = [line for line in said.splitlines() if not line.startswith("[")]
    told = "\n".join(lines).replace("config/dev", "config/dev/").replace("//", "/")
    stack = broken.file.removeprefix("config/").removesuffix(".yaml")
    things = [stack, Path(broken.file).name, broken.field.rpartition(".")[2]]
    return any(thing and thing in told for thing in things)


def measured(environ: dict[str, str]) -> dict[str, Any]:
    """Every project, by every command, two at a time."""

    def row(broken: Broken) -> dict[str, str]:
        return {command: verdict(broken, command, environ) for command in COMMANDS}

    with ThreadPoolExecutor(max_workers=2) as pool:
        rows = list(pool.map(row, PROJECTS))
    return {
        "date": datetime.now(tz=timezone.utc).date().isoformat(),
        "sceptre": version("sceptre"),
        "verdicts": {broken.name: row for broken, row in zip(PROJECTS, rows, strict=True)},
    }


def on_embedded_aws() -> dict[str, Any]:
    """The measurement, where a healthy dev was launched."""
    with tempfile.TemporaryDirectory() as directory:
        instance = Instance(Path(directory))
        record, _ = instance.up(24_600)
        try:
            environ = isolated(record.endpoint, os.environ)
            healthy = Path(directory, "healthy")
            healthy.mkdir()
            Project(healthy, environ).succeed("launch", "-y", "dev")
            return measured(environ)
        finally:
            instance.down()


def kept() -> dict[str, Any]:
    """What was measured before."""
    record = json.loads(RECORD.read_text())
    return {
        "date": record["date"],
        "sceptre": record["sceptre"],
        "verdicts": {
            one["name"]: {command: one[command] for command in COMMANDS}
            for one in record["projects"]
        },
    }


def main() -> None:
    """Write the record anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offline", action="store_true")
    stock = kept() if parser.parse_args().offline else on_embedded_aws()
    projects = [
        {
            "name": broken.name,
            "code": broken.code,
            "finding": finding(broken),
            **stock["verdicts"].get(broken.name, dict.fromkeys(COMMANDS, "not tried")),
        }
        for broken in PROJECTS
    ]
    record = {"date": stock["date"], "sceptre": stock["sceptre"], "projects": projects}
    RECORD.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
