"""Secrets: ministack's ``Ref`` is the name, and it ignores GenerateSecretString."""

from __future__ import annotations

import json
from typing import Any

from sentry_oms.aws.absence import none_if_absent
from sentry_oms.local.provider import Place, Properties, Resource, Update
from sentry_oms.local.providers.named import Named

_ABSENT = "ResourceNotFoundException"


class Secret(Named):
    """``AWS::SecretsManager::Secret``: like on AWS, ``Ref`` is the ARN."""

    type = "AWS::SecretsManager::Secret"
    name_property = "Name"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the secret, with a generated value if GenerateSecretString asks for one."""
        return _by_arn(super().create(place, self._generated(properties)))

    def update(self, update: Update) -> Resource:
        """Change the secret; like on AWS, another GenerateSecretString creates a new value."""
        if update.changes("GenerateSecretString"):
            update = update._replace(properties=self._generated(update.properties))
        name = self._name(update.physical_id)
        return _by_arn(self.original.update(update._replace(physical_id=name)))

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the secret at once, as CloudFormation does."""
        self.original.delete(self._name(physical_id), properties)

    def exists(self, name: str) -> bool:
        """Whether Secrets Manager has the secret, also if scheduled for deletion."""
        secrets = self._secretsmanager
        return none_if_absent(lambda: secrets.describe_secret(SecretId=name), _ABSENT) is not None

    def kept_as(self, physical_id: str) -> str:
        """Return the secret's name; the physical ID if the secret is deleted."""
        return none_if_absent(lambda: self._name(physical_id), _ABSENT) or physical_id

    def _generated(self, properties: Properties) -> Properties:
        wanted = dict(properties.get("GenerateSecretString", {}))
        if not wanted:
            return properties
        template = wanted.pop("SecretStringTemplate", None)
        key = wanted.pop("GenerateStringKey", None)
        value = self._secretsmanager.get_random_password(**wanted)["RandomPassword"]
        if template is not None:
            value = json.dumps({**json.loads(template), key: value})
        return {**properties, "SecretString": value}

    def _name(self, arn: str) -> str:
        return str(self._secretsmanager.describe_secret(SecretId=arn)["Name"])

    @property
    def _secretsmanager(self) -> Any:
        return self.aws.client("secretsmanager")


def _by_arn(secret: Resource) -> Resource:
    return Resource(secret.attributes["Arn"], secret.attributes)
