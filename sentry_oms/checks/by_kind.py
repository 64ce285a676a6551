"""What rules on single types of resources share: a function a type, and readings of values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sentry_oms.checks.evaluate import MALFORMED, text_of
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published.validator import faults, number
from sentry_oms.checks.rule import Fault

Found = Iterator[tuple[str, str]]
"""Faults: each a path below Properties, and what is wrong there."""

Check = Callable[[Resource], Found]


def by_kind(project: Project, checks: Mapping[str, Check]) -> Iterator[Fault]:
    """What the check of each resource's type finds.

    A resource of the wrong shape is passed over: OMS060 says what is wrong with it.
    """
    for resource in project.resources:
        if resource.kind in checks:
            try:
                found = list(checks[resource.kind](resource))
            except (*MALFORMED, RecursionError):
                continue
            yield from _untold(project, resource, found)


def is_true(value: Any) -> bool:
    """Whether a switch is on."""
    return text_of(value).lower() == "true"


def is_text(value: Any) -> bool:
    """Whether a value is known, and a text."""
    return isinstance(value, str) and "{{resolve:" not in value


def within(value: Any, least: float, most: float) -> bool:
    """Whether a number is within its bounds; so is what is none, or not known."""
    found = number(value)
    return found is None or least <= found <= most


def items(value: Any) -> list[tuple[int, Any]]:
    """A list's items with their places; those that only AWS knows left out."""
    return [(at, item) for at, item in enumerate(value or []) if isinstance(item, dict)]


def repeated(path: str, keys: Iterable[tuple[int, Any]], what: str) -> Found:
    """Keys of a list's items that were there before."""
    seen: list[Any] = []
    for at, key in keys:
        if key is not None and key in seen:
            yield f"{path}.{at}", f"{what} {text_of(key)} is there twice"
        seen.append(key)


Beyond = Mapping[str, Mapping[str, Any]]
"""Schemas by type, of what a service asks beyond the published schema."""


def beyond(project: Project, schemas: Beyond) -> Iterator[Fault]:
    """Where resources are not what these schemas ask."""
    for resource in project.resources:
        if resource.kind in schemas:
            found = faults(resource.properties, schemas[resource.kind], {})
            told = ((".".join(path), message) for path, message in found)
            yield from _untold(project, resource, told)


def _untold(
    project: Project, resource: Resource, found: Iterable[tuple[str, str]]
) -> Iterator[Fault]:
    """Faults at places of which the published schema says nothing, each once."""
    told = {*project.misshapen.get((resource.file.name, resource.key), ())}
    for path, message in found:
        if path not in told:
            told.add(path)
            yield resource.fault(path, message)


def has(**properties: Any) -> dict[str, Any]:
    """A schema of an object: what its properties are, where it has them."""
    return {"type": "object", "properties": properties}


def each(schema: Mapping[str, Any], **keywords: Any) -> dict[str, Any]:
    """A schema of a list."""
    return {"type": "array", "items": schema, **keywords}


def between(least: float, most: float) -> dict[str, Any]:
    """A schema of a number."""
    return {"minimum": least, "maximum": most}


def one_of(*values: Any) -> dict[str, Any]:
    """A schema of a choice."""
    return {"enum": list(values)}


def given(condition: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    """A schema that asks ``then`` where properties have values of ``condition``."""
    test = {"required": list(condition), "properties": dict(condition)}
    return {"if": test, "then": dict(then)}


def without(*names: str) -> dict[str, Any]:
    """A schema of an object that has none of these."""
    return {"properties": dict.fromkeys(names, False)}
