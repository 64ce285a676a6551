"""What is found and meant so: each acceptance stands beside its resource, with its reason.

A resource's Metadata says ``"Sentry::Accepted": {"CT.S3.PR.2 CKV_AWS_18": "the reason"}``: rules of
any judge, several where they ask the same, and why the resource breaks them on purpose. Where that
is so in some environments only, the reason is ``{"in": ["dev"], "reason": "..."}``; where a switch
of config decides, it stands in an ``Fn::If`` with the template's own condition. A template's own
Metadata says it of many resources, with ``"resources": "*Queue"``, or of what is no resource, as
``Outputs.Name``.

Acceptances are exact. One that finds nothing to accept, in any environment and on any resource that
it names, is stale and fails: so what dev leaves out for its price can't go missing in prod unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sentry_oms.cloudformation.templates import Template
from tools.lint.report import AS_WRITTEN, Finding

ACCEPTED = "Sentry::Accepted"

LEAST_WORDS = 4
"""A reason of less says nothing."""


class AcceptanceError(Exception):
    """An acceptance says too little; one line for a person."""


class _Reason(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str
    environments: tuple[str, ...] = Field(default=(), alias="in")
    resources: str | tuple[str, ...] = ()


class Acceptance(NamedTuple):
    """Rules that resources of a stack break on purpose.

    Args:
        resources: patterns of logical IDs.
        rules: as their judges call them.
        environments: where; empty for all that there are.
        reason: why, for who reviews it.
    """

    resources: tuple[str, ...]
    rules: tuple[str, ...]
    environments: tuple[str, ...]
    reason: str

    def holds_in(self, environment: str) -> bool:
        """Whether it speaks of an environment; of the template as written only where it says so."""
        if self.environments:
            return environment in self.environments
        return environment != AS_WRITTEN

    def names(self, resource: str) -> bool:
        """Whether it speaks of a resource."""
        return any(fnmatchcase(resource, pattern) for pattern in self.resources)


class Verdict(NamedTuple):
    """What is left of the findings.

    Args:
        open: those that nobody accepts.
        accepted: those that somebody does.
        stale: a line for each acceptance that finds nothing to accept.
    """

    open: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    stale: tuple[str, ...]


def read(template: Template) -> list[Acceptance]:
    """The acceptances of a template.

    Raises:
        AcceptanceError: naming the resource and the rule.
    """
    whole = _acceptances("", template.get("Metadata", {}))
    return [
        *whole,
        *(
            acceptance
            for key, resource in template["Resources"].items()
            for acceptance in _acceptances(key, resource.get("Metadata", {}))
        ),
    ]


def judge(templates: Mapping[tuple[str, str], Template], findings: Iterable[Finding]) -> Verdict:
    """Tell what is accepted from what is not.

    Args:
        templates: by environment and stack, with their Metadata.
        findings: of all judges.
    """
    acceptances = {place: read(template) for place, template in templates.items()}
    left: list[Finding] = []
    accepted: list[Finding] = []
    for finding in sorted(findings):
        of_stack = acceptances[finding.environment, finding.stack]
        (accepted if any(_accepts(one, finding) for one in of_stack) else left).append(finding)
    found = {(one.environment, one.stack, one.resource, one.rule) for one in accepted}
    stale = [*_stale(templates, acceptances, found), *_nowhere(acceptances)]
    return Verdict(tuple(left), tuple(accepted), tuple(dict.fromkeys(stale)))


def _accepts(acceptance: Acceptance, finding: Finding) -> bool:
    return (
        finding.rule in acceptance.rules
        and acceptance.holds_in(finding.environment)
        and acceptance.names(finding.resource)
    )


def _stale(
    templates: Mapping[tuple[str, str], Template],
    acceptances: Mapping[tuple[str, str], list[Acceptance]],
    found: set[tuple[str, str, str, str]],
) -> Iterator[str]:
    for (environment, stack), of_stack in acceptances.items():
        parts = [*_parts(templates[environment, stack])]
        for acceptance in of_stack:
            if not acceptance.holds_in(environment):
                continue
            named = [part for part in parts if acceptance.names(part)]
            for rule in acceptance.rules:
                for part in named or acceptance.resources:
                    if (environment, stack, part, rule) not in found:
                        yield f"{environment}/{stack} {part} accepts {rule}, which nothing finds"


def _nowhere(acceptances: Mapping[tuple[str, str], list[Acceptance]]) -> Iterator[str]:
    """Acceptances that name an environment which has no such resource, or is none."""
    for (_, stack), of_stack in acceptances.items():
        for acceptance in of_stack:
            for environment in set(acceptance.environments) - {AS_WRITTEN}:
                elsewhere = acceptances.get((environment, stack))
                as_written = (AS_WRITTEN, stack) in acceptances
                if not as_written and acceptance not in (elsewhere or []):
                    what = f"{' '.join(acceptance.resources)} accepts {' '.join(acceptance.rules)}"
                    yield f"{environment}/{stack} {what}, and is not there"


def _parts(template: Template) -> Iterator[str]:
    """What an acceptance may speak of."""
    yield from template["Resources"]
    for section in ("Parameters", "Outputs"):
        for key in template.get(section, {}):
            yield f"{section}.{key}"


def _acceptances(resource: str, metadata: Mapping[str, Any]) -> list[Acceptance]:
    return [
        _acceptance(resource, rules, said)
        for rules, said in metadata.get(ACCEPTED, {}).items()
        # Of a template as written nothing is known that a condition decides.
        if not (isinstance(said, dict) and "Fn::If" in said)
    ]


def _acceptance(resource: str, rules: str, said: Any) -> Acceptance:
    label = f"{ACCEPTED} of {resource or 'the template'}, {rules}"
    try:
        reason = _Reason.model_validate({"reason": said} if isinstance(said, str) else said)
    except ValidationError as invalid:
        fault = invalid.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise AcceptanceError(f"{label}: {place}: {fault['msg']}") from None
    if len(reason.reason.split()) < LEAST_WORDS:
        raise AcceptanceError(f"{label}: say the reason in a sentence")
    patterns = (reason.resources,) if isinstance(reason.resources, str) else reason.resources
    if bool(resource) == bool(patterns):
        lacking = "stands beside its resource: no 'resources'" if resource else "needs 'resources'"
        raise AcceptanceError(f"{label}: {lacking}")
    return Acceptance(
        patterns or (resource,), tuple(rules.split()), reason.environments, reason.reason
    )
