"""The rendered parts of a page that people write: what stands between two comments."""

from __future__ import annotations


class NoMarkersError(Exception):
    """The page has no place for the part."""


def written_between(text: str, start: str, end: str, part: str) -> str:
    """``text`` with the part between its markers, a line below the one and above the other.

    Raises:
        NoMarkersError: it has none.
    """
    before, found, rest = text.partition(start)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise NoMarkersError(f"there is no '{start}' with '{end}' after it")
    return f"{before}{start}\n{part}\n{end}{after}"
