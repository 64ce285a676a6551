"""The rendered parts of docs/SECURITY.md: who reaches whom, who may what, what is accepted.

``python -m tests.judges.page`` writes it; no judge needs to be installed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from sentry_oms.checks.reading import read_environment
from sentry_oms.markers import written_between
from sentry_oms.names import ENVIRONMENTS
from sentry_oms.templates import Template
from tests.conftest import ROOT
from tests.judges import accepted, titles
from tests.judges.accepted import Acceptance
from tests.judges.deployed import GROUPS, VARIABLES
from tests.judges.finding import AS_WRITTEN
from tests.judges.iam import page as iam
from tests.judges.judges import judged
from tests.judges.reachability import page as reachability

PAGE = ROOT / "docs/SECURITY.md"


class Kind(NamedTuple):
    """Acceptances that say the same of resources that are the same, in sibling templates."""

    resource: str
    rules: tuple[str, ...]
    reason: str


class Place(NamedTuple):
    """Where an acceptance stands, and where it holds."""

    template: str
    environment: str


class Markers(NamedTuple):
    """What stands before and after a part of the page."""

    start: str
    end: str


ACCEPTED = Markers(
    "<!-- accepted: make generated writes what follows -->", "<!-- end of accepted -->"
)
IAM = Markers("<!-- iam -->", "<!-- end of iam -->")
REACHABILITY = Markers("<!-- reachability -->", "<!-- end of reachability -->")


def page(text: str) -> str:
    """The page with all of its parts."""
    parts = {ACCEPTED: part(), IAM: iam.section(), REACHABILITY: reachability.section()}
    for markers, one in parts.items():
        text = written_into(text, one, markers)
    return text


def written_into(text: str, part: str, markers: Markers = ACCEPTED) -> str:
    """``text`` with the part between its markers.

    Raises:
        NoMarkersError: it has none.
    """
    return written_between(text, markers.start, markers.end, f"\n{part.rstrip()}\n")


def part() -> str:
    """A table of every acceptance; the same one of several templates once."""
    asked = titles.kept()
    kinds: dict[Kind, list[Place]] = {}
    for place, template, acceptance in _acceptances():
        kinds.setdefault(_kind(template, acceptance), []).append(place)
    lines = ["| template | resource | what is asked | where it is not done | why |"]
    lines.append("|---|---|---|---|---|")
    for kind, places in sorted(kinds.items(), key=lambda item: (sorted(item[1])[0], item[0])):
        names = "<br>".join(sorted({place.template for place in places}))
        rules = "<br>".join(f"{rule}: {asked[rule]}" for rule in kind.rules)
        where = _where({place.environment for place in places})
        lines.append(f"| {names} | {kind.resource} | {rules} | {where} | {kind.reason} |")
    return "\n".join(lines) + "\n"


def _where(environments: set[str]) -> str:
    if environments == {AS_WRITTEN}:
        return "as written"
    if environments == set(ENVIRONMENTS):
        return "everywhere"
    return ", ".join(name for name in GROUPS if name in environments)


def _acceptances() -> Iterator[tuple[Place, Template, Acceptance]]:
    names = _template_names()
    for (environment, stack), template in judged().items():
        for acceptance in accepted.read(template):
            if acceptance.holds_in(environment):
                name = names.get((environment, stack), stack)
                yield Place(name, environment), template, acceptance


def _template_names() -> Mapping[tuple[str, str], str]:
    """The template of each stack, without folder and suffix."""
    with patch.dict(os.environ, VARIABLES):
        projects = {name: read_environment(ROOT, name) for name in GROUPS}
    return {
        (environment, file.name.removeprefix(f"{environment}/")): Path(
            file.template_source.file
        ).stem
        for environment, project in projects.items()
        for file in project.stacks
    }


def _kind(template: Template, acceptance: Acceptance) -> Kind:
    types = {
        resource["Type"]: None
        for key, resource in template["Resources"].items()
        if acceptance.names(key)
    }
    resources = ", ".join(f"`{pattern}`" for pattern in acceptance.resources)
    label = f"{resources} ({', '.join(types)})" if types else resources
    return Kind(label, acceptance.rules, acceptance.reason)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
