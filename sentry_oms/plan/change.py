"""The model of a plan: stacks, their resources and parameters, and the exit code.

``--format json`` prints these models, so they are part of docs/schemas/plan-1.json.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from sentry_oms.cloudformation.types import REVISIONS
from sentry_oms.executor.basis import Basis


class Action(str, Enum):
    """Change of a resource."""

    ADD = "add"
    MODIFY = "modify"
    REPLACE = "replace"
    REMOVE = "remove"


class Kind(str, Enum):
    """Change of a stack."""

    NEW = "new"
    """It does not exist yet."""
    CHANGED = "changed"
    MAY_CHANGE = "may change"
    """Only because of values of other stacks that are known at deployment."""
    UNCHANGED = "unchanged"
    LEFT_OUT = "left out"
    """A launch skips it: ``ignore`` or ``obsolete``."""
    FAILED = "failed"
    """It can't be planned; ``error`` says why."""


class Severity(Enum):
    """Reason to list a resource's change before the others, the worst first."""

    LOSS = "loses state"
    REFUSAL = "refused by CloudFormation"
    REPLACEMENT = "replaced or removed"


class Exit(int, Enum):
    """The exit codes of ``oms plan``."""

    NO_CHANGE = 0
    ERROR = 1
    CHANGES = 2
    LOSES_STATE = 3


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cause(_Model):
    """A property, or another attribute of a resource, that changes."""

    property: str = Field(description="a property, or an attribute of the template such as Tags")
    why: str | None = Field(
        default=None, description="what changes it; null if the template itself does"
    )

    def __str__(self) -> str:
        return f"{self.property} ({self.why})" if self.why else self.property


class ValueChange(_Model):
    """A value in a resource's properties; ``****`` masks one that may be secret."""

    path: str = Field(
        description="such as /Environment/EXCHANGES/Value; an item of a list is given by its Name "
        "or Key if it has one, and otherwise by its position"
    )
    old: str | None = Field(description="as deployed; null if there is none")
    new: str | None = Field(
        description="null if there is none; an expression if only AWS knows the value"
    )


class ResourceChange(_Model):
    """A resource's change."""

    logical_id: str
    type: str
    physical_id: str | None = None
    action: Action
    certain: bool = Field(
        default=True, description="false if it depends on values known only at deployment"
    )
    causes: tuple[Cause, ...] = ()
    values: tuple[ValueChange, ...] = Field(
        default=(), description="of the properties that change; none if it is added or removed"
    )
    loss: str | None = Field(default=None, description="the state that is lost; null if none")
    obstacle: str | None = Field(
        default=None, description="why CloudFormation will refuse it, and what to do"
    )

    @property
    def severity(self) -> Severity | None:
        """Why it is listed before the others; None if it is not."""
        if self.loss:
            return Severity.LOSS
        if self.obstacle:
            return Severity.REFUSAL
        if self.action is Action.REPLACE and self.type in REVISIONS:
            return None
        is_severe = self.action in (Action.REPLACE, Action.REMOVE)
        return Severity.REPLACEMENT if is_severe else None


class ParameterChange(_Model):
    """A parameter whose value changes; ``****`` masks a secret value."""

    name: str
    old: str | None = Field(description="the deployed value; null if there is none")
    new: str | None = Field(
        description="null if it is no longer passed, or known only at deployment"
    )
    known_after: str | None = Field(
        default=None, description="the stack, or the hook, after which the new value is known"
    )


class StackPlan(_Model):
    """The changes of one stack."""

    name: str = Field(description="the stack's file without .yaml, relative to config/")
    external_name: str = Field(description="its name on AWS")
    kind: Kind
    resources: tuple[ResourceChange, ...] = ()
    parameters: tuple[ParameterChange, ...] = ()
    notes: tuple[str, ...] = ()
    error: str | None = Field(
        default=None, description="why it can't be planned, and what to do; one line"
    )


class Orphan(_Model):
    """A stack of the environment on AWS that is no longer in config. A launch leaves it."""

    name: str = Field(description="its name on AWS")
    status: str
    state: tuple[str, ...] = Field(description="its resources that hold state, and the state")
    remedy: str = Field(description="what to do, with the command that deletes it")


class Plan(_Model):
    """The changes of a launch."""

    target: str = Field(description="what was planned: an environment, or a stack")
    stacks: tuple[StackPlan, ...] = Field(description="in the order of a launch")
    orphans: tuple[Orphan, ...] = ()
    notes: tuple[str, ...] = ()
    bases: tuple[Basis, ...] = ()
    """The basis of each stack's plan, for a saved plan."""

    def those(self, *kinds: Kind) -> tuple[StackPlan, ...]:
        """Return the stacks of these kinds."""
        return tuple(one for one in self.stacks if one.kind in kinds)

    @property
    def changing(self) -> tuple[StackPlan, ...]:
        """The stacks that change, or may."""
        return self.those(Kind.NEW, Kind.CHANGED, Kind.MAY_CHANGE)

    def severe(self, severity: Severity) -> list[tuple[StackPlan, ResourceChange]]:
        """Return the resource changes of a severity, each with its stack."""
        return [
            (stack, one)
            for stack in self.stacks
            for one in stack.resources
            if one.severity is severity
        ]

    @property
    def exit(self) -> Exit:
        """The exit code."""
        if self.those(Kind.FAILED):
            return Exit.ERROR
        if self.severe(Severity.LOSS):
            return Exit.LOSES_STATE
        if any(one.certain for _, one in self.severe(Severity.REFUSAL)):
            return Exit.ERROR
        return Exit.CHANGES if self.changing else Exit.NO_CHANGE


class NotPlanned(NamedTuple):
    """A target that could not be planned."""

    target: str
    reason: str
    findings: tuple[str, ...] = ()
    """Of the offline check, if they are the reason."""
    exit: Exit = Exit.ERROR


PlanResult = Plan | NotPlanned


def worst_exit(results: Iterable[PlanResult]) -> Exit:
    """Return the exit code of several targets: of an error, else of a loss, else of a change."""
    codes = {one.exit for one in results}
    worst_first = (Exit.ERROR, Exit.LOSES_STATE, Exit.CHANGES)
    return next((code for code in worst_first if code in codes), Exit.NO_CHANGE)
