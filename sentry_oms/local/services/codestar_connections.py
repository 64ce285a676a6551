"""CodeStar connections: a person makes and confirms one, and templates only use it."""

from __future__ import annotations

import uuid
from typing import Any

from sentry_oms.local.services.service import Reply, Request, Service, ServiceError


class CodeStarConnections(Service):
    """Connections by ARN.

    Source: https://docs.aws.amazon.com/codestar-connections/latest/APIReference/Welcome.html
    """

    name = "codestar-connections"

    def create_connection(self, request: Request) -> Reply:
        """Make a connection, which is pending until a person confirms it."""
        arn = self.identity.arn("codestar-connections", f"connection/{uuid.uuid4()}")
        self._connections[arn] = {
            "ConnectionName": request["ConnectionName"],
            "ConnectionArn": arn,
            "ProviderType": request.get("ProviderType", "GitHub"),
            "OwnerAccountId": arn.split(":")[4],
            "ConnectionStatus": "PENDING",
        }
        return {"ConnectionArn": arn}

    def get_connection(self, request: Request) -> Reply:
        """One connection."""
        arn = request["ConnectionArn"]
        if arn not in self._connections:
            raise ServiceError("ResourceNotFoundException", f"Connection {arn} not found")
        return {"Connection": self._connections[arn]}

    def list_connections(self, request: Request) -> Reply:
        """Every connection."""
        return {"Connections": list(self._connections.values())}

    def delete_connection(self, request: Request) -> Reply:
        """Remove a connection."""
        self.get_connection(request)
        del self._connections[request["ConnectionArn"]]
        return {}

    @property
    def _connections(self) -> dict[str, Any]:
        found: dict[str, Any] = self.state.setdefault("connections", {})
        return found
