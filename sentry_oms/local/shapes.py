"""Convert CloudFormation properties to the request of a service's API.

They differ in case (``ContainerDefinitions``, ``containerDefinitions``) and in types (a parameter
gives ``"512"``, the API requires a number). botocore's service model has both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def request(client: Any, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return resolved properties as the input of an operation like ``RegisterTaskDefinition``.

    Raises:
        ValueError: the operation does not accept a property.
    """
    shape = client.meta.service_model.operation_model(operation).input_shape
    conformed: dict[str, Any] = _conform(properties, shape, operation)
    return conformed


def is_true(value: Any) -> bool:
    """Return a template's boolean, which a parameter or ``Fn::If`` may give as a string."""
    return str(value).lower() == "true"


def _conform(value: Any, shape: Any, place: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        names = {name.lower(): name for name in shape.members}
        unknown = [key for key in value if key.lower() not in names]
        if unknown:
            raise ValueError(f"{place} takes no {', '.join(unknown)}")
        return {
            (name := names[key.lower()]): _conform(item, shape.members[name], f"{place}.{name}")
            for key, item in value.items()
        }
    if kind == "list":
        return [_conform(item, shape.member, place) for item in value]
    if kind == "map":
        return {key: _conform(item, shape.value, place) for key, item in value.items()}
    if kind == "boolean":
        return is_true(value)
    if kind in {"integer", "long"}:
        return int(value)
    if kind in {"float", "double"}:
        return float(value)
    return str(value)
