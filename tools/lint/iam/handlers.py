"""What CloudFormation's resource handlers call, and which of it GitHub's roles may not.

CloudFormation works with the session of the caller, so a launch needs what the handlers of its
resource types call, and drift detection what their read handlers call. ``handlers.json`` has it as
AWS publishes it: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
What serves only features that no template uses stands in ``handlers_left_out.yaml``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sentry_oms.names import BOOTSTRAP, ENVIRONMENTS
from tools.lint.deployed import deployed
from tools.lint.iam.policies import Role
from tools.lint.iam.widening import listed, matches

HERE = Path(__file__).parent
WRITE = ("create", "read", "update", "delete")
READ = ("read",)


class Call(NamedTuple):
    """An action that a handler of a resource type calls."""

    type: str
    handler: str
    action: str

    def __str__(self) -> str:
        return f"{self.type}: its {self.handler} handler calls {self.action}"


class LeftOut(NamedTuple):
    """Actions of a resource type that a role need not be allowed, and why."""

    type: str
    action: str
    feature: str

    def __str__(self) -> str:
        return f"{self.type}: {self.action} is left out"


@cache
def published() -> Mapping[str, Any]:
    """The published schemas, by resource type."""
    return dict(json.loads((HERE / "handlers.json").read_text(encoding="utf-8"))["types"])


@cache
def left_out(role: str) -> tuple[LeftOut, ...]:
    """What a role is not allowed, an entry for each action or pattern of actions."""
    written = yaml.safe_load((HERE / "handlers_left_out.yaml").read_text(encoding="utf-8"))
    return tuple(
        LeftOut(type_, action, entry["feature"])
        for type_, entries in written[role].items()
        for entry in entries
        for action in entry["actions"]
    )


def used(group: str) -> set[str]:
    """The resource types in the templates of an environment, or of bootstrap."""
    return {
        resource["Type"]
        for template in deployed(group).values()
        for resource in template["Resources"].values()
    }


def launched() -> set[str]:
    """The types that a launch makes: all that are published, but those of bootstrap alone."""
    in_environments = {type_ for environment in ENVIRONMENTS for type_ in used(environment)}
    return published().keys() - (used(BOOTSTRAP) - in_environments)


def calls(types: Iterable[str], handlers: Sequence[str]) -> Iterator[Call]:
    """Each call of these handlers, type by type."""
    for type_ in sorted(types):
        for handler in handlers:
            of_handler = published()[type_]["handlers"].get(handler, {})
            for action in dict.fromkeys(of_handler.get("permissions", [])):
                yield Call(type_, handler, action)


def may_call(role: Role, action: str) -> bool:
    """Whether a role's policies allow an action on anything.

    Whether they allow it on the right resources is for the IAM table.
    """
    statements = [
        one
        for policy in role.identity
        for one in policy["Statement"]
        if matches(action, listed(one["Action"]))
    ]
    return any(one["Effect"] == "Allow" for one in statements) and not any(
        # A denial under a condition, or of some resources, leaves others.
        one["Effect"] == "Deny" and one["Resource"] == "*" and "Condition" not in one
        for one in statements
    )


def problems(role: Role, needed: Iterable[Call], entries: Iterable[LeftOut]) -> Iterator[str]:
    """Calls that the role may not make and no entry leaves out, and entries that leave out nothing.

    Args:
        role: with its policies.
        needed: what handlers call.
        entries: what the role need not be allowed.
    """
    entries, stale = list(entries), set(entries)
    for call in needed:
        matching = {one for one in entries if _covers(one, call)}
        if may_call(role, call.action):
            for entry in matching:
                yield f"{entry}, and {role.name} may call {call.action}"
        else:
            stale -= matching
            if not matching:
                yield f"{call}, and {role.name} may not"
    yield from (f"{entry}, and nothing refused matches it" for entry in entries if entry in stale)


def _covers(entry: LeftOut, call: Call) -> bool:
    return entry.type == call.type and matches(call.action, [entry.action])
