"""Drift as the summary and the run report have it; part of docs/schemas/run-report-1.json."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict, Field


class StackStatus(str, Enum):
    """Drift status of a stack."""

    AS_LAUNCHED = "as launched"
    DRIFTED = "drifted"
    NOT_KNOWN = "not known"
    """Some of it could not be checked."""
    LEFT_OUT = "left out"
    """It does not exist, and a launch skips it because of ``ignore`` or ``obsolete``."""


class ResourceStatus(str, Enum):
    """Status of a resource that is not as launched. The names are CloudFormation's."""

    MODIFIED = "modified"
    DELETED = "deleted"
    UNKNOWN = "not checked"
    """CloudFormation could not read it, for example because the caller lacks a permission."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Difference(_Model):
    """A property that differs from the template."""

    path: str = Field(description="a JSON pointer")
    expected: str = Field(description="**** if it may be secret")
    actual: str = Field(description="**** if it may be secret")
    meant: str | None = Field(description="why it counts as launched; null if it does not")


class ResourceDrift(_Model):
    """A resource that differs from the template, is deleted, or could not be checked."""

    logical_id: str
    type: str
    status: ResourceStatus
    differences: tuple[Difference, ...] = Field(description="of a modified resource")

    @property
    def is_meant(self) -> bool:
        """Whether every difference counts as launched."""
        return bool(self.differences) and all(one.meant for one in self.differences)


class StackDrift(_Model):
    """Drift of a stack."""

    status: StackStatus = Field(description="as launched also if every difference is meant")
    resources: tuple[ResourceDrift, ...] = Field(
        description="those that drifted, and those that could not be checked"
    )
    not_compared: int = Field(
        default=0, description="number of resources whose type drift detection does not support"
    )
