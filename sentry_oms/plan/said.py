"""What is said of each target of a command line: its plan, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sentry_oms.plan.change import Exit, Plan

_WORST_FIRST = (Exit.ERROR, Exit.LOSES_STATE, Exit.CHANGES)


class NotPlanned(NamedTuple):
    """A target that could not be planned at all.

    Args:
        target: an environment, or a stack.
        reason: why, in one line.
        findings: what the offline check found, a line each, where that is why.
    """

    target: str
    reason: str
    findings: tuple[str, ...] = ()

    @property
    def exit(self) -> Exit:
        """The exit code."""
        return Exit.ERROR


PlanResult = Plan | NotPlanned


def worst_exit(said: Iterable[PlanResult]) -> Exit:
    """The exit code of several: of an error, else of a loss, else of a change."""
    codes = {one.exit for one in said}
    return next((code for code in _WORST_FIRST if code in codes), Exit.NO_CHANGE)
