"""The rows of the table: one call on one resource each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sentry_oms.names import ENVIRONMENTS

FILES = tuple(Path(__file__).parent / name for name in ("table.yaml", "github.yaml"))

PIPELINES = ("frontend", "oms", "websocket")

ROLES = (
    "gateway-task",
    "oms-task",
    "gateway-execution",
    "oms-execution",
    *(f"build-{name}" for name in PIPELINES),
    *(f"pipeline-{name}" for name in PIPELINES),
)
"""The roles of an environment's stacks."""

GITHUB_ROLES = ("github-launch", "github-plan")
LISTED = (*ROLES, *GITHUB_ROLES)

BOUND = "whatever is within the boundary"
"""A role with every permission that the permissions boundary leaves."""

ADMINISTRATOR = "an administrator"
STRANGER = "another account's administrator"

EACH = {"every role": LISTED, "every role of an environment": ROLES}
"""Names that ``each`` of a block accepts instead of a list."""


@dataclass(frozen=True)
class Row:
    """A call that must be allowed, or refused; the head of ``table.yaml`` explains the fields."""

    role: str
    allowed: bool
    call: str
    on: str
    why: str
    context: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    environments: tuple[str, ...] = ENVIRONMENTS
    forged: bool = False

    def __str__(self) -> str:
        verb = "may" if self.allowed else "may not"
        context = ", ".join(f"{key} {value}" for key, value in self.context.items())
        return (
            f"{self.role} {verb} {self.call} on {self.on}"
            + (f" by {self.by}" if self.by else "")
            + (f" with {context}" if context else "")
        )


@cache
def declared() -> Mapping[str, Any]:
    """Return the table as it is written, both files in one."""
    table, github = (yaml.safe_load(file.read_text()) for file in FILES)
    exceptions = ("any_resource", "harmless", "not_asked")
    return {
        "blocks": [*table["blocks"], *github["blocks"]],
        **{key: {**table[key], **github[key]} for key in exceptions},
    }


@cache
def rows() -> tuple[Row, ...]:
    """Return every row of the table, in its order."""
    return tuple(expand(declared()["blocks"]))


def expand(blocks: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield every call on every resource, for every role of a block."""
    for block in blocks:
        each = block.get("each", [{}])
        if isinstance(each, str):
            each = [{"role": role} for role in EACH[each]]
        for words in each:
            for verdict in ("allowed", "refused"):
                for entry in block.get(verdict, []):
                    filled = _filled({"role": block["role"], **entry}, words)
                    yield from _rows(filled, verdict == "allowed")


def _rows(entry: Mapping[str, Any], allowed: bool) -> Iterator[Row]:
    for on in entry["resources"]:
        for call in entry["calls"]:
            yield Row(
                entry["role"],
                allowed,
                call,
                on,
                entry["why"],
                entry.get("with", {}),
                entry.get("by", ""),
                tuple(entry.get("environments", ENVIRONMENTS)),
                entry.get("forged", False),
            )


def _filled(part: Any, words: Mapping[str, str]) -> Any:
    """Return a part of a block with the words of ``each`` in its texts."""
    if isinstance(part, str):
        return part.format(**words)
    if isinstance(part, dict):
        return {key: _filled(value, words) for key, value in part.items()}
    return [_filled(one, words) for one in part] if isinstance(part, list) else part
