"""CodeStar connections, which a person creates and confirms; templates only use them."""

from __future__ import annotations

import uuid

from sentry_oms.local.services.service import Reply, Request, Service, ServiceError


class CodeStarConnections(Service):
    """Connections by ARN.

    Source: https://docs.aws.amazon.com/codestar-connections/latest/APIReference/Welcome.html
    """

    name = "codestar-connections"

    def create_connection(self, request: Request) -> Reply:
        """Create a connection, which is pending until a person confirms it."""
        arn = self.identity.arn("codestar-connections", f"connection/{uuid.uuid4()}")
        self.state["connections"][arn] = {
            "ConnectionName": request["ConnectionName"],
            "ConnectionArn": arn,
            "ProviderType": request.get("ProviderType", "GitHub"),
            "OwnerAccountId": arn.split(":")[4],
            "ConnectionStatus": "PENDING",
        }
        return {"ConnectionArn": arn}

    def get_connection(self, request: Request) -> Reply:
        """Return a connection."""
        arn = request["ConnectionArn"]
        if arn not in self.state["connections"]:
            raise ServiceError("ResourceNotFoundException", f"Connection {arn} not found")
        return {"Connection": self.state["connections"][arn]}

    def list_connections(self, request: Request) -> Reply:
        """Return every connection."""
        return {"Connections": list(self.state["connections"].values())}

    def delete_connection(self, request: Request) -> Reply:
        """Delete a connection."""
        self.get_connection(request)
        del self.state["connections"][request["ConnectionArn"]]
        return {}
