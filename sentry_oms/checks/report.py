"""Formats of findings: text, JSON, and workflow commands of GitHub.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from sentry_oms.checks.finding import Finding


def text(findings: Sequence[Finding], environment: str, stacks: int, rules: int) -> Iterator[str]:
    """Yield a line for each finding, and a last line with their number."""
    yield from map(str, findings)
    count = len(findings)
    found = f"{count or 'no'} finding{'' if count == 1 else 's'}"
    yield f"{environment}: {stacks} stacks, {rules} rules, {found}"


def as_json(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the findings as a JSON list."""
    yield json.dumps([asdict(finding) for finding in findings], indent=2)


def github(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield a workflow command for each finding, which GitHub shows at its line of the diff."""
    for finding in findings:
        yield (
            f"::error file={_property(finding.file)},line={finding.line},"
            f"title={_property(finding.code)}::{_data(finding.text)}"
        )


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
