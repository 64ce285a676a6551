"""What a judge finds, and what it says that it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

AS_WRITTEN = "template"
"""In place of an environment: the template as it is written, with its conditions."""


@dataclass(frozen=True, order=True)
class Finding:
    """One resource that breaks one rule in one environment.

    Args:
        environment: dev, staging, prod, or ``template`` for the template as it is written.
        stack: the stack without its environment; of a template as written, the template's name.
        resource: its logical ID, or ``Outputs.Name`` for what is no resource.
        rule: as its judge calls it.
        message: what the rule asks, as its judge words it.
    """

    environment: str
    stack: str
    resource: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.environment}/{self.stack} {self.resource} {self.rule}: {self.message}"


class Judgement(NamedTuple):
    """What came of one run of a judge.

    Args:
        rules: how many rules it ran.
        findings: one for each resource, rule and environment.
    """

    rules: int
    findings: Sequence[Finding]


class JudgeError(Exception):
    """A judge did not do its work, so that its silence means nothing; one line for a person."""
