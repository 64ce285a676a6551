"""Rules for single resources: a JSON schema a service, in schemas/, of what the service refuses.

cfn-lint validates them, with its own keywords (``cfnGather`` compares properties) and those below.
Each file holds ``id``, ``title``, ``source``, schemas by resource type, and shared definitions.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import yaml
from cfnlint.context.conditions import Unsatisfiable
from cfnlint.jsonschema import ValidationError, Validator
from cfnlint.rules.helpers import get_value_from_path
from cfnlint.rules.jsonschema.CfnLintJsonSchema import CfnLintJsonSchema

Errors = Iterator[ValidationError]
Found = tuple[Any, Validator]


def among(validator: Validator, names: dict[str, str], instance: Any, _: Any) -> Errors:
    """Check that each value at one path is a value at another, such as a mount's volume."""
    for path, others in names.items():
        known = [value for value, _ in _found(validator, instance, others)]
        if all(isinstance(value, str) for value in known):
            for value, at in _found(validator, instance, path):
                if isinstance(value, str) and value not in known:
                    message = f"{value!r} does not exist; it can be one of {known!r}"
                    yield _error(message, validator, at)


def distinct(validator: Validator, paths: list[str], instance: Any, _: Any) -> Errors:
    """Check that no two values at these paths are equal."""
    seen: list[Found] = []
    for found in (one for path in paths for one in _found(validator, instance, path)):
        if any(found[0] == value and _coexist(found[1], at) for value, at in seen):
            yield _error(f"{found[0]!r} is used twice", validator, found[1])
        seen.append(found)


def distinct_resources(validator: Validator, keys: list[str], instance: Any, _: Any) -> Errors:
    """Check that no earlier resource of this type has the same values at these paths.

    Resources with a condition are compared in the folded templates, which have no conditions.
    """
    resources = validator.cfn.template["Resources"]
    own = validator.context.path.path[1]
    path = deque(keys[-1].split("/"))
    values = [_at(instance, key) for key in keys]
    if None in values or "Condition" in resources[own]:
        return
    for name, other in resources.items():
        if name == own:
            return
        is_like = other.get("Type") == resources[own]["Type"] and "Condition" not in other
        if is_like and values == [_at(other.get("Properties"), key) for key in keys]:
            yield ValidationError(f"{name} has the same {path[-1]}", path=path)


def parsed(load: Callable[[str], Any]) -> Callable[..., Errors]:
    """Return the keyword that reads a text with ``load`` and validates what it holds."""

    def keyword(validator: Validator, schema: Any, instance: Any, _: Any) -> Errors:
        # A build specification of one line is the path of a file.
        if isinstance(instance, str) and ("\n" in instance or "{" in instance):
            try:
                content = load(instance)
            except (ValueError, yaml.YAMLError) as error:
                yield ValidationError(f"The text can't be parsed: {error}")
                return
            yield from validator.descend(instance=content, schema=schema)

    return keyword


def _at(properties: Any, path: str) -> Any:
    for part in path.split("/"):
        properties = properties.get(part) if isinstance(properties, dict) else None
    return properties


def _found(validator: Validator, instance: Any, path: str) -> list[Found]:
    found = get_value_from_path(validator, instance, deque(path.split("/")))
    return [(value, at) for value, at in found if value is not None]


def _error(message: str, validator: Validator, at: Validator) -> ValidationError:
    start = len(validator.context.path.path)
    return ValidationError(message, path=deque(list(at.context.path.path)[start:]))


def _coexist(one: Validator, other: Validator) -> bool:
    """Return whether the conditions of two values can be true at once."""
    try:
        one.context.conditions.evolve(other.context.conditions.status)
    except Unsatisfiable:
        return False
    return True


class ServiceRule(CfnLintJsonSchema):
    """The rule of one file. The subclasses below take their attributes from the file."""

    resources: ClassVar[dict[str, Any]] = {}
    definitions: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        kinds = [f"Resources/{kind}/Properties" for kind in self.resources]
        super().__init__(keywords=kinds, all_matches=True)
        self.validators = {
            "among": among,
            "distinct": distinct,
            "distinctResources": distinct_resources,
            "json": parsed(json.loads),
            "yaml": parsed(yaml.safe_load),
        }

    def validate(self, validator: Validator, keywords: Any, instance: Any, schema: Any) -> Errors:
        """Validate a resource's properties against the schema of its type."""
        own = self.resources[keywords.split("/")[1]]
        schema = {"definitions": self.definitions, **own}
        yield from super().validate(validator, keywords, instance, schema)


# cfn-lint makes a rule of each class that it finds in a module.
for _path in sorted(Path(__file__).with_name("schemas").glob("*.json")):
    _file = json.loads(_path.read_text())
    globals()[_path.stem] = type(
        _path.stem,
        (ServiceRule,),
        {
            "id": _file["id"],
            "shortdesc": _file["title"],
            "description": _file["title"],
            "source_url": _file["source"],
            "resources": _file["resources"],
            "definitions": _file.get("definitions", {}),
        },
    )
