"""What would be too little: each statement of each role, and of each boundary, taken away.

A statement that nothing misses gives what no row asks for, or what another gives as well. And what
misses one of a boundary shows that rows are judged within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tools.lint.iam.policies import TRUST, Role, changed, limits, statements
from tools.lint.iam.simulator import Case, cases
from tools.lint.iam.table import BOUND, LISTED, ROLES, rows
from tools.lint.iam.widening import NOTHING, listed, matches


class Narrowing(NamedTuple):
    """A statement taken away.

    Args:
        role: whose it is, as the table names it.
        sid: the statement.
        cases: the calls that could miss it.
    """

    role: str
    sid: str
    cases: list[Case]

    @property
    def name(self) -> str:
        """As the table calls it."""
        return f"{self.sid} taken away"


def narrowings(by: Mapping[str, Role], environment: str) -> Iterator[Narrowing]:
    """Every statement of an environment's roles that permits, and every one of its boundary."""
    for name in LISTED:
        for place, statement in statements(by[name]):
            if place.policy != TRUST and statement["Effect"] == "Allow":
                role = changed(by[name], place, {**statement, "Action": NOTHING})
                missing = _missing(name, role, listed(statement["Action"]), environment)
                yield Narrowing(name, statement["Sid"], missing)
    for place, statement in limits(by[BOUND]):
        actions = listed(statement["Action"])
        missing = []
        for name in ROLES:
            role = changed(by[name], place, {**statement, "Action": NOTHING})
            missing += _missing(name, role, actions, environment)
        yield Narrowing(BOUND, statement["Sid"], missing)


def _missing(name: str, role: Role, actions: list[str], environment: str) -> list[Case]:
    own = [
        row
        for row in rows()
        if row.role == name and row.allowed and not row.by and matches(row.call, actions)
    ]
    return list(cases(own, environment, role))
