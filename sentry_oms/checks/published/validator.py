"""Whether a value is what a published schema asks for, as CloudFormation reads it.

CloudFormation turns texts, numbers and switches into each other. What is still an expression is
known only to AWS and passes. Besides JSON Schema's own keywords there are those of cfn-lint:
``requiredXor``, ``requiredOr``, ``dependentExcluded``, ``uniqueKeys`` and ``enumCaseInsensitive``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sentry_oms.checks.evaluate import function_of, text_of

Schema = Any
"""A mapping, or True or False."""


class Fault(NamedTuple):
    """What a value fails at, and where in it."""

    path: tuple[str, ...]
    message: str

    def below(self, *parts: str) -> Fault:
        """The same, seen from further up."""
        return Fault((*parts, *self.path), self.message)


def faults(value: Any, schema: Schema, definitions: dict[str, Schema]) -> Iterator[Fault]:
    """Each fault of a value.

    Args:
        value: of a template.
        schema: what it must be.
        definitions: what ``$ref`` leads to.
    """
    if schema is False:
        yield Fault((), "must not be there")
    if not isinstance(schema, dict) or is_unknown(value):
        return
    if "$ref" in schema:
        yield from faults(
            value, definitions.get(schema["$ref"].rpartition("/")[2], {}), definitions
        )
    if not is_a(value, schema.get("type")):
        yield Fault((), f"{shown(value)} is no {' or '.join(listed(schema['type']))}")
        return
    for keyword, check in CHECKS.items():
        if keyword in schema:
            yield from check(value, schema, definitions)
    if isinstance(value, dict):
        yield from _properties(value, schema, definitions)


def is_unknown(value: Any) -> bool:
    """Whether only AWS knows it."""
    if isinstance(value, dict):
        return function_of(value) is not None
    return isinstance(value, str) and "{{resolve:" in value


def is_a(value: Any, kinds: Any) -> bool:
    """Whether a value is, or can be turned into, one of the types."""
    return kinds is None or any(TYPES[kind](value) for kind in listed(kinds))


def listed(value: Any) -> list[Any]:
    """A list, of the one where it is one."""
    return value if isinstance(value, list) else [value]


def number(value: Any) -> float | None:
    """A value as a number; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def shown(value: Any) -> str:
    """A value in a message."""
    text = text_of(value) if not isinstance(value, (dict, list)) else json.dumps(value)
    return f"'{text}'" if len(text) <= 60 else f"'{text[:57]}...'"


def _is_whole(value: Any) -> bool:
    found = number(value)
    return found is not None and found.is_integer()


TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, (str, int, float)),
    "integer": _is_whole,
    "number": lambda value: number(value) is not None,
    "boolean": lambda value: str(value).lower() in ("true", "false"),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}


def _properties(
    value: dict[str, Any], schema: Schema, definitions: dict[str, Schema]
) -> Iterator[Fault]:
    named = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    rest = schema.get("additionalProperties", True)
    for key, item in value.items():
        if key in named:
            found = faults(item, named[key], definitions)
        elif matching := [inner for text, inner in patterns.items() if re.search(text, key)]:
            found = (fault for inner in matching for fault in faults(item, inner, definitions))
        elif rest is False:
            yield Fault((key,), "is no property that it has")
            continue
        else:
            found = faults(item, rest, definitions)
        yield from (fault.below(key) for fault in found)


