"""Lookups in a template's mappings.

Source:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-findinmap.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentry_oms.cloudformation.evaluate import MALFORMED, Evaluator


def missing_keys(part: Any, evaluator: Evaluator, mappings: Any) -> Iterator[str]:
    """Yield the path of each ``Fn::FindInMap`` in a part that the mappings do not have."""
    if isinstance(part, list):
        for item in part:
            yield from missing_keys(item, evaluator, mappings)
    elif isinstance(part, dict):
        if "Fn::FindInMap" in part and len(part) == 1:
            path = _missing_key(part["Fn::FindInMap"], evaluator, mappings)
            if path:
                yield path
        for item in part.values():
            yield from missing_keys(item, evaluator, mappings)


def _missing_key(argument: Any, evaluator: Evaluator, mappings: Any) -> str | None:
    """Return the path that a lookup with known keys and no default does not find."""
    try:
        keys = [evaluator.value(key) for key in argument]
        if len(keys) != 3 or not all(isinstance(key, str) for key in keys):
            return None
        found = mappings
        for key in keys:
            if key not in found:
                return ".".join(keys)
            found = found[key]
    except MALFORMED:
        pass  # cfn-lint reports it.
    return None
