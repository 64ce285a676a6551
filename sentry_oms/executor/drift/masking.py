"""What must not be shown of a difference: its line goes to logs and into issues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sentry_oms.cloudformation.no_echo import MASKED, is_no_echo

Template = Mapping[str, Any]
Mask = Callable[[str, str, str], str]
"""A logical ID, the path of a property and a value, to what is shown of the value."""

_DYNAMIC = "{{resolve:"
_SPEAKS_OF_SECRETS = re.compile(
    "secret|passw|token|credential|private.?key|api.?key", re.IGNORECASE
)
_LONGEST = 200


def mask_for(template: Template | None, parameters: Mapping[str, str]) -> Mask:
    """How values of a stack are shown.

    Args:
        template: what is deployed; None where it could not be read, and then all is masked.
        parameters: the values that the stack has.
    """
    resources = (template or {}).get("Resources", {})
    hidden = _hidden_parameters(template or {}, parameters)
    maps_to_secrets = any(_DYNAMIC in one for one in _strings((template or {}).get("Mappings")))

    def mask(logical_id: str, path: str, value: str) -> str:
        properties = resources.get(logical_id, {}).get("Properties", {})
        # What was added, like the tags of a stack, is in no template.
        written = properties.get(path.split("/")[1]) if path.startswith("/") else properties
        is_secret = (
            logical_id not in resources
            or _takes_a_secret(written, hidden, maps_to_secrets)
            or any(_SPEAKS_OF_SECRETS.search(text) for text in (path, value))
        )
        return MASKED if is_secret else one_line(value)

    return mask


def one_line(value: str) -> str:
    """A value that does no harm to a terminal or a list of lines."""
    words = "".join(one if one.isprintable() else " " for one in value)
    short = " ".join(words.split())
    return short if len(short) <= _LONGEST else f"{short[:_LONGEST]}..."


def _hidden_parameters(template: Template, parameters: Mapping[str, str]) -> frozenset[str]:
    declared = template.get("Parameters", {})
    return frozenset(
        name
        for name, one in declared.items()
        if is_no_echo(one) or _DYNAMIC in str(parameters.get(name, one.get("Default", "")))
    )


def _takes_a_secret(written: Any, hidden: frozenset[str], maps_to_secrets: bool) -> bool:
    if isinstance(written, str):
        return _DYNAMIC in written or any(f"${{{name}}}" in written for name in hidden)
    if isinstance(written, list):
        return any(_takes_a_secret(one, hidden, maps_to_secrets) for one in written)
    if not isinstance(written, Mapping):
        return False
    return (
        written.get("Ref") in hidden
        or (maps_to_secrets and "Fn::FindInMap" in written)
        or _gets_a_secret(written.get("Fn::GetAtt"))
        or any(_takes_a_secret(one, hidden, maps_to_secrets) for one in written.values())
    )


def _gets_a_secret(attribute: Any) -> bool:
    # Of ``[Resource, Attribute]`` or ``Resource.Attribute`` the name of the resource says nothing.
    name = attribute.partition(".")[2] if isinstance(attribute, str) else (attribute or [""])[-1]
    return bool(_SPEAKS_OF_SECRETS.search(str(name)))


def _strings(written: Any) -> Iterator[str]:
    if isinstance(written, str):
        yield written
    elif isinstance(written, list):
        for one in written:
            yield from _strings(one)
    elif isinstance(written, Mapping):
        for one in written.values():
            yield from _strings(one)
