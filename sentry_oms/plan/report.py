"""A plan as JSON, for CI.

docs/schemas/plan-1.json is this model's schema. Removing a field, or changing its meaning, makes it
version 2; adding one does not.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sentry_oms.executor.report import schema
from sentry_oms.plan.change import Orphan, Plan, Severity, StackPlan


class PlanReport(BaseModel):
    """The changes of a launch."""

    model_config = ConfigDict(extra="forbid", title="Sentry OMS plan")

    version: Literal[1] = 1
    target: str = Field(description="what was planned: an environment, or a stack")
    exit_code: Literal[0, 1, 2, 3] = Field(
        description="0: no change; 1: a stack can't be planned, or CloudFormation will refuse a "
        "change; 2: changes; 3: state is lost"
    )
    losses: int = Field(description="resources that hold state and are replaced or removed")
    stacks: list[StackPlan] = Field(description="in the order of a launch")
    orphans: list[Orphan] = Field(
        default=[], description="stacks of the environment that are no longer in config"
    )
    notes: list[str] = Field(default=[], description="what the plan could not find out")


def of(plan: Plan) -> PlanReport:
    """Return the report of a plan."""
    return PlanReport(
        target=plan.target,
        exit_code=plan.exit.value,
        losses=len(plan.severe(Severity.LOSS)),
        stacks=list(plan.stacks),
        orphans=list(plan.orphans),
        notes=list(plan.notes),
    )


if __name__ == "__main__":
    print(schema(PlanReport), end="")
