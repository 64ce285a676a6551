"""The findings of a linter, and the line that ``make lint`` prints about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

AS_WRITTEN = "template"
"""Instead of an environment: the template as it is written, with its conditions."""


class LinterError(Exception):
    """A linter is not installed or failed; one line for a person."""


class Place(NamedTuple):
    """A resource and a rule that it breaks.

    Args:
        environment: dev, staging, prod or bootstrap; ``template`` for a template as written.
        stack: the stack without its environment; for a template as written, the template's name.
        resource: its logical ID, or ``Outputs.Name`` for another part of the template.
        rule: its ID.
    """

    environment: str
    stack: str
    resource: str
    rule: str


class Finding(NamedTuple):
    """A place, and what the rule asks in the linter's words."""

    place: Place
    message: str

    def __str__(self) -> str:
        environment, stack, resource, rule = self.place
        return f"{environment}/{stack} {resource} {rule}: {self.message}"


class Findings(NamedTuple):
    """The result of one run of a linter: the number of its rules, and its findings."""

    rules: int
    findings: Sequence[Finding]


class Report(NamedTuple):
    """A linter's line in the table.

    Args:
        name: the linter's, with its version if it has one.
        rules: how many it ran.
        findings: a line for each.
        accepted: how many findings are accepted.
        templates: how many it was given; None if it reads whole environments.
    """

    name: str
    rules: int
    findings: Sequence[str]
    accepted: int = 0
    templates: int | None = None

    def __str__(self) -> str:
        templates = "" if self.templates is None else f"{self.templates} templates, "
        return (
            f"{self.name}: {self.rules} rules, {templates}{len(self.findings)} findings, "
            f"{self.accepted} accepted"
        )


def show(reports: Sequence[Report]) -> int:
    """Print every finding, then a line for each linter; return 1 if there is a finding."""
    findings = [finding for report in reports for finding in report.findings]
    print(*findings, *reports, sep="\n")
    return 1 if findings else 0


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])
