"""Changes about which a change set says too little.

A change set knows a type's create-only properties. It does not know that a pool refuses to change
its schema, nor that a secret's value is written anew, nor that a name in use stands in the way of
the replacement that it announces.

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
    """A property that can't be changed, whatever a change set says."""

    why: str
    is_broken: Callable[[Any, Any], bool] = lambda _old, _new: True
    """Whether the change from the one to the other, as the templates have it, touches what can't be
    changed."""
    is_refused: bool = False
    """CloudFormation does not even replace the resource."""


def _not_only_added(old: Any, new: Any) -> bool:
    """Whether something of a list is changed or gone, or can't be told."""
    if not isinstance(old, list) or not isinstance(new, list) or old == new:
        return True
    return any(item not in new for item in old)


def _retyped(old: Any, new: Any) -> bool:
    """Whether an attribute of a table has another type."""
    if not isinstance(old, list) or not isinstance(new, list) or old == new:
        return True
    before, after = (
        {str(i.get("AttributeName")): i.get("AttributeType") for i in x} for x in (old, new)
    )
    return any(name in after and after[name] != kind for name, kind in before.items())


_SIGN_IN = "how users sign in to a pool is decided when it is created"

IMMUTABLE: Mapping[tuple[str, str], Immutable] = {
    ("AWS::Cognito::UserPool", "Schema"): Immutable(
        "attributes of a pool can be added, and not changed or removed",
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
"""Where CloudFormation says False or Conditional, and it is a replacement or a refusal."""


def rewrites_value(kind: str, property_name: str) -> bool:
    """Whether a change of the property writes what the resource holds anew."""
    return kind == "AWS::SecretsManager::Secret" and property_name in _SECRET_VALUES


def keeps_its_name(kind: str, properties: Mapping[str, Any], changed: set[str]) -> str | None:
    """The property whose custom name stays, where a replacement needs another; or None."""
    name = unique_name(kind)
    if name is None or name in changed or name not in properties:
        return None
    return None if "AWS::NoValue" in str(properties[name]) else name
