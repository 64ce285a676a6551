"""The rules of the check, and their registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from sentry_oms.checks.finding import Finding
from sentry_oms.cloudformation.evaluate import MALFORMED
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project

Find = Callable[[Project], Iterator[Fault]]
"""Yields each fault of a project."""


class Phase(IntEnum):
    """When a rule runs. A stack with a finding is left out of the later phases.

    So one mistake is reported once, where it was made, and not again wherever it leads.
    """

    SETTINGS = 0
    """config.yaml is valid. After a finding no other rule runs, because all depends on it."""
    FILES = 1
    """The environment's files can be read."""
    READING = 2
    """Settings and templates can be read."""
    STACK = 3
    """A stack's own settings, tags, parameters, names and sizes are valid."""
    BETWEEN = 4
    """Stacks fit together."""
    WIRING = 5
    """Resources of the whole environment fit together."""
    SUPPRESSIONS = 6
    """Suppressions accept a finding; runs if nothing else is found."""

    @property
    def needs_environment(self) -> bool:
        """Whether its rules need the whole environment, and so run in ``oms check`` only."""
        return self in (Phase.FILES, Phase.WIRING, Phase.SUPPRESSIONS)


@dataclass(frozen=True)
class Rule:
    """One rule of the check.

    Args:
        code: stable, such as OMS043; never given to another rule.
        title: what must be true, in a few words.
        cause: how the mistake happens, and what it would lead to.
        remedy: what to do, in a few words that can end a line.
        phase: when it runs.
        find: yields each fault.
        house: a rule of this project, which AWS and Sceptre would not enforce. It runs only with
            ``house_rules: true`` in config/config.yaml.
    """

    code: str
    title: str
    cause: str
    remedy: str
    phase: Phase
    find: Find
    house: bool = False

    def findings(self, project: Project) -> Iterator[Finding]:
        """Yield each fault as a finding, and one if the rule meets a value of another type."""
        try:
            yield from map(self._finding, self.find(project))
        except MALFORMED as error:
            message = f"could not run, because a value in a template has another type ({error})"
            yield Finding("templates", 1, self.code, "", message, "cfn-lint names the value")

    def _finding(self, fault: Fault) -> Finding:
        return Finding(
            file=fault.source.file,
            line=fault.line or fault.source.line(fault.field),
            code=self.code,
            field=fault.field,
            message=fault.message,
            remedy=self.remedy if fault.remedy is None else fault.remedy,
            stack=fault.stack,
        )


RETIRED = frozenset({"OMS050", *(f"OMS{number:03}" for number in range(60, 77))})
"""Codes of removed rules, which are not used again: cfn-lint finds what they found."""

REGISTRY: dict[str, Rule] = {}
"""Every rule by its code. A rule registers itself when its module is imported."""


def rule(
    code: str,
    *,
    cause: str,
    remedy: str,
    phase: Phase = Phase.STACK,
    house: bool = False,
) -> Callable[[Find], Find]:
    """Register the decorated function as a rule. The first line of its docstring is the title."""

    def register(find: Find) -> Find:
        if code in REGISTRY or code in RETIRED:
            raise ValueError(f"{code} is the code of another rule")
        title = (find.__doc__ or "").partition("\n")[0].rstrip(".")
        REGISTRY[code] = Rule(
            code, title, cause, remedy, phase, find, house or phase is Phase.WIRING
        )
        return find

    return register
