"""Save a plan with its basis, for a launch of exactly this plan."""

from __future__ import annotations

from pathlib import Path

from sceptre.exceptions import SceptreException

from sentry_oms.executor.saved_plan import SavedPlan
from sentry_oms.plan import report
from sentry_oms.plan.change import Kind, NotPlanned, PlanResult


def save(result: PlanResult, path: Path) -> None:
    """Write a plan to a file.

    Raises:
        SceptreException: a stack could not be planned; nothing is written.
    """
    failed = (
        [result.target]
        if isinstance(result, NotPlanned)
        else [stack.name for stack in result.those(Kind.FAILED)]
    )
    if isinstance(result, NotPlanned) or failed:
        raise SceptreException(f"--save: no plan is saved, because {', '.join(failed)} has none")
    saved = SavedPlan(
        target=result.target,
        plan=report.of(result).model_dump(mode="json"),
        stacks=result.bases,
    )
    path.write_text(saved.model_dump_json(indent=2) + "\n")
