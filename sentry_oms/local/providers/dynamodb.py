"""DynamoDB tables: ministack drops their encryption, time to live and point-in-time recovery."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.provider import Place, Properties, Resource
from sentry_oms.local.providers.named import Named
from sentry_oms.local.shapes import is_true


class Table(Named):
    """``AWS::DynamoDB::Table``: the dropped settings are set through the API."""

    type = "AWS::DynamoDB::Table"
    name_property = "TableName"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the table, then its settings."""
        table = super().create(place, without_encryption(properties))
        self._apply(table.physical_id, {}, properties)
        return table

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Change the table, then its settings."""
        table = self.original.update(
            place, physical_id, without_encryption(previous), without_encryption(properties)
        )
        self._apply(table.physical_id, previous, properties)
        return table

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the table, unless it is protected, which AWS refuses and ministack ignores."""
        table = self._dynamodb.describe_table(TableName=physical_id)["Table"]
        if table.get("DeletionProtectionEnabled"):
            raise ValueError(f"Table {physical_id} can't be deleted: deletion protection is on")
        self.original.delete(physical_id, properties)

    def _apply(self, name: str, previous: Properties, properties: Properties) -> None:
        def changed(key: str) -> bool:
            return bool(previous.get(key) != properties.get(key))

        if changed("SSESpecification"):
            wanted = properties.get("SSESpecification", {"SSEEnabled": False})
            self._dynamodb.update_table(
                TableName=name, SSESpecification={"Enabled": is_true(wanted["SSEEnabled"])}
            )
        if changed("TimeToLiveSpecification"):
            dropped = {**previous.get("TimeToLiveSpecification", {}), "Enabled": False}
            wanted = properties.get("TimeToLiveSpecification", dropped)
            self._dynamodb.update_time_to_live(
                TableName=name,
                TimeToLiveSpecification={**wanted, "Enabled": is_true(wanted["Enabled"])},
            )
        if changed("PointInTimeRecoverySpecification"):
            wanted = properties.get("PointInTimeRecoverySpecification", {})
            enabled = is_true(wanted.get("PointInTimeRecoveryEnabled", False))
            self._dynamodb.update_continuous_backups(
                TableName=name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled},
            )

    def exists(self, name: str, properties: Properties) -> bool:
        """Whether DynamoDB has the table."""
        pages = self._dynamodb.get_paginator("list_tables").paginate()
        return any(name in page["TableNames"] for page in pages)

    @property
    def _dynamodb(self) -> Any:
        return self.aws.client("dynamodb")


def without_encryption(properties: Properties) -> Properties:
    """The properties that ministack understands: its handler misreads ``SSEEnabled``."""
    return {key: value for key, value in properties.items() if key != "SSESpecification"}
