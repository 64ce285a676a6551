"""The regions of AWS and their partitions, from botocore's table.

Source: https://docs.aws.amazon.com/general/latest/gr/rande.html
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from botocore.loaders import Loader


class Partition(NamedTuple):
    """A group of regions with the same form of ARNs.

    Args:
        name: in an ARN, such as ``aws-cn``.
        suffix: the end of its hosts' names, such as ``amazonaws.com.cn``.
    """

    name: str
    suffix: str


@cache
def _partitions() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Loader().load_data("partitions")["partitions"]
    return found


@cache
def regions() -> frozenset[str]:
    """Return the regions of every partition."""
    names = {name for one in _partitions() for name in one["regions"]}
    return frozenset(name for name in names if not name.endswith("-global"))


@cache
def partition(region: str) -> Partition:
    """Return the partition of a region; of an unknown one, by its form."""
    for one in _partitions():
        if region in one["regions"] or re.match(one["regionRegex"], region):
            return Partition(one["outputs"]["name"], one["outputs"]["dnsSuffix"])
    return Partition("aws", "amazonaws.com")
