"""Findings that are accepted, with a reason beside the resource.

A resource's Metadata has ``"Sentry::Accepted": {"CT.S3.PR.2 CKV_AWS_18": "the reason"}``: rules of
any linter, and why the resource breaks them on purpose. For some environments only, the reason is
``{"in": ["dev"], "reason": "..."}``. If a parameter decides, it is an ``Fn::If`` with the
template's condition. A template's own Metadata may accept for many resources with
``"resources": "*Queue"``, or for other parts, such as ``Outputs.Name``.

An acceptance must accept a finding for each of its rules, resources and environments. Otherwise it
is stale, which is an error: so an acceptance meant for dev can't hide a finding in prod.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import filter as matching
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sentry_oms.cloudformation.templates import Template
from tools.lint.report import AS_WRITTEN, Finding, Place

ACCEPTED = "Sentry::Accepted"


class AcceptanceError(Exception):
    """An acceptance is invalid; one line for a person."""


class Acceptance(BaseModel):
    """Rules that resources break on purpose, in these environments; empty means all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[str, ...]
    resources: tuple[str, ...] = Field(min_length=1)
    environments: tuple[str, ...] = Field(default=(), alias="in")
    reason: str

    @field_validator("resources", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("reason")
    @classmethod
    def _is_a_sentence(cls, value: str) -> str:
        if len(value.split()) < 4:
            raise ValueError("write the reason as a sentence")
        return value

    def where(self, environment: str) -> list[str]:
        """Return where it applies if the template of an environment, or as written, has it."""
        if environment == AS_WRITTEN:
            return [AS_WRITTEN] if AS_WRITTEN in self.environments else []
        return [one for one in self.environments or (environment,) if one != AS_WRITTEN]


class Checked(NamedTuple):
    """Findings to report, accepted findings, and a line for each stale acceptance."""

    open: list[Finding]
    accepted: list[Finding]
    stale: list[str]


def read(template: Template) -> list[Acceptance]:
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
        for pattern in one.resources:
            for part in matching(parts, pattern) or [pattern]:
                for where in one.where(environment):
                    yield from (Place(where, stack, part, rule) for rule in one.rules)


def _acceptance(resource: str, rules: str, said: Any) -> Acceptance:
    given = {"reason": said} if isinstance(said, str) else said
    label = f"{ACCEPTED} of {resource or 'the template'}, {rules}"
    if resource and "resources" in given:
        raise AcceptanceError(f"{label}: resources: remove it; the acceptance is of this resource")
    resources = {"resources": resource} if resource else {"resources": (), **given}
    try:
        return Acceptance.model_validate({**given, **resources, "rules": rules.split()})
    except ValidationError as invalid:
        fault = invalid.errors()[0]
        message = fault["msg"].removeprefix("Value error, ")
        raise AcceptanceError(f"{label}: {'.'.join(map(str, fault['loc']))}: {message}") from None
