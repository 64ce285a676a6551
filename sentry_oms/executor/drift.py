"""What ``sceptre drift detect`` and ``sceptre drift show`` found, said and made an exit code.

Sceptre prints its answer and ends with 0 whatever drifted (``sceptre/cli/drift.py``). The answer
stays as it is, on standard output. What a person needs of it goes to standard error, and the exit
code says it to a program.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDrift.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

NONE, UNKNOWN, FOUND = 0, 1, 2
"""Exit codes: nothing drifted, it is not known of every stack, something drifted."""

_HIDDEN = "(not shown)"
_LONGEST = 100

ResourceDrift = Mapping[str, Any]
"""A member of ``StackResourceDrifts``."""


class Drift(NamedTuple):
    """What is known of a stack.

    Args:
        stack: its path, such as ``dev/sqs``.
        status: DRIFTED, IN_SYNC, NOT_CHECKED; or why it is not known, such as STACK_DOES_NOT_EXIST.
        resources: those that differ.
    """

    stack: str
    status: str
    resources: Sequence[ResourceDrift] = ()

    @property
    def code(self) -> int:
        """Of the exit codes above, the one for this stack alone."""
        if self.status == "DRIFTED":
            return FOUND
        return NONE if self.status in ("IN_SYNC", "NOT_CHECKED") else UNKNOWN


def exit_code(drifts: Iterable[Drift]) -> int:
    """What the command ends with: that something is not known goes before what drifted."""
    codes = {drift.code for drift in drifts}
    return next((code for code in (UNKNOWN, FOUND) if code in codes), NONE)


def lines(drifts: Sequence[Drift]) -> Iterator[str]:
    """What a person reads, a line each: what differs, what is not known, and what to do."""
    drifted = [drift for drift in drifts if drift.code == FOUND]
    for drift in drifted:
        for resource in drift.resources:
            for what in _differences(resource):
                key, kind = resource["LogicalResourceId"], resource["ResourceType"]
                yield f"drifted: {drift.stack}: {key} ({kind}) {what}"
    for drift in drifts:
        if drift.code == UNKNOWN:
            yield f"not known: {drift.stack}: {drift.status}"
    in_sync = sum(drift.code == NONE for drift in drifts)
    unknown = len(drifts) - len(drifted) - in_sync
    counts = ((len(drifted), "drifted"), (unknown, "not known"), (in_sync, "as launched"))
    yield "drift: " + ", ".join(f"{number} {word}" for number, word in counts if number)
    if drifted:
        yield (
            "A launch does not undo it: put it back by hand, or write it into the template or "
            "config and launch. docs/OPERATIONS.md has both."
        )


def _differences(resource: ResourceDrift) -> Iterator[str]:
    if resource["StackResourceDriftStatus"] == "DELETED":
        yield "is gone"
    for one in resource.get("PropertyDifferences", []):
        expected, actual = one.get("ExpectedValue", ""), one.get("ActualValue", "")
        if _is_secret(expected):
            expected = actual = _HIDDEN
        yield f"{one['PropertyPath']} is {_short(actual)}, launched as {_short(expected)}"


def _is_secret(expected: str) -> bool:
    """A dynamic reference, or what CloudFormation itself masks as NoEcho."""
    return "{{resolve:" in expected or "****" in expected


def _short(value: str) -> str:
    if value in ("", "null"):
        return "nothing"
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}..."
