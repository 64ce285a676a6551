"""Secrets: ministack's ``Ref`` is the name, and it ignores how a value is to be generated."""

from __future__ import annotations

import json
from typing import Any

from sentry_oms.aws.absence import none_if_absent
from sentry_oms.local.provider import Place, Properties, Resource
from sentry_oms.local.providers.named import Named


class Secret(Named):
    """``AWS::SecretsManager::Secret``: ``Ref`` is the ARN, as on AWS."""

    type = "AWS::SecretsManager::Secret"
    name_property = "Name"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the secret, its value generated as GenerateSecretString says."""
        return self._by_arn(super().create(place, self._generated(properties)))

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Change the secret; an edited GenerateSecretString makes a new value, as on AWS."""
        if previous.get("GenerateSecretString") != properties.get("GenerateSecretString"):
            properties = self._generated(properties)
        name = self._name(physical_id)
        return self._by_arn(self.original.update(place, name, previous, properties))

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the secret at once, as CloudFormation does."""
        self.original.delete(self._name(physical_id), properties)

    def exists(self, name: str, properties: Properties) -> bool:
        """Whether Secrets Manager has the secret, one scheduled for deletion included."""
        found = none_if_absent(
            lambda: self._secretsmanager.describe_secret(SecretId=name),
            "ResourceNotFoundException",
        )
        return found is not None

    def kept_as(self, physical_id: str) -> str:
        """By its name; the physical ID where there is no such secret any more."""
        name = none_if_absent(lambda: self._name(physical_id), "ResourceNotFoundException")
        return name or physical_id

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

    @staticmethod
    def _by_arn(secret: Resource) -> Resource:
        return Resource(secret.attributes["Arn"], secret.attributes)

    @property
    def _secretsmanager(self) -> Any:
        return self.aws.client("secretsmanager")
