"""Findings that are accepted, with a reason beside the resource.

A resource's Metadata has ``"Sentry::Accepted": {"CT.S3.PR.2 OMS052": "the reason"}``: rules of
``oms check`` or of any linter, and why the resource breaks them on purpose. For some environments
only, the reason is ``{"in": ["dev"], "reason": "..."}``. If a parameter decides, it is an
``Fn::If`` with the template's condition. A template's own Metadata may accept for many resources
with ``"resources": "*Queue"``, or for other parts, such as ``Outputs.Name``.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sentry_oms.cloudformation.templates import Template

ACCEPTED = "Sentry::Accepted"


class AcceptanceError(Exception):
    """An acceptance is invalid; one line for a person."""


class Acceptance(BaseModel):
    """Rules that are broken on purpose, in these environments; empty means all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[str, ...]
    environments: tuple[str, ...] = Field(default=(), alias="in")
    reason: str

    @field_validator("reason")
    @classmethod
    def _is_a_sentence(cls, value: str) -> str:
        if len(value.split()) < 4:
            raise ValueError("write the reason as a sentence")
        return value


class ResourceAcceptance(Acceptance):
    """Rules that resources of a template break on purpose."""

    resources: tuple[str, ...] = Field(min_length=1)

    @field_validator("resources", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


def read(template: Template) -> list[ResourceAcceptance]:
    """Return the acceptances of a template.

    Raises:
        AcceptanceError: one of them is invalid.
    """
    parts = {"": template, **template["Resources"]}
    return [
        _acceptance(key, rules, said)
        for key, part in parts.items()
        for rules, said in part.get("Metadata", {}).get(ACCEPTED, {}).items()
        # In a template as written, conditions are unknown.
        if not (isinstance(said, dict) and "Fn::If" in said)
    ]


def _acceptance(resource: str, rules: str, said: Any) -> ResourceAcceptance:
    given = {"reason": said} if isinstance(said, str) else said
    label = f"{ACCEPTED} of {resource or 'the template'}, {rules}"
    if resource and "resources" in given:
        raise AcceptanceError(f"{label}: resources: remove it; the acceptance is of this resource")
    resources = {"resources": resource} if resource else {"resources": (), **given}
    try:
        return ResourceAcceptance.model_validate({**given, **resources, "rules": rules.split()})
    except ValidationError as invalid:
        raise AcceptanceError(f"{label}: {first_fault(invalid)}") from None


def first_fault(invalid: ValidationError) -> str:
    """Return field and message of the first fault of a model."""
    fault = invalid.errors()[0]
    message = fault["msg"].removeprefix("Value error, ")
    return f"{'.'.join(map(str, fault['loc']))}: {message}"
