"""Risk configurations of Cognito user pools, which ministack's Cognito lacks."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.services.service import Reply, Request, Service


class CognitoRisk(Service):
    """Two operations of Cognito; ministack answers all others.

    Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetRiskConfiguration.html
    """

    name = "cognito-idp"

    def set_risk_configuration(self, request: Request) -> Reply:
        """Keep what is given, in place of what was there; nothing given is no configuration."""
        self._configurations[_key(request)] = request
        return {"RiskConfiguration": request}

    def describe_risk_configuration(self, request: Request) -> Reply:
        """What was set for the pool, or for the client in it."""
        return {"RiskConfiguration": self._configurations.get(_key(request), request)}

    @property
    def _configurations(self) -> dict[str, Any]:
        found: dict[str, Any] = self.state.setdefault("configurations", {})
        return found


def _key(request: Request) -> str:
    return f"{request['UserPoolId']}|{request.get('ClientId', 'ALL')}"
