"""Changes about which a change set says too little.

A change set knows a type's create-only properties. It does not know that a user pool refuses a
change of its schema, that a secret's value is generated again, or that a custom name prevents the
replacement.

Sources, in https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ and the guides:
    aws-resource-cognito-userpool.html, and user-pool-settings-attributes.html of Cognito:
        attributes can be added and not changed or removed; sign-in options can't be changed
    aws-resource-dynamodb-table.html: KeySchema and an edited AttributeDefinition
    aws-resource-secretsmanager-secret.html: SecretString and GenerateSecretString
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
        ("cannot update a stack when a custom-named resource requires replacing")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sentry_oms.cloudformation.types import unique_name

_SECRET_VALUES = ("SecretString", "GenerateSecretString")


class Immutable(NamedTuple):
    """A property that can't be changed, although a change set reports a change."""

    why: str
    is_broken: Callable[[Any, Any], bool] = lambda _old, _new: True
    """Returns whether the change from the old to the new value is impossible."""
    is_refused: bool = False
    """Whether CloudFormation refuses the change instead of replacing the resource."""


def _not_only_added(old: Any, new: Any) -> bool:
    """Return whether an item of a list is changed or removed, or may be."""
    if not isinstance(old, list) or not isinstance(new, list) or old == new:
        return True
    return any(item not in new for item in old)


def _retyped(old: Any, new: Any) -> bool:
    """Return whether an attribute of a table has another type, or may have."""
    if not isinstance(old, list) or not isinstance(new, list) or old == new:
        return True
    before, after = (
        {str(i.get("AttributeName")): i.get("AttributeType") for i in x} for x in (old, new)
    )
    return any(name in after and after[name] != kind for name, kind in before.items())


_SIGN_IN = "the sign-in options of a pool can't be changed after its creation"

IMMUTABLE: Mapping[tuple[str, str], Immutable] = {
    ("AWS::Cognito::UserPool", "Schema"): Immutable(
        "attributes of a pool can be added, but not changed or removed",
        is_broken=_not_only_added,
        is_refused=True,
    ),
    ("AWS::Cognito::UserPool", "AliasAttributes"): Immutable(_SIGN_IN, is_refused=True),
    ("AWS::Cognito::UserPool", "UsernameAttributes"): Immutable(_SIGN_IN, is_refused=True),
    ("AWS::Cognito::UserPool", "UsernameConfiguration"): Immutable(_SIGN_IN, is_refused=True),
    ("AWS::DynamoDB::Table", "KeySchema"): Immutable("a table's keys can't be changed"),
    ("AWS::DynamoDB::Table", "AttributeDefinitions"): Immutable(
        "the type of a key can't be changed", is_broken=_retyped
    ),
}
"""Properties whose change replaces the resource or is refused, unlike the change set reports."""


def rewrites_value(kind: str, property_name: str) -> bool:
    """Return whether a change of the property generates the resource's value again."""
    return kind == "AWS::SecretsManager::Secret" and property_name in _SECRET_VALUES


def keeps_its_name(kind: str, properties: Mapping[str, Any], changed: set[str]) -> str | None:
    """Return the property with a custom name that prevents a replacement, or None."""
    name = unique_name(kind)
    if name is None or name in changed or name not in properties:
        return None
    return None if "AWS::NoValue" in str(properties[name]) else name
