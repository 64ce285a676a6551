"""Some row of the IAM table detects a change of any statement; ``table.yaml`` lists exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentry_oms.names import ENVIRONMENTS
from tools.lint.iam.linter import NOTHING, Change, affected, opened, removed, undetected
from tools.lint.iam.policies import (
    Place,
    Statement,
    changed,
    listed,
    roles,
    statements,
)
from tools.lint.iam.table import BOUND, LISTED, ROLES, declared

SUBJECT = "token.actions.githubusercontent.com:sub"
"""The claim of GitHub's token with the repository, and the branch or the environment."""


def test_the_table_detects_a_change_of_any_statement() -> None:
    changes = [one for env in ENVIRONMENTS for one in (*openings(env), *removals(env))]
    assert len(changes) > 1000
    harmless = set(declared()["harmless"])
    found = undetected(changes)
    names = {one.what if one.what in harmless else f"{one.what}, {one.where}" for one in found}
    assert names == harmless


def openings(environment: str) -> Iterator[Change]:
    for name in (*LISTED, BOUND):
        role = roles(environment)[name]
        for place, statement in statements(role):
            for part, wider in wider_statements(place, statement):
                is_denial = statement["Effect"] == "Deny"
                actions = listed((statement if is_denial else wider)["Action"])
                yield opened(name, environment, place, wider, part, actions)


def wider_statements(place: Place, statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Open each part of a statement by itself."""
    if statement["Effect"] == "Deny":
        yield "not denied", {**statement, "Action": NOTHING}
        return
    if place.part == "trust":
        yield "principal to *", {**statement, "Principal": "*"}
        yield from wider_subjects(statement)
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
            yield f"without {key}", without(statement, operator, key)


def wider_subjects(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Trust a subject of GitHub's with a star after each of its parts."""
    subjects = listed(statement.get("Condition", {}).get("StringEquals", {}).get(SUBJECT, []))
    ends = [(one, end.end()) for one in subjects for end in re.finditer("[:/@]|$", one)]
    for pattern in dict.fromkeys(f"{subject[:end]}*" for subject, end in ends):
        narrow = without(statement, "StringEquals", SUBJECT)
        condition = {**narrow.get("Condition", {}), "StringLike": {SUBJECT: pattern}}
        yield f"subject to {pattern}", {**narrow, "Condition": condition}


def without(statement: Statement, operator: str, key: str) -> Statement:
    condition = {name: dict(tests) for name, tests in statement["Condition"].items()}
    del condition[operator][key]
    return {**statement, "Condition": {name: tests for name, tests in condition.items() if tests}}


def removals(environment: str) -> Iterator[Change]:
    by = roles(environment)
    for name in LISTED:
        for place, statement in statements(by[name]):
            if place.part != "trust" and statement["Effect"] == "Allow":
                yield removed(name, environment, place, statement)
    for place, statement in statements(by[BOUND]):
        # Detected by the roles within the boundary.
        cases = [
            case
            for name in ROLES
            for role in [changed(by[name], place, {**statement, "Action": NOTHING})]
            for case in affected(role, name, environment, listed(statement["Action"]), allowed=True)
        ]
        yield Change(f"{statement['Sid']} removed", f"{BOUND} in {environment}", cases)
