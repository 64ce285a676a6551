"""Reading workflows: a job or a step with a key that is not known here is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

WORKFLOWS = ROOT / ".github/workflows"
ANYWHERE = ("id", "name", "if", "env")
JOB = {
    *("name", "if", "needs", "runs-on", "timeout-minutes", "environment", "concurrency"),
    *("permissions", "env", "strategy", "steps", "uses", "with"),
}


class UnknownKeyError(Exception):
    """A workflow holds what is not known here."""


@dataclass(frozen=True)
class Step:
    """One step, as it is written."""

    id: str = ""
    name: str = ""
    condition: str = "success()"
    env: Mapping[str, str] = field(default_factory=dict)
    run: str = ""
    uses: str = ""
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def action(self) -> str:
        """The action without its version: ``actions/checkout``."""
        return self.uses.partition("@")[0]


@dataclass(frozen=True)
class Job:
    """One job, as it is written."""

    name: str
    written: Mapping[str, Any]
    shell: str

    @property
    def steps(self) -> list[Step]:
        """Its steps; a call of a workflow has none."""
        return [_step(one) for one in self.written.get("steps", ())]

    @property
    def called(self) -> str:
        """The name of the workflow that it calls, or nothing."""
        return Path(self.written.get("uses", "")).name

    @property
    def needs(self) -> list[str]:
        """The jobs that it waits for."""
        needs = self.written.get("needs", [])
        return [needs] if isinstance(needs, str) else list(needs)

    @property
    def permissions(self) -> dict[str, str]:
        """What its token may do."""
        return dict(self.written["permissions"])


def read(path: Path) -> dict[str, Any]:
    """A workflow as it is written; every scalar is a text, and ``on`` is no truth value."""
    loaded: dict[str, Any] = yaml.load(path.read_text(), yaml.BaseLoader)
    return loaded


def jobs(name: str) -> dict[str, Job]:
    """The jobs of a workflow by their names.

    Raises:
        UnknownKeyError: one has a key that is not known here.
    """
    workflow = read(WORKFLOWS / name)
    if "env" in workflow:
        raise UnknownKeyError(f"{name}: env")
    shell = workflow.get("defaults", {}).get("run", {}).get("shell", "")
    found = {}
    for job, written in workflow["jobs"].items():
        for key in written.keys() - JOB:
            raise UnknownKeyError(f"{name}: {job}: {key}")
        permissions = written.get("permissions", workflow.get("permissions"))
        found[job] = Job(job, {**written, "permissions": permissions}, shell)
    return found


def everywhere() -> Iterator[tuple[str, Job]]:
    """Every job of every workflow, with the workflow's name."""
    for path in sorted(WORKFLOWS.glob("*.yml")):
        for job in jobs(path.name).values():
            yield path.name, job


def _step(written: Mapping[str, Any]) -> Step:
    for key in written.keys() - {*ANYWHERE, "run", "uses", "with"}:
        raise UnknownKeyError(f"step {written.get('name')}: {key}")
    return Step(
        id=written.get("id", ""),
        name=written.get("name", ""),
        condition=written.get("if", "success()"),
        env=written.get("env", {}),
        run=written.get("run", ""),
        uses=written.get("uses", ""),
        given=written.get("with", {}),
    )
