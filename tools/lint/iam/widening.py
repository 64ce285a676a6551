"""What would be too much: each statement of each role with one part of it opened.

A table that all of these pass is worth nothing, so for each some row must fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from tools.lint.iam.policies import TRUST, Place, Role, changed, statements

Statement = Mapping[str, Any]

NOTHING = "sts:DecodeAuthorizationMessage"
"""An action that no row is about, so that a statement with it alone says nothing."""

Of = Callable[[Role], Iterator[tuple[Place, Statement]]]
"""What finds statements: a role's own, or those of its boundary."""

SUBJECT = "token.actions.githubusercontent.com:sub"
"""The claim of GitHub's token that names the repository, and the branch or the environment."""


class Widening(NamedTuple):
    """A role with one statement opened.

    Args:
        role: the table's name of it.
        sid: the statement.
        actions: its actions, as they stand.
        part: what of it is opened, such as ``resources to *``.
        touched: the actions that it may make a difference to.
        opened: the role as it would be then.
    """

    role: str
    sid: str
    actions: list[str]
    part: str
    touched: list[str]
    opened: Role

    @property
    def name(self) -> str:
        """As the table calls it; roles that have the same statement share it."""
        return f"{self.sid} {self.part}"


def widenings(name: str, role: Role, of: Of = statements) -> Iterator[Widening]:
    """Each way to open a statement of the role that is not open already.

    Args:
        name: the table's name of it.
        role: as it is deployed.
        of: which statements; its own, or those of its boundary.
    """
    for place, statement in of(role):
        actions = listed(statement["Action"])
        for part, opened in _opened(place, statement):
            touched = actions if statement["Effect"] == "Deny" else listed(opened["Action"])
            role_then = changed(role, place, opened)
            yield Widening(name, statement["Sid"], actions, part, touched, role_then)


def matches(call: str, actions: Iterable[str]) -> bool:
    """Whether an action is one of these, which may have wildcards, as IAM takes it."""
    return any(fnmatchcase(call.lower(), action.lower()) for action in actions)


def any_resource(role: Role, of: Of = statements) -> list[str]:
    """The statements whose resource is ``*`` as they stand."""
    return [
        statement["Sid"]
        for place, statement in of(role)
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
        yield "nothing denied", {**statement, "Action": NOTHING}
        return
    if place.policy == TRUST:
        yield "principal to *", {**statement, "Principal": "*"}
        yield from _wider_subjects(statement)
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


def _wider_subjects(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """A trust in GitHub with a star for the rest of the subject, wherever a hasty hand puts one."""
    subjects = listed(statement.get("Condition", {}).get("StringEquals", {}).get(SUBJECT, []))
    ends = [(one, end.end()) for one in subjects for end in re.finditer("[:/@]|$", one)]
    for pattern in dict.fromkeys(f"{subject[:end]}*" for subject, end in ends):
        narrow = _without(statement, "StringEquals", SUBJECT)
        condition = {**narrow.get("Condition", {}), "StringLike": {SUBJECT: pattern}}
        yield f"subject to {pattern}", {**narrow, "Condition": condition}


def _without(statement: Statement, operator: str, key: str) -> Statement:
    conditions = {
        name: {one: value for one, value in tests.items() if (name, one) != (operator, key)}
        for name, tests in statement["Condition"].items()
    }
    kept = {name: tests for name, tests in conditions.items() if tests}
    rest = {part: value for part, value in statement.items() if part != "Condition"}
    return {**rest, "Condition": kept} if kept else rest
