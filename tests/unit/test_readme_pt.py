"""README in Portuguese is README: the same headings, code, tables and links, in the same order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.conftest import ROOT
from tests.readme import outline

ENGLISH = (ROOT / "README.md").read_text()
PORTUGUESE = (ROOT / "README.pt-BR.md").read_text()

Part = Callable[[str], list[object]]
PARTS: dict[str, tuple[Part, Part]] = {
    **{
        part.__name__: (part, part)
        for part in (outline.levels, outline.code, outline.tables, outline.spans)
    },
    "links": (
        partial(outline.links, other="README.pt-BR.md"),
        partial(outline.links, other="README.md"),
    ),
}


def differing(english: str, portuguese: str) -> dict[str, list[str]]:
    """The parts in which two pages differ, with what does."""
    found = {
        name: outline.differences(ours(english), theirs(portuguese))
        for name, (ours, theirs) in PARTS.items()
    }
    return {name: differences for name, differences in found.items() if differences}


def test_both_pages_are_one() -> None:
    assert differing(ENGLISH, PORTUGUESE) == {}


def test_there_is_something_to_compare() -> None:
    for name, (ours, theirs) in PARTS.items():
        assert len(ours(ENGLISH)) == len(theirs(PORTUGUESE)) > 5, name


def test_the_headings_are_translated() -> None:
    same = {
        text
        for (_, text), (_, other) in zip(
            outline.headings(ENGLISH), outline.headings(PORTUGUESE), strict=True
        )
        if text == other
    }
    assert same == {"Stacks"}


def test_each_leads_to_the_other_at_its_top() -> None:
    assert ENGLISH.splitlines()[2] == "[Em português](README.pt-BR.md)"
    assert PORTUGUESE.splitlines()[2] == "[In English](README.md)"


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("### Deletar\n", "#### Deletar\n", "levels"),
        ("### Deletar\n", "Deletar\n", "levels"),
        ("oms plan dev  ", "oms plan prod ", "code"),
        ("<!-- edit: config/config.yaml -->", "<!-- edit: config/dev/config.yaml -->", "code"),
        ("| `multi_az` | false |", "| `multi_az` | false | false |", "tables"),
        ("`OMS042 ...", "`OMS043 ...", "tables"),
        ("`oms plan` termina com 2", "oms plan termina com 2", "tables"),
        ("`--format github`", "`--format gitlab`", "spans"),
        ("(docs/PLAN.md)", "(docs/PLANO.md)", "links"),
        ("(#primeiros-passos)", "(#quick-start)", "links"),
        ("(#deletar)", "(#ambientes)", "links"),
    ],
)
def test_what_was_changed_in_one_alone_is_found(old: str, new: str, part: str) -> None:
    assert old in PORTUGUESE
    assert part in differing(ENGLISH, PORTUGUESE.replace(old, new))


def test_a_dropped_row_is_found() -> None:
    lines = PORTUGUESE.splitlines(keepends=True)
    rows = [line for line in lines if line.startswith("| 1 | redis")]
    assert len(rows) == 1
    assert "tables" in differing(ENGLISH, PORTUGUESE.replace(rows[0], ""))
