"""Generated parts of a handwritten page, between two comments."""

from __future__ import annotations


class NoMarkersError(Exception):
    """Raised if the page lacks the comments."""


def written_between(text: str, start: str, end: str, part: str) -> str:
    """Return the text with the part between its markers.

    Raises:
        NoMarkersError: the text has no such markers.
    """
    before, found, rest = text.partition(start)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise NoMarkersError(f"there is no '{start}' with '{end}' after it")
    return f"{before}{start}\n{part}\n{end}{after}"
