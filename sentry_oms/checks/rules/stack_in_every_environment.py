"""OMS007: every environment has every stack file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sentry_oms.checks.project import Project
from sentry_oms.checks.reading import environments
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.source import Source


def find(project: Project) -> Iterator[Fault]:
    """Stack files that one environment has and another lacks."""
    files = {name: _files(project.root / "config" / name) for name in environments(project.root)}
    for name, own in files.items():
        for missing in sorted(set[str]().union(*files.values()) - own):
            having = [other for other, theirs in files.items() if missing in theirs]
            verb = "has" if len(having) == 1 else "have"
            message = f"is missing, and {', '.join(having)} {verb} it"
            yield Fault(Source(f"config/{name}/{missing}", ""), "", message)


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")}


RULE = Rule(
    code="OMS007",
    title="Every environment has every stack file",
    cause=(
        "A stack was added to one environment, or deleted from it, and not from the others. What "
        "differs between environments is in config.yaml alone."
    ),
    remedy="copy the file, byte for byte, or delete it everywhere",
    scope=Scope.ENVIRONMENT,
    find=find,
)
