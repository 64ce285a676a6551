"""What drifted, as the summary says it and as the report of a run has it.

These models are part of docs/schemas/run-report-1.json.
"""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict, Field


class StackStatus(str, Enum):
    """What a stack is of whose drift CloudFormation was asked."""

    AS_LAUNCHED = "as launched"
    DRIFTED = "drifted"
    NOT_KNOWN = "not known"
    """Not all of it could be checked."""
    LEFT_OUT = "left out"
    """It does not exist, and config says that a launch passes it by: ``ignore`` or ``obsolete``."""


class ResourceStatus(str, Enum):
    """Status of a resource that is not as launched. The names are CloudFormation's."""

    MODIFIED = "modified"
    DELETED = "deleted"
    UNKNOWN = "not checked"
    """CloudFormation could not read it, as where the caller lacks a permission."""


class Difference(BaseModel):
    """A property that is not as the template says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(description="as a JSON pointer")
    expected: str = Field(description="**** stands for what must not be shown")
    actual: str = Field(description="**** stands for what must not be shown")
    meant: str | None = Field(description="why it counts as launched; null: it does not")


class ResourceDrift(BaseModel):
    """A resource that is not as the template says, is gone, or could not be checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    logical_id: str
    type: str
    status: ResourceStatus
    differences: tuple[Difference, ...] = Field(description="only of what is modified")

    @property
    def is_meant(self) -> bool:
        """Whether all that differs is meant to."""
        return bool(self.differences) and all(one.meant for one in self.differences)


class StackDrift(BaseModel):
    """What was found of a stack."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: StackStatus = Field(description="as launched also where all that differs is meant to")
    resources: tuple[ResourceDrift, ...] = Field(
        description="those that drifted, and those that could not be checked"
    )
