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
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sentry_oms.cloudformation.templates import Template
from tools.lint.report import AS_WRITTEN, Finding

ACCEPTED = "Sentry::Accepted"

Key = tuple[str, str]
"""An environment and a stack."""


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

    def applies_in(self, environment: str) -> bool:
        """Return whether it applies in an environment; as written only if it says so."""
        if self.environments:
            return environment in self.environments
        return environment != AS_WRITTEN

    def names(self, resource: str) -> bool:
        """Return whether it names a resource."""
        return any(fnmatchcase(resource, pattern) for pattern in self.resources)


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


def check(templates: Mapping[Key, Template], findings: Iterable[Finding]) -> Checked:
    """Sort the findings of all linters by whether an acceptance covers them."""
    acceptances = {key: read(template) for key, template in templates.items()}
    checked = Checked([], [], [])
    for finding in sorted(findings):
        is_accepted = any(
            finding.rule in one.rules
            and one.applies_in(finding.environment)
            and one.names(finding.resource)
            for one in acceptances[finding.environment, finding.stack]
        )
        (checked.accepted if is_accepted else checked.open).append(finding)
    used = {(one.environment, one.stack, one.resource, one.rule) for one in checked.accepted}
    for key, template in templates.items():
        checked.stale.extend(_unused(key, template, acceptances[key], used))
        checked.stale.extend(_elsewhere(key, acceptances))
    return checked._replace(stale=list(dict.fromkeys(checked.stale)))


def _unused(
    key: Key,
    template: Template,
    acceptances: Iterable[Acceptance],
    used: set[tuple[str, str, str, str]],
) -> Iterator[str]:
    """Yield the acceptances of a template that accept no finding."""
    sections = ("Parameters", "Outputs")
    others = [f"{name}.{key}" for name in sections for key in template.get(name, {})]
    for one in acceptances:
        if one.applies_in(key[0]):
            named = [part for part in (*template["Resources"], *others) if one.names(part)]
            for part in named or one.resources:
                for rule in one.rules:
                    if (*key, part, rule) not in used:
                        yield f"{'/'.join(key)} {part} accepts {rule}, which no linter finds"


def _elsewhere(key: Key, acceptances: Mapping[Key, list[Acceptance]]) -> Iterator[str]:
    """Yield the acceptances that name an environment without such a resource."""
    if key[0] == AS_WRITTEN:
        return
    for one in acceptances[key]:
        for environment in {*one.environments} - {AS_WRITTEN}:
            if one not in acceptances.get((environment, key[1]), []):
                what = f"{' '.join(one.resources)} accepts {' '.join(one.rules)}"
                yield f"{environment}/{key[1]} {what}, but does not exist"


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
