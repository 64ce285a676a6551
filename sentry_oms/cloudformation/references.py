"""References in a template.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sentry_oms.cloudformation.evaluate import function_of
from sentry_oms.cloudformation.templates import Template

Reference = tuple[str, str]
"""A parameter, or a resource and its attribute, which is empty for ``Ref``."""

_IN_TEXT = re.compile(r"\$\{([^!}][^}]*)\}")


def references(expression: Any, template: Template) -> set[Reference]:
    """Return the references of an expression, including those of its conditions."""
    return set(_walk(expression, template.get("Conditions") or {}, frozenset()))


def _walk(value: Any, conditions: dict[str, Any], seen: frozenset[str]) -> Iterator[Reference]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, conditions, seen)
        return
    if not isinstance(value, dict):
        return
    function = function_of(value)
    argument: Any = value.get(function) if function else None
    if function == "Ref":
        yield str(argument), ""
    elif function == "Fn::GetAtt":
        name, _, attribute = (
            argument.partition(".") if isinstance(argument, str) else (argument[0], "", argument[1])
        )
        yield str(name), str(attribute)
    elif function == "Fn::Sub":
        text, given = argument if isinstance(argument, list) else (argument, {})
        for name in _IN_TEXT.findall(str(text)):
            if name not in given:
                yield tuple(name.partition(".")[::2])
        yield from _walk(list(given.values()), conditions, seen)
    elif isinstance(value.get("Condition"), str) and len(value) == 1:
        yield from _named(value["Condition"], conditions, seen)
    else:
        if function == "Fn::If" and isinstance(argument, list) and argument:
            yield from _named(str(argument[0]), conditions, seen)
        yield from _walk(list(value.values()), conditions, seen)


def _named(name: str, conditions: dict[str, Any], seen: frozenset[str]) -> Iterator[Reference]:
    if name in conditions and name not in seen:
        yield from _walk(conditions[name], conditions, seen | {name})
