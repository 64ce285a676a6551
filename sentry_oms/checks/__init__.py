"""The offline check of config: report each mistake with file, field and code before AWS is asked.

Rules are functions in the modules of this package. Each registers itself when it is imported.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sceptre.stack import Stack

from sentry_oms.checks.finding import Finding
from sentry_oms.checks.rule import REGISTRY, Phase, Rule
from sentry_oms.offline.project import Project
from sentry_oms.offline.reading import of_stacks, read_environment
from sentry_oms.offline.suppression import Suppressions

for module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{module.name}")

RULES: tuple[Rule, ...] = tuple(REGISTRY[code] for code in sorted(REGISTRY))
"""Every rule, in the order of its code."""

__all__ = ["RULES", "Finding", "check_environment", "check_project", "check_stacks", "examine"]


def check_environment(project_path: Path, name: str) -> list[Finding]:
    """Return the findings of every rule in an environment, by file and line.

    Raises:
        UnknownEnvironment: config/ has no such folder.
    """
    return check_project(read_environment(project_path, name))


def check_stacks(stacks: Iterable[Stack]) -> list[Finding]:
    """Return the findings of the rules that look at single stacks, before these are written.

    Args:
        stacks: as Sceptre has read them, with their ``dependencies`` as stacks. Dependencies are
            read, and checked only if they are among the stacks.
    """
    return check_project(of_stacks(stacks))


def check_project(project: Project) -> list[Finding]:
    """Return the findings that no suppression accepts."""
    return [one for one in examine(project) if one.accepted is None]


def examine(project: Project) -> list[Finding]:
    """Return the findings of the rules, phase by phase, each place once, with accepted ones."""
    if not project.has_house_rules:
        project = project.launched()
    first: dict[tuple[str, str, str | None], Finding] = {}
    failed: set[str] = set()
    suppressions = Suppressions(project.suppressions, {file.group for file in project.stacks})
    for phase in Phase:
        is_whole = phase is Phase.FILES or not (failed or project.unreadable)
        if phase.needs_environment and not (project.environment and is_whole):
            continue
        seen = project.without(failed)
        if phase is Phase.SUPPRESSIONS:
            seen = replace(seen, unused=suppressions.unused)
        rules = (r for r in RULES if r.phase is phase and (project.has_house_rules or not r.house))
        found = {
            replace(one, accepted=suppressions.reason(one.code, one.file, one.line, one.field))
            for rule in rules
            for one in rule.findings(seen)
        }
        for finding in sorted(found, key=lambda one: (one.code, one.file, one.line, one.field)):
            first.setdefault((finding.file, finding.field, finding.accepted), finding)
        not_accepted = [finding for finding in found if finding.accepted is None]
        failed |= {finding.stack for finding in not_accepted if finding.stack}
        if not_accepted and phase is Phase.SETTINGS:
            break
    return sorted(first.values(), key=lambda one: (one.file, one.line, one.code, one.field))
