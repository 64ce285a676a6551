"""What two languages of one page share: headings, code, tables and links; no prose.

Each function gives a list in the page's order, so that two pages are compared item by item.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import groupby, zip_longest

from tests.readme.page import blocks

HERE = "here:"
"""Before the number of the heading that a link within the page leads to."""

_HEADING = re.compile(r"^(#+) (.+)$")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`]+)`")


def headings(page: str) -> list[tuple[int, str]]:
    """Level and text of each heading."""
    found = (_HEADING.match(line) for line in prose(page))
    return [(len(heading[1]), heading[2]) for heading in found if heading]


def levels(page: str) -> list[int]:
    """The level of each heading."""
    return [level for level, _ in headings(page)]


def code(page: str) -> list[str]:
    """Each fenced block with its language and the comment above it."""
    return [f"{block.above}\n{block.language}\n{block.text}" for block in blocks(page)]


def tables(page: str) -> list[list[list[str]]]:
    """Each table's rows, and of each cell the code in it; a cell without any is empty."""
    rows = groupby(prose(page), key=lambda line: line.startswith("|"))
    return [[_cells(row) for row in table] for is_table, table in rows if is_table]


def spans(page: str) -> list[dict[str, int]]:
    """How often each code span stands in each section, in whatever order its language asks for."""
    found = [[" ".join(span.split()) for span in _SPAN.findall(text)] for text in _sections(page)]
    return [dict(sorted(Counter(section).items())) for section in found]


def links(page: str, other: str) -> list[list[str]]:
    """The targets of each section's links, sorted.

    Args:
        page: the page's text.
        other: the file of the page in the other language, to which both link as to "other".
    """
    slugs = {f"#{slug(text)}": f"{HERE}{n}" for n, (_, text) in enumerate(headings(page))}
    return [
        sorted("other" if to == other else slugs.get(to, to) for to in _LINK.findall(text))
        for text in _sections(page)
    ]


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def prose(page: str) -> list[str]:
    """The lines outside of fenced blocks."""
    return re.sub(r"^( *)```.*?^\1```$", "", page, flags=re.DOTALL | re.MULTILINE).splitlines()


def differences(one: Iterable[object], other: Iterable[object]) -> list[str]:
    """What differs, item by item."""
    pairs = enumerate(zip_longest(one, other), start=1)
    return [f"{n}: {ours!r} and {theirs!r}" for n, (ours, theirs) in pairs if ours != theirs]


def _cells(row: str) -> list[str]:
    return [" ".join(_SPAN.findall(cell)) for cell in row.strip().strip("|").split("|")]


def _sections(page: str) -> list[str]:
    """The prose under each heading, and first that above all."""
    found = [""]
    for line in prose(page):
        if _HEADING.match(line):
            found.append("")
        else:
            found[-1] += f"{line}\n"
    return found
