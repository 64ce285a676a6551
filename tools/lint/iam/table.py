"""The table's rows, one call on one resource each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

GITHUB_ROLES = ("github-launch", "github-plan")
"""Those of the bootstrap stacks: one launches each environment, and one plans them all."""

LISTED = (*ROLES, *GITHUB_ROLES)
"""Whose statements are opened in turn."""

BOUND = "whatever is within the boundary"
"""Who may do everything, in a permissions boundary."""

ADMINISTRATOR = "an administrator"
STRANGER = "another account's administrator"

EACH = {"every role": LISTED, "every role of an environment": ROLES}
"""Whom a block can be about without naming them."""


@dataclass(frozen=True)
class Row:
    """A call that must be allowed, or refused.

    Args:
        role: who calls, as the table names it; with ``by``, who is assumed.
        allowed: what must come out.
        call: the action.
        on: the resource's short name.
        why: the reason.
        context: what the request carries.
        by: who assumes the role.
        environments: where it is so.
        forged: carries a key that AWS is not documented to send with the call.
    """

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
    """The table as it is written, both files of it in one."""
    parts = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in FILES]
    reasons = ("any_resource", "harmless", "not_asked")
    return {
        "blocks": [block for part in parts for block in part["blocks"]],
        **{
            key: {what: why for part in parts for what, why in part[key].items()} for key in reasons
        },
    }


@cache
def rows() -> tuple[Row, ...]:
    """Every row of the table, in its order."""
    return tuple(expand(declared()["blocks"]))


def expand(blocks: list[Mapping[str, Any]]) -> Iterator[Row]:
    """Every call on every resource, for every role that a block is about."""
    for block in blocks:
        each = block.get("each", [{}])
        if isinstance(each, str):
            each = [{"role": role} for role in EACH[each]]
        for words in each:
            for verdict in ("allowed", "refused"):
                for entry in block.get(verdict, []):
                    yield from _rows(block["role"], verdict == "allowed", entry, words)


def _rows(
    role: str, allowed: bool, entry: Mapping[str, Any], words: Mapping[str, str]
) -> Iterator[Row]:
    def filled(text: str) -> str:
        return text.format(**words)

    context = {key: filled(value) for key, value in entry.get("with", {}).items()}
    for on in entry["resources"]:
        for call in entry["calls"]:
            yield Row(
                filled(role),
                allowed,
                filled(call),
                filled(on),
                filled(entry["why"]),
                context,
                filled(entry.get("by", "")),
                tuple(filled(one) for one in entry.get("environments", ENVIRONMENTS)),
                entry.get("forged", False),
            )
