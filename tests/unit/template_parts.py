"""Parts of a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def of_type(loaded: Mapping[str, Any], type_: str) -> dict[str, Any]:
    """Return the resources of a type, by logical ID."""
    return {key: one for key, one in loaded["Resources"].items() if one["Type"] == type_}


def the(loaded: Mapping[str, Any], type_: str) -> dict[str, Any]:
    """Return the properties of the only resource of a type."""
    (resource,) = of_type(loaded, type_).values()
    return dict(resource["Properties"])


def parts(node: Any, key: str) -> Iterator[Any]:
    """Yield every value that has the key."""
    if isinstance(node, dict):
        if key in node:
            yield node[key]
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from parts(item, key)


def statement(loaded: Mapping[str, Any], sid: str) -> dict[str, Any]:
    """Return the only policy statement with a Sid."""
    (found,) = (one for some in parts(loaded, "Statement") for one in some if one.get("Sid") == sid)
    return dict(found)
