"""What would be too much: each statement of each role with one part of it opened.

A table that all of these pass is worth nothing, so for each some row must fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.judges.iam.policies import TRUST, Place, Role, changed, statements

Statement = Mapping[str, Any]

SUBJECT = "token.actions.githubusercontent.com:sub"
"""The claim of GitHub's token that names the repository, and the branch or the environment."""


class Widening(NamedTuple):
    """A role with one statement opened.

    Args:
        role: the table's name of it.
        sid: the statement.
        actions: its actions, as they stand.
        part: what of it is opened, such as ``resources to *``.
        opened: the role as it would be then.
    """

    role: str
    sid: str
    actions: list[str]
    part: str
    opened: Role

    def __str__(self) -> str:
        return f"{self.role}: {self.sid} with {self.part}"


def widenings(name: str, role: Role) -> Iterator[Widening]:
    """Each way to open a statement of the role that is not open already."""
    for place, statement in statements(role):
        for part, opened in _opened(place, statement):
            actions = listed(statement["Action"])
            yield Widening(name, statement["Sid"], actions, part, changed(role, place, opened))


def any_resource(role: Role) -> list[str]:
    """The statements whose resource is ``*`` as they stand."""
    return [
        statement["Sid"]
        for place, statement in statements(role)
        if place.policy != TRUST
        and statement["Effect"] == "Allow"
        and "*" in listed(statement["Resource"])
    ]


def listed(value: Any) -> list[str]:
    """Policies have one string or a list of them."""
    return [value] if isinstance(value, str) else list(value)


def _opened(place: Place, statement: Statement) -> Iterator[tuple[str, Statement]]:
    if statement["Effect"] == "Deny":
        # What it would be without it.
        yield "nothing denied", {**statement, "Action": "sts:DecodeAuthorizationMessage"}
        return
    if place.policy == TRUST:
        yield "principal to *", {**statement, "Principal": "*"}
        yield from _any_subject(statement)
    else:
        actions = listed(statement["Action"])
        services = list(dict.fromkeys(f"{action.partition(':')[0]}:*" for action in actions))
        if set(services) - set(actions):
            yield f"actions to {', '.join(services)}", {**statement, "Action": services}
        if "*" not in actions:
            yield "actions to *", {**statement, "Action": "*"}
        if "*" not in listed(statement["Resource"]):
            yield "resources to *", {**statement, "Resource": "*"}
    for operator, tests in statement.get("Condition", {}).items():
        for key in tests:
            yield f"no {key}", _without(statement, operator, key)


def _any_subject(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """A trust in GitHub that takes every job of the repository."""
    tests = statement.get("Condition", {}).get("StringEquals", {})
    if SUBJECT in tests:
        repository = ":".join(listed(tests[SUBJECT])[0].split(":")[:2])
        narrow = _without(statement, "StringEquals", SUBJECT)
        condition = {**narrow["Condition"], "StringLike": {SUBJECT: f"{repository}:*"}}
        yield f"subject to {repository}:*", {**narrow, "Condition": condition}


def _without(statement: Statement, operator: str, key: str) -> Statement:
    conditions = {
        name: {one: value for one, value in tests.items() if (name, one) != (operator, key)}
        for name, tests in statement["Condition"].items()
    }
    kept = {name: tests for name, tests in conditions.items() if tests}
    rest = {part: value for part, value in statement.items() if part != "Condition"}
    return {**rest, "Condition": kept} if kept else rest
