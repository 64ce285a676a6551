"""docs/IAM.md, rendered from the table; and what docs/SECURITY.md says of it.

``make generated`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from sentry_oms.names import ENVIRONMENTS
from tools.lint.iam.policies import limits, roles, statements
from tools.lint.iam.table import (
    ADMINISTRATOR,
    BOUND,
    LISTED,
    ROLES,
    STRANGER,
    Row,
    declared,
    rows,
)

HEAD = ("", "calls", "on", "if", "where", "why")

INTRODUCTION = """\
# What each role may do, and what it may not

<!-- Rendered from tools/lint/iam/*.yaml: `make generated` writes it. -->

The policies are in the templates; this is what they must come to. `make lint` judges every line by
what each environment gets, with
[@cloud-copilot/iam-simulate](https://github.com/cloud-copilot/iam-simulate), conditions and
resources' own policies included, and really calls the lines of SQS on moto with IAM enforced. Then
it opens every statement of every policy, its actions, its resources, each of its conditions, and
who may assume the role, one at a time: some line must fail each time, or the judge does. A denial
is opened by taking it away, and the subject of GitHub's token by a star for the rest of it. Last,
each statement that permits is taken away, and some line must miss it.

It is a simulator's verdict and not AWS'. It knows what AWS documents of actions, resources and
condition keys. Service control policies, and what people may do, are the account's and not here.

To add a call: a line in `tools/lint/iam/table.yaml`, or in `github.yaml` beside it, first; then
the policy, then `make lint` and `make generated`.

How to read a line: *another environment's* is the same resource of each of the other two; *another
account's* has a policy that lets everybody in, so that the role's own decides; *another system's*
is in this account, but not of this project. Where a line says nothing else, it is so in dev,
staging and prod, for a request over TLS. *Forged* is a key that AWS is not documented to send with
the call.

The roles of the stacks are judged within their permissions boundary. What the boundary itself holds
back is said of *whatever is within the boundary*, who may do everything else; its statements are
opened and taken away as well. A role's own are opened without the boundary, which would hide that
they give too much.

What GitHub Actions may is told of its roles. *`aws:CalledViaFirst` is cloudformation.amazonaws.com*
where CloudFormation calls for the launch; without it the role calls by itself. *Its environment* is
that of the resource. Who may assume a role is judged by its trust policy, with the subject and the
audience of the token. The simulator's check of keys takes these two, as it takes those of KMS'
encryption context, for unknown and would leave them out: such lines are judged without the check,
by the same rules. moto, which knows no condition, is not asked about these roles.
"""


def page() -> str:
    """The whole table, role by role."""
    shared = [row for row in rows() if _of_every_role(row)]
    sections = [_section("Every role", [row for row in shared if row.role == ROLES[0]])]
    for role in (*LISTED, BOUND, ADMINISTRATOR, STRANGER):
        own = [row for row in rows() if row.role == role and row not in shared]
        sections.append(_section(_title(role), own))
    return "\n".join([INTRODUCTION, section(), "", *sections, *_open()])


def section() -> str:
    """The table in numbers."""
    counts = [
        [
            f"`{role}`" if role in LISTED else role,
            str(sum(row.allowed for row in rows() if row.role == role)),
            str(sum(not row.allowed for row in rows() if row.role == role)),
            ", ".join(str(_statements(role, environment)) for environment in ENVIRONMENTS),
        ]
        for role in (*LISTED, BOUND, ADMINISTRATOR, STRANGER)
    ]
    head = ("role", "may", "may not", f"statements in {', '.join(ENVIRONMENTS)}")
    return "\n".join(
        [
            f"{len(rows())} lines in all, each a call on a resource.",
            "",
            *_table(head, counts),
        ]
    )


def _statements(role: str, environment: str) -> int:
    given = roles(environment)[role]
    found = limits(given) if role == BOUND else statements(given)
    return sum(1 for _ in found) if role in (*LISTED, BOUND) else 0


def _section(title: str, own: Sequence[Row]) -> str:
    lines = []
    for _, group in groupby(own, lambda row: (row.allowed, row.on, row.why, row.by, row.context)):
        some = list(group)
        row = some[0]
        lines.append(
            [
                "may" if row.allowed else "**may not**",
                ", ".join(f"`{one.call}`" for one in some),
                row.on.replace("*", r"\*"),
                _conditions(row),
                "" if row.environments == ENVIRONMENTS else ", ".join(row.environments),
                row.why,
            ]
        )
    return "\n".join([f"## {title}", "", *_table(HEAD, lines), ""])


def _conditions(row: Row) -> str:
    context = [f"`{key}` is {value}" for key, value in row.context.items()]
    by = [f"asked by {row.by}"] if row.by else []
    return "; ".join([*by, *context, *(["forged"] if row.forged else [])])


def _open() -> Iterator[str]:
    yield "## What is open as it stands"
    yield ""
    yield "Statements whose resource is `*`. Their actions and conditions are opened as well."
    yield ""
    yield from _table(("statement", "why"), _pairs(declared()["any_resource"]))
    yield ""
    yield "What can be opened without any line noticing:"
    yield ""
    yield from _table(("opened", "why"), _pairs(declared()["harmless"]))
    yield ""
    yield "What a policy gives and no line asks for:"
    yield ""
    yield from _table(("action", "why"), _pairs(declared()["not_asked"]))


def _pairs(reasons: Mapping[str, str]) -> list[list[str]]:
    return [[f"`{what}`", why] for what, why in reasons.items()]


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *lines]]


def _title(role: str) -> str:
    return f"`{role}`" if role in LISTED else role.capitalize()


def _of_every_role(row: Row) -> bool:
    everywhere = {one.role for one in rows() if _same(one, row)}
    return everywhere >= set(ROLES)


def _same(one: Row, other: Row) -> bool:
    return (one.call, one.on, one.why) == (other.call, other.on, other.why)


if __name__ == "__main__":
    print(page(), end="")
