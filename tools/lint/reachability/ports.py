"""Ports of a protocol, as the rules of security groups have them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

ANY = "-1"
"""The protocol of a rule that is about every protocol and port."""

LAST = 65535


class Ports(NamedTuple):
    """A range of ports, both ends in it.

    Args:
        protocol: ``tcp``, ``udp``, another that has no ports, or ``-1`` for all.
        first: the lowest port.
        last: the highest.
    """

    protocol: str
    first: int = 0
    last: int = LAST

    def __str__(self) -> str:
        protocol = "any protocol" if self.protocol == ANY else self.protocol
        if (self.first, self.last) == (0, LAST):
            return protocol
        span = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{protocol} {span}"

    def common(self, other: Ports) -> Ports | None:
        """What both let through."""
        if ANY not in (self.protocol, other.protocol) and self.protocol != other.protocol:
            return None
        protocol = other.protocol if self.protocol == ANY else self.protocol
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Ports(protocol, first, last) if first <= last else None

    def lies_in(self, others: Iterable[Ports]) -> bool:
        """Whether one of the others covers it."""
        return any(self.common(one) == self for one in others)


def common(some: Iterable[Ports], others: Iterable[Ports]) -> list[Ports]:
    """What is in both, each range once, in order."""
    both = {one.common(other) for one in some for other in others}
    return sorted(ports for ports in both if ports)
