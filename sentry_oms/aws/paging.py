"""Paginated listings of CloudFormation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


def members(
    ask: Callable[[dict[str, str]], Mapping[str, Any]],
    member: str,
    first: Mapping[str, Any] | None = None,
) -> Iterator[Any]:
    """Yield every item. Pages are fetched as they are read.

    Args:
        ask: the call; it takes the arguments that continue a listing.
        member: of the response, such as ``StackEvents``.
        first: the first page, if it was fetched already.
    """
    page = ask({}) if first is None else first
    while True:
        yield from page.get(member, [])
        if not page.get("NextToken"):
            return
        page = ask({"NextToken": page["NextToken"]})
