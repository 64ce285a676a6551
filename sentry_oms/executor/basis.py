"""The basis of a stack's plan: its config, and its state on AWS.

Values are kept as digests, so that none can be read from a saved plan. NoEcho parameters, which may
be short, get a slow one with a salt.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from sceptre.resolvers import CustomYamlTagBase

from sentry_oms.arguments import tag_name
from sentry_oms.aws.view import Description
from sentry_oms.offline.stack_file import PLACES, StackFile, walk_tags

_SETTINGS = ("external_name", "region", "stack_timeout", "on_failure", "protected")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Deployed(_Model):
    """A stack's state on AWS. Every operation on it changes one of these."""

    id: str
    status: str
    changed: str

    @classmethod
    def of(cls, description: Description | None) -> Deployed | None:
        """Return the state from a response of DescribeStacks; None if the stack does not exist."""
        if description is None:
            return None
        changed = description.get("LastUpdatedTime") or description["CreationTime"]
        return cls(
            id=description["StackId"], status=description["StackStatus"], changed=str(changed)
        )


class Basis(_Model):
    """Basis of one stack's plan."""

    name: str
    config: str
    template: str
    parameters: dict[str, str | None]
    """A digest of each value; None if it is known only at deployment."""
    deployed: Deployed | None

    def changed_before(self, file: StackFile, description: Description | None) -> Iterator[str]:
        """Yield what differs now, as far as it is known before the launch begins."""
        if self.config != config_digest(file.stack):
            yield f"config of {self.name}"
        if file.template is not None and self.template != digest(file.rendering.body):
            yield f"template of {self.name}"
        plain = {
            name: _text(value)
            for name, value in file.parameters.items()
            if value is not None and not any(walk_tags(value))
        }
        yield from self._changed_parameters(plain)
        if self.deployed != Deployed.of(description):
            yield f"{self.name} on AWS"

    def changed_at_turn(
        self, body: str, values: Mapping[str, str], description: Description | None
    ) -> Iterator[str]:
        """Yield what differs when the parameters are resolved and the stack is about to change.

        Args:
            body: the template.
            values: every parameter.
            description: the stack as it is; None if that is not known.
        """
        if self.template != digest(body):
            yield f"template of {self.name}"
        yield from self._changed_parameters(values)
        gone = [name for name, one in self.parameters.items() if one and name not in values]
        yield from (f"parameter {name} of {self.name}" for name in gone)
        if description and self.deployed != Deployed.of(description):
            yield f"{self.name} on AWS"

    def _changed_parameters(self, values: Mapping[str, str]) -> Iterator[str]:
        for name, value in values.items():
            known = self.parameters.get(name, "")
            if known is not None and not _is_digest(known, value):
                yield f"parameter {name} of {self.name}"


def config_digest(stack: Any) -> str:
    """Return a digest of a ``sceptre.stack.Stack``'s config without plain parameter values.

    Call it before anything is resolved, because Sceptre replaces resolved tags by their values.
    """
    places = {field: _plain(getattr(stack, name, None)) for field, name in PLACES.items()}
    places["parameters"] = {
        name: _plain(value) if any(walk_tags(value)) else None
        for name, value in stack._parameters.items()
    }
    settings = {name: getattr(stack, name, None) for name in _SETTINGS}
    return digest(json.dumps([places, settings], sort_keys=True, default=str))


def digests(values: Mapping[str, str | None], no_echo: Collection[str]) -> dict[str, str | None]:
    """Return the digest of each parameter; None if the value is known only at deployment."""
    return {
        name: None if value is None else _salted(value) if name in no_echo else digest(value)
        for name, value in values.items()
    }


def digest(text: str) -> str:
    """Return a digest of a text that is not secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def _salted(value: str, salt: str | None = None) -> str:
    salt = salt or secrets.token_hex(16)
    key = hashlib.scrypt(value.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1)
    return f"{salt}:{key.hex()}"


def _is_digest(known: str, value: str) -> bool:
    salt, separator, _ = known.partition(":")
    return hmac.compare_digest(known, _salted(value, salt) if separator else digest(value))


def _plain(value: Any) -> Any:
    """Return a value with its tags as their name and argument."""
    if isinstance(value, CustomYamlTagBase):
        return {tag_name(value): _plain(value._argument)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    """Return a parameter without tags as Sceptre sends it."""
    if isinstance(value, list):
        return ",".join(str(item) for item in value if item is not None)
    return str(value)
