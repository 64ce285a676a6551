"""Suppressions: findings that config accepts beside their cause, with a reason.

In YAML, a comment on the reported line or right above it, and in a template the Metadata of
``sentry_oms.cloudformation.accepted``::

    # oms: accept OMS012 in dev, staging: The stack has no resource that can hang.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pydantic import ValidationError

from sentry_oms.cloudformation.accepted import (
    ACCEPTED,
    Acceptance,
    AcceptanceError,
    first_fault,
    read,
)
from sentry_oms.cloudformation.evaluate import NO_VALUE, UNKNOWN, Evaluator
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.source import Source
from sentry_oms.offline.stack_file import StackFile

COMMENT = re.compile(r"#\s*oms:\s*(.*)")
FORM = re.compile(
    r"accept\s+(?P<rules>OMS\d{3}(?:[\s,]+OMS\d{3})*)(?:\s+in\s+(?P<where>[\w\s,-]+))?:(?P<reason>.*)"
)
NEVER_SUPPRESSED = frozenset(f"OMS{number:03}" for number in (1, 2, 3, 4, 17, 18, 22, 30, 31, 32))
"""Codes whose finding means that config can't be read, and those about suppressions."""
EXAMPLE = "# oms: accept OMS012: Nothing in this stack can hang."


@dataclass(frozen=True)
class Suppression:
    """An accepted rule.

    Args:
        source: the file.
        line: the line of the suppression.
        code: the rule's.
        reason: why its finding is accepted.
        environments: where it applies; empty means in all.
        lines: the lines on which it accepts findings.
        parts: the resources, or other parts of a template, as shell patterns.
    """

    source: Source
    line: int
    code: str
    reason: str
    environments: tuple[str, ...] = ()
    lines: range = range(0)
    parts: tuple[str, ...] = ()

    def covers(self, code: str, file: str, line: int, field: str) -> bool:
        """Return whether it accepts a rule's finding."""
        if (code, file) != (self.code, self.source.file):
            return False
        section, key = (*field.split("."), "")[:2]
        part = key if section == "Resources" else ".".join(filter(None, (section, key))) or "-"
        return line in self.lines or any(fnmatchcase(part, pattern) for pattern in self.parts)

    def fault(self, message: str, remedy: str | None = None) -> Fault:
        """Return a fault of the suppression."""
        return Fault(self.source, self.code, message, remedy, line=self.line)


Read = Suppression | Fault
"""A suppression, or the fault of an invalid one."""


class Suppressions:
    """The valid suppressions of some environments, and which of them accepted a finding.

    Args:
        read: the suppressions of the project.
        environments: those of the checked stacks.
    """

    def __init__(self, read: Iterable[Read], environments: Collection[str]) -> None:
        self._used: set[Suppression] = set()
        self._all = [
            one
            for one in read
            if isinstance(one, Suppression)
            and one.code not in NEVER_SUPPRESSED
            and (not one.environments or {*environments} & {*one.environments})
        ]

    def reason(self, code: str, file: str, line: int, field: str) -> str | None:
        """Return why a rule's finding is accepted, or None if it is not."""
        covering = [one for one in self._all if one.covers(code, file, line, field)]
        self._used.update(covering)
        return covering[0].reason if covering else None

    @property
    def unused(self) -> tuple[Suppression, ...]:
        """Those that accepted no finding so far."""
        return tuple(one for one in self._all if one not in self._used)


def in_comments(source: Source) -> Iterator[Read]:
    """Yield the suppressions in the comments of a file."""
    lines = source.text.splitlines()
    for number, text in enumerate(lines, start=1):
        comment = COMMENT.search(text)
        if comment:
            last = number
            while last <= len(lines) and lines[last - 1].lstrip().startswith("#"):
                last += 1
            yield from _of_comment(source, comment[1].strip(), range(number, last + 1))


def _of_comment(source: Source, text: str, lines: range) -> Iterator[Read]:
    line = lines.start
    form = FORM.fullmatch(text)
    if form is None:
        yield Fault(source, "", f"'{text}' is not a suppression", f"write {EXAMPLE}", line=line)
        return
    rules, where = (re.findall(r"[\w-]+", form[part] or "") for part in ("rules", "where"))
    try:
        one = Acceptance.model_validate({"rules": rules, "in": where, "reason": form["reason"]})
    except ValidationError as invalid:
        yield Fault(source, "", f"{' '.join(rules)}: {first_fault(invalid)}", "", line=line)
        return
    for code in one.rules:
        yield Suppression(source, line, code, one.reason.strip(), one.environments, lines)


def in_metadata(file: StackFile, evaluator: Evaluator) -> Iterator[Read]:
    """Yield the suppressions of ``oms check`` in the Metadata of a stack's template."""
    source = file.template_source
    parts = {"": file.template or {}, **file.section("Resources")}
    reduced: dict[str, Any] = {key: _accepted(part, evaluator) for key, part in parts.items()}
    try:
        accepted = read({**reduced.pop(""), "Resources": reduced})
    except AcceptanceError as error:
        yield Fault(source, f"Metadata.{ACCEPTED}", str(error), "")
        return
    for one in accepted:
        for code in one.rules:
            if code.startswith("OMS"):
                line, where = source.line_of(code), one.environments
                yield Suppression(source, line, code, one.reason, where, parts=one.resources)


def _accepted(part: Any, evaluator: Evaluator) -> dict[str, Any]:
    """Return a part of a template with only the acceptances of the check's rules."""
    metadata = part.get("Metadata") if isinstance(part, dict) else None
    written = metadata.get(ACCEPTED) if isinstance(metadata, dict) else None
    said = {
        rules: evaluator.value(reason)
        for rules, reason in (written.items() if isinstance(written, dict) else ())
        if "OMS" in rules
    }
    known = {rules: one for rules, one in said.items() if one not in (NO_VALUE, UNKNOWN)}
    return {"Metadata": {ACCEPTED: known}}
