"""What a plan says: stacks, their resources and parameters, and what follows for the exit code.

These models are what ``--format json`` prints, so they are part of docs/schemas/plan-1.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from pydantic import BaseModel, ConfigDict, Field


class Action(str, Enum):
    """What becomes of a resource."""

    ADD = "add"
    MODIFY = "modify"
    REPLACE = "replace"
    REMOVE = "remove"


class Kind(str, Enum):
    """What becomes of a stack."""

    NEW = "new"
    """It does not exist yet."""
    CHANGED = "changed"
    MAY_CHANGE = "may change"
    """Only because of values that the launch learns from other stacks."""
    UNCHANGED = "unchanged"
    LEFT_OUT = "left out"
    """A launch passes it by: ``ignore`` or ``obsolete``."""
    FAILED = "failed"
    """It can't be planned; ``error`` says why."""


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
        default=None, description="what changes it, where that is not the template itself"
    )

    def __str__(self) -> str:
        return f"{self.property} ({self.why})" if self.why else self.property


class ResourceChange(_Model):
    """What becomes of one resource."""

    logical_id: str
    type: str
    physical_id: str | None = None
    action: Action
    certain: bool = Field(
        default=True, description="false: it depends on what only the launch will know"
    )
    causes: tuple[Cause, ...] = ()
    loss: str | None = Field(default=None, description="the state that is lost; null where none is")
    obstacle: str | None = Field(
        default=None, description="why CloudFormation will refuse it, and what to do"
    )


class ParameterChange(_Model):
    """A parameter whose value changes; ``****`` stands for what must not be shown."""

    name: str
    old: str | None = Field(description="as deployed; null where the stack has none")
    new: str | None = Field(
        description="null where it is no longer passed, or is not known before the launch"
    )
    known_after: str | None = Field(
        default=None, description="the stack, or the hook, after which the new value is known"
    )


class StackPlan(_Model):
    """What becomes of one stack."""

    name: str = Field(description="the stack's file without .yaml, relative to config/")
    external_name: str = Field(description="its name on AWS")
    kind: Kind
    resources: tuple[ResourceChange, ...] = ()
    parameters: tuple[ParameterChange, ...] = ()
    notes: tuple[str, ...] = ()
    error: str | None = Field(
        default=None, description="why it can't be planned, and what to do; one line"
    )

    @property
    def losses(self) -> tuple[ResourceChange, ...]:
        """The resources whose state is lost."""
        return tuple(one for one in self.resources if one.loss)

    @property
    def refusals(self) -> tuple[ResourceChange, ...]:
        """The other changes that CloudFormation refuses."""
        return tuple(one for one in self.resources if one.obstacle and not one.loss)

    @property
    def replacements(self) -> tuple[ResourceChange, ...]:
        """The other resources that are replaced or removed."""
        severe = (Action.REPLACE, Action.REMOVE)
        return tuple(
            one
            for one in self.resources
            if one.action in severe and not one.loss and not one.obstacle
        )


class Plan(_Model):
    """What a launch will do."""

    target: str = Field(description="what was planned: an environment, or a stack")
    stacks: tuple[StackPlan, ...] = Field(description="in the order of a launch")

    def those(self, *kinds: Kind) -> tuple[StackPlan, ...]:
        """The stacks of these kinds."""
        return tuple(one for one in self.stacks if one.kind in kinds)

    @property
    def changing(self) -> tuple[StackPlan, ...]:
        """The stacks of which there is something to say."""
        return self.those(Kind.NEW, Kind.CHANGED, Kind.MAY_CHANGE)

    @property
    def losses(self) -> Iterator[tuple[StackPlan, ResourceChange]]:
        """Every resource whose state is lost, with its stack."""
        return ((stack, one) for stack in self.stacks for one in stack.losses)

    @property
    def refusals(self) -> Iterator[tuple[StackPlan, ResourceChange]]:
        """Every other change that CloudFormation refuses, with its stack."""
        return ((stack, one) for stack in self.stacks for one in stack.refusals)

    @property
    def exit(self) -> Exit:
        """The exit code."""
        if self.those(Kind.FAILED):
            return Exit.ERROR
        if any(self.losses):
            return Exit.LOSES_STATE
        if any(one.certain for _, one in self.refusals):
            return Exit.ERROR
        return Exit.CHANGES if self.changing else Exit.NO_CHANGE
