"""Risk configurations of Cognito user pools, which ministack's Cognito lacks."""

from __future__ import annotations

from sentry_oms.local.services.service import Reply, Request, Service


class CognitoRisk(Service):
    """Two operations of Cognito; ministack answers the others.

    Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetRiskConfiguration.html
    """

    name = "cognito-idp"

    def set_risk_configuration(self, request: Request) -> Reply:
        """Replace the configuration; an empty one deletes it."""
        self.state["configurations"][_key(request)] = request
        return {"RiskConfiguration": request}

    def describe_risk_configuration(self, request: Request) -> Reply:
        """Return the configuration of the pool, or of a client in it."""
        return {"RiskConfiguration": self.state["configurations"].get(_key(request), request)}


def _key(request: Request) -> str:
    return f"{request['UserPoolId']}|{request.get('ClientId', 'ALL')}"
