"""Listings that CloudFormation gives page by page, each page with the token of the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


def members(
    ask: Callable[[dict[str, str]], Mapping[str, Any]],
    member: str,
    first: Mapping[str, Any] | None = None,
) -> Iterator[Any]:
    """All that is listed, page by page as far as it is read.

    Args:
        ask: the call, with the arguments that continue a listing.
        member: of the response, such as ``StackEvents``.
        first: the first page, where it was asked for already.
    """
    page = ask({}) if first is None else first
    while True:
        yield from page.get(member, [])
        if not page.get("NextToken"):
            return
        page = ask({"NextToken": page["NextToken"]})
