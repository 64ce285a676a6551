"""The offline check of config: a mistake is named, with file, field and code, before AWS is asked.

Each rule is a file of ``rules``; ``catalogue`` lists them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sceptre.stack import Stack

from sentry_oms.checks.catalogue import RULES
from sentry_oms.checks.finding import Finding
from sentry_oms.checks.project import Project
from sentry_oms.checks.reading import of_stacks, read_environment
from sentry_oms.checks.rule import Scope

VALUE_CODES = ("OMS010", "OMS040", "OMS041", "OMS042", "OMS043", "OMS044", "OMS045", "OMS046")
ASSERTED = "OMS047"

__all__ = ["RULES", "Finding", "check_environment", "check_project", "check_stacks"]


def check_environment(project_path: Path, environment: str) -> list[Finding]:
    """What every rule finds in an environment, by file and line.

    Raises:
        UnknownEnvironment: config/ has no such folder.
    """
    return check_project(read_environment(project_path, environment))


def check_stacks(stacks: Iterable[Stack]) -> list[Finding]:
    """What the rules that look at single stacks find in these, before they are written.

    Args:
        stacks: as Sceptre has read them, with their ``dependencies`` as stacks. What they depend
            on is looked at, and not checked unless it is among them.
    """
    return check_project(of_stacks(stacks))


def check_project(project: Project) -> list[Finding]:
    """What the rules find that can see enough of what was read, without what only follows."""
    scopes = {Scope.STACKS} | ({Scope.ENVIRONMENT} if project.environment else set())
    findings = {
        finding for rule in RULES if rule.scope in scopes for finding in rule.findings(project)
    }
    return sorted(
        causes(findings),
        key=lambda finding: (finding.file, finding.line, finding.code, finding.field),
    )


def causes(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings without those that follow from another.

    A stack's wrong value goes on into its template, where an assertion meets it again; and of
    several rules that name one place, the first says it best.
    """
    first: dict[tuple[str, str], Finding] = {}
    by_code = sorted(findings, key=lambda finding: finding.code)
    values = {one.stack for one in by_code if one.code.startswith(VALUE_CODES)} - {None}
    for finding in by_code:
        if finding.code != ASSERTED or finding.stack not in values:
            first.setdefault((finding.file, finding.field), finding)
    yield from first.values()
