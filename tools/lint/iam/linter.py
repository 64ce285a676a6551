"""The IAM table, checked by the simulator with the policies that are deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sentry_oms.names import ENVIRONMENTS
from tools.lint.deployed import GROUPS
from tools.lint.iam.policies import (
    Place,
    Role,
    Statement,
    changed,
    listed,
    matches,
    roles,
    statements,
    unlisted,
)
from tools.lint.iam.simulator import Case, cases, simulated, version
from tools.lint.iam.table import BOUND, LISTED, declared, rows
from tools.lint.report import Report

NOTHING = "sts:DecodeAuthorizationMessage"
"""An action of no row, so a statement with it alone does nothing."""

PLANTED_IN = "prod"


class Change(NamedTuple):
    """A change of a statement that some row should detect.

    Args:
        what: the statement and the change, such as ``UseQueues actions to *``.
        where: the role and the environment.
        cases: the rows that could detect it, with the changed role.
    """

    what: str
    where: str
    cases: list[Case]


def lint() -> Report:
    """Check every row in every environment, and that planted changes are detected.

    Raises:
        LinterError: the simulator is not installed.
    """
    results = simulated([case for env in ENVIRONMENTS for case in as_deployed(env)])
    findings = [line for group in GROUPS for line in unlisted(group)]
    findings += [str(result) for result in results if result.deviates]
    findings += [f"no row detects {one.what}, {one.where}" for one in undetected([*planted()])]
    accepted = len(declared()["any_resource"]) + len(declared()["harmless"])
    return Report(f"iam-simulate {version()}", len(rows()), findings, accepted)


def as_deployed(environment: str) -> Iterator[Case]:
    """Yield every row that applies in an environment, with the roles as they are deployed."""
    for row in rows():
        yield from cases([row], environment, roles(environment)[row.role])


def planted() -> Iterator[Change]:
    """Yield two changes of each role: its first statement allows everything, and nothing."""
    for name in (*LISTED, BOUND):
        role = roles(PLANTED_IN)[name]
        place, statement = next(statements(role))
        everything = {"Sid": statement["Sid"], "Effect": "Allow", "Action": "*", "Resource": "*"}
        yield opened(name, PLANTED_IN, place, everything, "to *", ["*"])
        yield removed(name, PLANTED_IN, place, statement)


def opened(
    name: str, environment: str, place: Place, wider: Statement, part: str, actions: Iterable[str]
) -> Change:
    """Return the change to a wider statement; a refused call of one of these actions shows it."""
    role = changed(roles(environment)[name], place, wider)
    # Without the boundary, which would hide that the role's own policies allow too much.
    role = role if name == BOUND else role._replace(boundary=None)
    cases = affected(role, name, environment, actions, allowed=False)
    return Change(f"{wider['Sid']} {part}", f"{name} in {environment}", cases)


def removed(name: str, environment: str, place: Place, statement: Statement) -> Change:
    """Return the change that removes a statement; a call that it allows shows it."""
    role = changed(roles(environment)[name], place, {**statement, "Action": NOTHING})
    cases = affected(role, name, environment, listed(statement["Action"]), allowed=True)
    return Change(f"{statement['Sid']} removed", f"{name} in {environment}", cases)


def affected(
    role: Role, name: str, environment: str, actions: Iterable[str], *, allowed: bool
) -> list[Case]:
    """Return the allowed or the refused calls of these actions, with a changed role."""
    own = [row for row in rows() if row.role == name and row.allowed == allowed]
    return [*cases([row for row in own if matches(row.call, actions)], environment, role)]


def undetected(changes: Sequence[Change]) -> list[Change]:
    """Return the changes after which every row has its expected result."""
    results = iter(simulated([case for change in changes for case in change.cases]))
    found = [(change, list(islice(results, len(change.cases)))) for change in changes]
    return [
        change
        for change, some in found
        if all(result.is_allowed == result.case.row.allowed for result in some)
    ]
