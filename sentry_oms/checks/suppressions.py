"""Rules about suppressions: each names a rule, gives a reason, and accepts a finding."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.rule import REGISTRY, Phase, rule
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project
from sentry_oms.offline.suppression import NEVER_SUPPRESSED


@rule(
    "OMS017",
    cause="A suppression has no reason, names no rule, or names one without which config can't be "
    "read. It accepts nothing.",
    remedy="write the rule's code and a reason",
)
def suppression_valid(project: Project) -> Iterator[Fault]:
    """Every suppression names a rule and gives a reason."""
    for one in project.suppressions:
        if isinstance(one, Fault):
            yield one
        elif one.code not in REGISTRY:
            yield one.fault("is the code of no rule", "docs/CHECKS.md lists the rules")
        elif one.code in NEVER_SUPPRESSED:
            yield one.fault("can't be suppressed", "remove the suppression")


@rule(
    "OMS018",
    cause="The finding that a suppression accepted is gone, or has moved to another line. It would "
    "hide the next one.",
    remedy="remove it, or move it to the reported line or right above it",
    phase=Phase.SUPPRESSIONS,
)
def suppression_used(project: Project) -> Iterator[Fault]:
    """Every suppression accepts a finding."""
    return (one.fault("accepts no finding") for one in project.unused)
