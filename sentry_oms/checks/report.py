"""Formats of findings: text, JSON, and workflow commands of GitHub.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from sentry_oms.checks.finding import Finding


def text(findings: Sequence[Finding], environment: str, stacks: int, rules: int) -> Iterator[str]:
    """Yield a line for each finding, accepted ones last, and a last line with their number."""
    accepted = [one for one in findings if one.accepted is not None]
    yield from (str(one) for one in findings if one.accepted is None)
    yield from (f"accepted: {one} (reason: {one.accepted})" for one in accepted)
    count = len(findings) - len(accepted)
    found = f"{count or 'no'} finding{'' if count == 1 else 's'}"
    others = f", {len(accepted)} accepted" if accepted else ""
    yield f"{environment}: {stacks} stacks, {rules} rules, {found}{others}"


def as_json(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the findings as a JSON list."""
    yield json.dumps([asdict(finding) for finding in findings], indent=2)


def github(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield a workflow command for each finding, which GitHub shows at its line of the diff."""
    for finding in findings:
        level = "error" if finding.accepted is None else "notice"
        reason = "" if finding.accepted is None else f" (accepted: {finding.accepted})"
        yield (
            f"::{level} file={_property(finding.file)},line={finding.line},"
            f"title={_property(finding.code)}::{_data(finding.text + reason)}"
        )


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
