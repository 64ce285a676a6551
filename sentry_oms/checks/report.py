"""How findings are printed: for a person, for a program, and for GitHub's log.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sentry_oms.checks.finding import Finding


def text(findings: Sequence[Finding], environment: str, stacks: int, rules: int) -> Iterator[str]:
    """A line each, and one that says how many there are."""
    yield from map(str, findings)
    count = len(findings)
    found = f"{count or 'no'} finding{'' if count == 1 else 's'}"
    yield f"{environment}: {stacks} stacks, {rules} rules, {found}"


def as_json(findings: Sequence[Finding]) -> Iterator[str]:
    """A list of findings."""
    yield json.dumps([finding.as_dict() for finding in findings], indent=2)


def github(findings: Sequence[Finding]) -> Iterator[str]:
    """A workflow command each, which GitHub shows at its line of the change."""
    for finding in findings:
        yield (
            f"::error file={_property(finding.file)},line={finding.line},"
            f"title={_property(finding.code)}::{_data(finding.text)}"
        )


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
