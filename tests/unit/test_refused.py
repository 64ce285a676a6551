"""The edits that AWS refuses; ``python -m tests.broken.refused`` says who finds each."""

from __future__ import annotations

from tests.broken.refused import API, REFUSED


def test_every_edit_has_its_name_and_its_source() -> None:
    assert len({one.name for one in REFUSED}) == len(REFUSED)
    assert {one.source for one in REFUSED} == {*API}
