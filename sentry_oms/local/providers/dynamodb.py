"""DynamoDB tables: ministack drops their encryption, time to live and point-in-time recovery."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.provider import Place, Properties, Resource, Update
from sentry_oms.local.providers.named import Named
from sentry_oms.local.shapes import is_true


class Table(Named):
    """``AWS::DynamoDB::Table``: the dropped settings are set through the API."""

    type = "AWS::DynamoDB::Table"
    name_property = "TableName"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the table, then set its settings."""
        table = super().create(place, _without_encryption(properties))
        self._apply(Update(place, table.physical_id, {}, properties))
        return table

    def update(self, update: Update) -> Resource:
        """Change the table, then its settings."""
        previous, properties = map(_without_encryption, (update.previous, update.properties))
        table = self.original.update(update._replace(previous=previous, properties=properties))
        self._apply(update._replace(physical_id=table.physical_id))
        return table

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the table, unless deletion protection is on; ministack ignores that."""
        table = self._dynamodb.describe_table(TableName=physical_id)["Table"]
        if table.get("DeletionProtectionEnabled"):
            raise ValueError(f"Table {physical_id} can't be deleted: deletion protection is on")
        self.original.delete(physical_id, properties)

    def _apply(self, update: Update) -> None:
        name, properties = update.physical_id, update.properties
        if update.changes("SSESpecification"):
            wanted = properties.get("SSESpecification", {"SSEEnabled": False})
            self._dynamodb.update_table(
                TableName=name, SSESpecification={"Enabled": is_true(wanted["SSEEnabled"])}
            )
        if update.changes("TimeToLiveSpecification"):
            dropped = {**update.previous.get("TimeToLiveSpecification", {}), "Enabled": False}
            wanted = properties.get("TimeToLiveSpecification", dropped)
            self._dynamodb.update_time_to_live(
                TableName=name,
                TimeToLiveSpecification={**wanted, "Enabled": is_true(wanted["Enabled"])},
            )
        if update.changes("PointInTimeRecoverySpecification"):
            wanted = properties.get("PointInTimeRecoverySpecification", {})
            enabled = is_true(wanted.get("PointInTimeRecoveryEnabled", False))
            self._dynamodb.update_continuous_backups(
                TableName=name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled},
            )

    def exists(self, name: str) -> bool:
        """Whether DynamoDB has the table."""
        pages = self._dynamodb.get_paginator("list_tables").paginate()
        return any(name in page["TableNames"] for page in pages)

    @property
    def _dynamodb(self) -> Any:
        return self.aws.client("dynamodb")


def _without_encryption(properties: Properties) -> Properties:
    """Return the properties that ministack's handler understands; it misreads ``SSEEnabled``."""
    return {key: value for key, value in properties.items() if key != "SSESpecification"}
