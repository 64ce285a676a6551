"""Linters' findings that ``sentry_oms.cloudformation.accepted`` accepts.

An acceptance must accept a finding for each of its rules, resources and environments. Otherwise it
is stale, which is an error: so an acceptance meant for dev can't hide a finding in prod. Those of
``oms check``'s rules are the check's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import filter as matching
from typing import NamedTuple

from sentry_oms.cloudformation.accepted import Acceptance, read
from sentry_oms.cloudformation.templates import Template
from tools.lint.report import AS_WRITTEN, Finding, Place

CHECKS = "OMS"
"""Begins the codes of ``oms check``."""


class Checked(NamedTuple):
    """Findings to report, accepted findings, and a line for each stale acceptance."""

    open: list[Finding]
    accepted: list[Finding]
    stale: list[str]


def where(one: Acceptance, environment: str) -> list[str]:
    """Return where an acceptance applies if an environment's template, or as written, has it."""
    if environment == AS_WRITTEN:
        return [AS_WRITTEN] if AS_WRITTEN in one.environments else []
    return [name for name in one.environments or (environment,) if name != AS_WRITTEN]


def check(templates: Mapping[tuple[str, str], Template], findings: Iterable[Finding]) -> Checked:
    """Sort the findings of all linters by whether an acceptance covers them."""
    found = sorted(findings)
    covered = dict.fromkeys(place for key in templates for place in _places(key, templates[key]))
    used = {finding.place for finding in found}
    return Checked(
        [finding for finding in found if finding.place not in covered],
        [finding for finding in found if finding.place in covered],
        [
            f"{environment}/{stack} {part} accepts {rule}, which no linter finds"
            for environment, stack, part, rule in covered
            if (environment, stack, part, rule) not in used
        ],
    )


def _places(key: tuple[str, str], template: Template) -> Iterator[Place]:
    """Yield every place that the acceptances of a template cover."""
    environment, stack = key
    parts = [*template["Resources"]]
    for section in ("Parameters", "Outputs"):
        parts += [f"{section}.{name}" for name in template.get(section, {})]
    for one in read(template):
        rules = [rule for rule in one.rules if not rule.startswith(CHECKS)]
        for pattern in one.resources:
            for part in matching(parts, pattern) or [pattern]:
                for place in where(one, environment):
                    yield from (Place(place, stack, part, rule) for rule in rules)
