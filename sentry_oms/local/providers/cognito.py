"""Cognito's type that ministack lacks."""

from __future__ import annotations

from sentry_oms.local.provider import Place, Properties, PutProvider, Resource
from sentry_oms.local.shapes import request


class RiskConfiguration(PutProvider):
    """``AWS::Cognito::UserPoolRiskConfigurationAttachment``."""

    type = "AWS::Cognito::UserPoolRiskConfigurationAttachment"
    replacing = ("UserPoolId", "ClientId")

    def create(self, place: Place, properties: Properties) -> Resource:
        """Set the configuration of the pool, or of one client."""
        cognito = self.aws.client("cognito-idp")
        cognito.set_risk_configuration(**request(cognito, "SetRiskConfiguration", properties))
        client = properties["ClientId"]
        return Resource(
            f"UserPoolRiskConfigurationAttachment-{properties['UserPoolId']}-{client}", {}
        )

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Set an empty configuration, which is how the API deletes it."""
        self.aws.client("cognito-idp").set_risk_configuration(
            UserPoolId=properties["UserPoolId"], ClientId=properties["ClientId"]
        )
