"""The rendered parts of docs/SECURITY.md: who reaches whom, who may what, what is accepted.

``python -m tools.lint.page`` writes it; no judge needs to be installed.
"""

from __future__ import annotations

from sentry_oms.graph import written_between
from sentry_oms.names import ENVIRONMENTS
from tools.lint import accepted
from tools.lint.deployed import GROUPS
from tools.lint.iam import page as iam
from tools.lint.linters import judged
from tools.lint.paths import ROOT
from tools.lint.reachability import page as reachability
from tools.lint.report import AS_WRITTEN

PAGE = ROOT / "docs/SECURITY.md"


def page(text: str) -> str:
    """Return the page with all of its parts.

    Raises:
        NoMarkersError: a part has no place in it.
    """
    parts = {
        ("<!-- iam -->", "<!-- end of iam -->"): iam.section(),
        ("<!-- reachability -->", "<!-- end of reachability -->"): reachability.section(),
        (
            "<!-- accepted: make generated writes what follows -->",
            "<!-- end of accepted -->",
        ): acceptances(),
    }
    for (start, end), part in parts.items():
        text = written_between(text, start, end, f"\n{part.rstrip()}\n")
    return text


def acceptances() -> str:
    """Return a table of every acceptance; sibling stacks with the same one share a row."""
    kinds: dict[tuple[str, str, str], dict[str, set[str]]] = {}
    for (environment, stack), template in judged().items():
        for one in accepted.read(template):
            if one.holds_in(environment):
                resources = ", ".join(f"`{pattern}`" for pattern in one.resources)
                kind = (resources, "<br>".join(one.rules), one.reason)
                kinds.setdefault(kind, {}).setdefault(stack, set()).add(environment)
    lines = ["| stack | resource | rule | where | why |", "|---|---|---|---|---|"]
    for (resources, rules, reason), stacks in sorted(kinds.items(), key=_place):
        where = _where(set().union(*stacks.values()))
        lines.append(
            f"| {'<br>'.join(sorted(stacks))} | {resources} | {rules} | {where} | {reason} |"
        )
    return "\n".join(lines)


def _place(item: tuple[tuple[str, str, str], dict[str, set[str]]]) -> tuple[str, tuple[str, ...]]:
    return min(item[1]), item[0]


def _where(environments: set[str]) -> str:
    if environments == {AS_WRITTEN}:
        return "as written"
    if environments == set(ENVIRONMENTS):
        return "everywhere"
    return ", ".join(name for name in GROUPS if name in environments)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
