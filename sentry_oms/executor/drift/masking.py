"""Masking of values that may be secret: drift is printed in logs and issues."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sentry_oms.cloudformation.no_echo import MASKED, is_no_echo
from sentry_oms.cloudformation.references import references
from sentry_oms.cloudformation.templates import Template

Mask = Callable[[str, str, str], str]
"""Takes a logical ID, a property's path and its value; returns the value to print."""

_DYNAMIC = "{{resolve:"
_SECRET_WORDS = re.compile("secret|passw|token|credential|private.?key|api.?key", re.IGNORECASE)
_LONGEST = 200


def mask_for(template: Template | None, parameters: Mapping[str, str]) -> Mask:
    """Return the mask for the values of a stack.

    Args:
        template: as deployed; None if it could not be read: every value is then masked.
        parameters: the stack's parameter values.
    """
    template = template or {}
    resources = template.get("Resources", {})
    hidden = {
        name
        for name, one in template.get("Parameters", {}).items()
        if is_no_echo(one) or _DYNAMIC in str(parameters.get(name, one.get("Default", "")))
    }
    maps_to_secrets = _DYNAMIC in str(template.get("Mappings"))

    def takes_a_secret(expression: Any) -> bool:
        text = str(expression)
        return (
            _DYNAMIC in text
            or (maps_to_secrets and "Fn::FindInMap" in text)
            or any(
                name in hidden or _SECRET_WORDS.search(attribute)
                for name, attribute in references(expression, {})
            )
        )

    def mask(logical_id: str, path: str, value: str) -> str:
        properties = resources.get(logical_id, {}).get("Properties", {})
        # An added property, like the tags of a stack, is in no template.
        expression = properties.get(path.split("/")[1]) if path.startswith("/") else properties
        is_secret = (
            logical_id not in resources
            or takes_a_secret(expression)
            or any(_SECRET_WORDS.search(text) for text in (path, value))
        )
        return MASKED if is_secret else one_line(value)

    return mask


def one_line(value: str) -> str:
    """Return a value without control characters and line breaks, cut after 200 characters."""
    words = "".join(one if one.isprintable() else " " for one in value)
    short = " ".join(words.split())
    return short if len(short) <= _LONGEST else f"{short[:_LONGEST]}..."
