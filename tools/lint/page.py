"""Render the tables of docs/SECURITY.md: permissions, reachability, accepted findings."""

from __future__ import annotations

from sentry_oms.cloudformation.accepted import read
from sentry_oms.graph import written_between
from sentry_oms.names import ENVIRONMENTS
from tools.lint import ROOT
from tools.lint.accepted import where
from tools.lint.deployed import GROUPS
from tools.lint.iam import page as iam
from tools.lint.linters import templates
from tools.lint.reachability import table as reachability
from tools.lint.report import AS_WRITTEN, table

PAGE = ROOT / "docs/SECURITY.md"

Kind = tuple[str, str, str]
"""Resources, rules and reason of an acceptance."""


def page(text: str) -> str:
    """Return the page with every table.

    Raises:
        NoMarkersError: the page has no place for a table.
    """
    parts = {
        "iam": iam.section(),
        "reachability": reachability.section(),
        "accepted": acceptances(),
    }
    for name, part in parts.items():
        text = written_between(text, f"<!-- {name} -->", f"<!-- end of {name} -->", f"\n{part}\n")
    return text


def acceptances() -> str:
    """Return a table of every acceptance; stacks with the same one share a row."""
    kinds: dict[Kind, dict[str, set[str]]] = {}
    for (environment, stack), template in templates().items():
        for one in read(template):
            if environment in where(one, environment):
                resources = ", ".join(f"`{pattern}`" for pattern in one.resources)
                kind = (resources, "<br>".join(one.rules), one.reason)
                kinds.setdefault(kind, {}).setdefault(stack, set()).add(environment)
    rows = [
        ["<br>".join(sorted(stacks)), resources, rules, _where(set().union(*stacks.values())), why]
        for (resources, rules, why), stacks in sorted(kinds.items(), key=_order)
    ]
    return table(("stack", "resource", "rule", "where", "why"), rows)


def _order(item: tuple[Kind, dict[str, set[str]]]) -> tuple[str, Kind]:
    return min(item[1]), item[0]


def _where(environments: set[str]) -> str:
    if environments == {AS_WRITTEN}:
        return "as written"
    if environments == set(ENVIRONMENTS):
        return "everywhere"
    return ", ".join(name for name in GROUPS if name in environments)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
