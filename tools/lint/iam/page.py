"""Render docs/IAM.md from the table, and its summary for docs/SECURITY.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sentry_oms.names import ENVIRONMENTS
from tools.lint.iam.policies import roles, statements
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
from tools.lint.report import table

INTRODUCTION = """\
# IAM permissions

<!-- Rendered from tools/lint/iam/*.yaml: `make generated` writes it. -->

What each role must be allowed, and what it must be refused. The policies are in the templates;
`make lint` checks every line in each environment with
[@cloud-copilot/iam-simulate](https://github.com/cloud-copilot/iam-simulate): identity policies,
resource policies, permissions boundaries, trust policies and conditions. To show that it can fail,
it also gives each role everything, and removes a statement of each role: some line must detect it.
`make soak` does this with every statement, each of its conditions, and every trust policy.

The simulator is not AWS. It uses AWS's documentation of actions, resources and condition keys.
Service control policies and the permissions of people belong to the account and are not checked.

To add a call, first add a line to `tools/lint/iam/table.yaml` (or `github.yaml` for GitHub's
roles), then change the policy, then run `make lint` and `make generated`.

How to read a line:

- *another environment's* is the same resource of each of the other two environments.
- *another account's* resource has a policy that admits everybody, so only the role's policy counts.
- *another system's* resource is in this account, but not part of this project.
- A line applies to dev, staging and prod, and to requests over TLS, unless it says otherwise.
- *Forged* is a condition key that AWS does not document for the call.
- *Whatever is within the boundary* is a role with every permission that the permissions boundary
  leaves. The roles of the stacks are checked within their boundary.
- *`aws:CalledViaFirst` is cloudformation.amazonaws.com* in calls that CloudFormation makes for a
  launch. Without it the role makes the call itself.
- *Its environment* is that of the resource.

The simulator does not know two kinds of keys and would ignore them: the subject and audience of
GitHub's token, and KMS' encryption context. Lines with these keys are evaluated without its check
that a key belongs to the call.
"""

SECTIONS = (*LISTED, BOUND, ADMINISTRATOR, STRANGER)


def page() -> str:
    """Return the whole page, role by role."""
    shared = [row for row in rows() if _of_every_role(row)]
    sections = [_section("Every role", [row for row in shared if row.role == ROLES[0]])]
    for role in SECTIONS:
        own = [row for row in rows() if row.role == role and row not in shared]
        sections.append(_section(_title(role), own))
    return "\n".join([INTRODUCTION, section(), "", *sections, *_exceptions()])


def section() -> str:
    """Return the number of lines and statements of each role."""
    counts = []
    for role in SECTIONS:
        allowed = [row.allowed for row in rows() if row.role == role]
        name, numbers = role, "-"
        if role in (*LISTED, BOUND):
            given = [[*statements(roles(environment)[role])] for environment in ENVIRONMENTS]
            name, numbers = _title(role), ", ".join(str(len(some)) for some in given)
        counts.append([name, str(allowed.count(True)), str(allowed.count(False)), numbers])
    head = ("role", "may", "may not", f"statements in {', '.join(ENVIRONMENTS)}")
    return f"{len(rows())} lines, each a call on a resource.\n\n{table(head, counts)}"


def _title(role: str) -> str:
    return f"`{role}`" if role in LISTED else role.capitalize()


def _section(title: str, own: Sequence[Row]) -> str:
    lines = []
    for _, group in groupby(own, lambda row: (row.allowed, row.on, row.why, row.by, row.context)):
        row, *others = group
        calls = ", ".join(f"`{one.call}`" for one in (row, *others))
        lines.append(
            [
                "may" if row.allowed else "**may not**",
                calls,
                row.on.replace("*", r"\*"),
                _conditions(row),
                "" if row.environments == ENVIRONMENTS else ", ".join(row.environments),
                row.why,
            ]
        )
    head = ("", "calls", "on", "if", "where", "why")
    return f"## {title}\n\n{table(head, lines)}\n"


def _conditions(row: Row) -> str:
    by = [f"called by {row.by}"] if row.by else []
    context = [f"`{key}` is {value}" for key, value in row.context.items()]
    return "; ".join([*by, *context, *(["forged"] if row.forged else [])])


def _exceptions() -> Iterator[str]:
    yield "## Exceptions"
    for key, title, head in (
        ("any_resource", "Statements with Resource `*`:", "statement"),
        ("harmless", "Changes of statements that no line detects:", "change"),
        ("not_asked", "Actions that a policy allows and no line needs:", "action"),
    ):
        reasons = [[f"`{what}`", why] for what, why in declared()[key].items()]
        yield f"\n{title}\n\n{table((head, 'why'), reasons)}"


def _of_every_role(row: Row) -> bool:
    same = (one for one in rows() if (one.call, one.on, one.why) == (row.call, row.on, row.why))
    return {one.role for one in same} >= set(ROLES)


if __name__ == "__main__":
    print(page())