def _required(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    if isinstance(value, dict):
        for key in schema["required"]:
            if key not in value:
                yield Fault((), f"{key} is missing")


def _dependent_required(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    for key, others in schema["dependentRequired"].items():
        for other in others if isinstance(value, dict) and key in value else ():
            if other not in value:
                yield Fault((), f"{key} needs {other}")


def _dependent_excluded(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    for key, others in schema["dependentExcluded"].items():
        for other in others if isinstance(value, dict) and key in value else ():
            if other in value and other != key:
                yield Fault((other,), f"does not go with {key}")


def _xor(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    names = schema["requiredXor"]
    if isinstance(value, dict) and len([key for key in names if key in value]) != 1:
        yield Fault((), f"must have exactly one of {', '.join(names)}")


def _or(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    names = schema["requiredOr"]
    if isinstance(value, dict) and not any(key in value for key in names):
        yield Fault((), f"must have one of {', '.join(names)}")


def _enum(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    if not isinstance(value, (dict, list)):
        allowed = [text_of(item) for item in schema["enum"]]
        if text_of(value) not in allowed:
            choices = ", ".join(allowed[:12]) + (", ..." if len(allowed) > 12 else "")
            yield Fault((), f"{shown(value)} is none of {choices}")


def _enum_whatever_case(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    allowed = [text_of(item) for item in schema["enumCaseInsensitive"]]
    if text_of(value).lower() not in [item.lower() for item in allowed]:
        yield Fault((), f"{shown(value)} is none of {', '.join(allowed[:12])}")


def _const(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    if text_of(value) != text_of(schema["const"]):
        yield Fault((), f"{shown(value)} is not {shown(schema['const'])}")


def _pattern(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    if not isinstance(value, (dict, list)) and not re.search(schema["pattern"], text_of(value)):
        yield Fault((), f"{shown(value)} does not match {schema['pattern']}")


def _least(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    found = number(value)
    if found is not None and found < schema["minimum"]:
        yield Fault((), f"{shown(value)} is less than {schema['minimum']}")


def _most(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    found = number(value)
    if found is not None and found > schema["maximum"]:
        yield Fault((), f"{shown(value)} is more than {schema['maximum']}")


def _multiple(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    found = number(value)
    if found is not None and found % schema["multipleOf"]:
        yield Fault((), f"{shown(value)} is no multiple of {schema['multipleOf']}")


def _sized(keyword: str, kind: type, unit: str, *, least: bool) -> Callable[..., Iterator[Fault]]:
    def check(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
        sized = text_of(value) if kind is str and isinstance(value, (int, float)) else value
        if not isinstance(sized, kind):
            return
        if isinstance(sized, list) and any(is_unknown(item) for item in sized):
            return
        size, limit = len(sized), schema[keyword]  # type: ignore[arg-type]
        if size < limit if least else size > limit:
            word = "at least" if least else "at most"
            yield Fault((), f"has {size} {unit}, and takes {word} {limit}")

    return check


def _items(value: Any, schema: Schema, definitions: dict[str, Schema]) -> Iterator[Fault]:
    for position, item in enumerate(value if isinstance(value, list) else ()):
        for fault in faults(item, schema["items"], definitions):
            yield fault.below(str(position))


def _unique(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    if schema["uniqueItems"] and isinstance(value, list):
        texts = [json.dumps(item, sort_keys=True) for item in value]
        for position, text in enumerate(texts):
            if text in texts[:position]:
                yield Fault((str(position),), f"{shown(value[position])} stands there twice")


def _unique_keys(value: Any, schema: Schema, _: object) -> Iterator[Fault]:
    seen: list[tuple[Any, ...]] = []
    for position, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict) and not is_unknown(item):
            key = tuple(item.get(name) for name in schema["uniqueKeys"])
            if key in seen:
                yield Fault((str(position),), f"{shown(list(key))} stands there twice")
            seen.append(key)


def _all(value: Any, schema: Schema, definitions: dict[str, Schema]) -> Iterator[Fault]:
    for part in schema["allOf"]:
        yield from faults(value, part, definitions)


def _any(keyword: str) -> Callable[..., Iterator[Fault]]:
    def check(value: Any, schema: Schema, definitions: dict[str, Schema]) -> Iterator[Fault]:
        tried = [list(faults(value, part, definitions)) for part in schema[keyword]]
        if tried and all(tried):
            yield min(tried, key=len)[0]

    return check


def _if(value: Any, schema: Schema, definitions: dict[str, Schema]) -> Iterator[Fault]:
    fits = not any(faults(value, schema["if"], definitions))
    yield from faults(value, schema.get("then" if fits else "else", True), definitions)


def _not(value: Any, schema: Schema, definitions: dict[str, Schema]) -> Iterator[Fault]:
    if not any(faults(value, schema["not"], definitions)):
        yield Fault((), f"{shown(value)} may not be")


CHECKS: dict[str, Callable[..., Iterator[Fault]]] = {
    "enum": _enum,
    "enumCaseInsensitive": _enum_whatever_case,
    "const": _const,
    "pattern": _pattern,
    "minimum": _least,
    "maximum": _most,
    "multipleOf": _multiple,
    "minLength": _sized("minLength", str, "characters", least=True),
    "maxLength": _sized("maxLength", str, "characters", least=False),
    "minItems": _sized("minItems", list, "items", least=True),
    "maxItems": _sized("maxItems", list, "items", least=False),
    "minProperties": _sized("minProperties", dict, "properties", least=True),
    "maxProperties": _sized("maxProperties", dict, "properties", least=False),
    "required": _required,
    "dependentRequired": _dependent_required,
    "dependentExcluded": _dependent_excluded,
    "requiredXor": _xor,
    "requiredOr": _or,
    "items": _items,
    "uniqueItems": _unique,
    "uniqueKeys": _unique_keys,
    "allOf": _all,
    "anyOf": _any("anyOf"),
    "oneOf": _any("oneOf"),
    "if": _if,
    "not": _not,
}
"""What each keyword asks. Of ``oneOf`` it is enough that one fits."""
