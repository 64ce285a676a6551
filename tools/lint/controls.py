"""Whether each judge can fail: templates that are bad on purpose are given to it.

A template of ``bad/`` says in its Metadata what each judge must find in it, and in which
environments: there it must, and in the others it must not. Faults that only prod has are made by
conditions and mappings, so that folding is under test as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sentry_oms.cloudformation.evaluate import UNKNOWN, Evaluator
from sentry_oms.cloudformation.folding import fold
from sentry_oms.cloudformation.templates import Template
from sentry_oms.names import ENVIRONMENTS
from tools.lint.paths import ROOT
from tools.lint.report import Finding
from tools.lint.written import Judged

BAD = ROOT / "tools/lint/bad"
FAULTS = "Sentry::Faults"


class Fault(NamedTuple):
    """What a judge must find in a bad template, in these environments and in no other."""

    judge: str
    stack: str
    resource: str
    rule: str
    environments: tuple[str, ...]


def bad_templates() -> Mapping[str, Template]:
    """Each bad template by its name."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(BAD.glob("*.json"))}


def folded() -> Judged:
    """Each of them as each environment would get it."""
    return {
        (environment, name): _fold(template, environment)
        for name, template in bad_templates().items()
        for environment in ENVIRONMENTS
    }


def faults() -> list[Fault]:
    """What they say is wrong with them."""
    return [
        Fault(judge, name, one["resource"], one["rule"], tuple(one["in"]))
        for name, template in bad_templates().items()
        for judge, found in template["Metadata"][FAULTS].items()
        for one in found
    ]


def unproven(judge: str, findings: Iterable[Finding]) -> Iterator[str]:
    """A line for each fault that a judge passed, or found where it is not.

    Args:
        judge: its name.
        findings: its own, of the bad templates.
    """
    found = list(findings)
    own = [fault for fault in faults() if fault.judge == judge]
    if not own:
        yield f"tools/lint/bad has no fault for {judge}"
    for fault in own:
        there = {
            one.environment
            for one in found
            if (one.stack, one.resource, one.rule) == (fault.stack, fault.resource, fault.rule)
        }
        if there != set(fault.environments):
            yield (
                f"{judge} finds {fault.rule} on {fault.resource} of bad/{fault.stack}.json in "
                f"{', '.join(sorted(there)) or 'no environment'}, and must in "
                f"{', '.join(fault.environments)}"
            )


def _fold(template: Template, environment: str) -> Template:
    known = {"Environment": environment}
    return fold(template, Evaluator(template, lambda name: known.get(name, UNKNOWN)))
