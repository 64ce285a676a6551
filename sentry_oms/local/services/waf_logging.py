"""Logging configurations of web ACLs, which ministack's WAF lacks."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.services.service import Reply, Request, Service, ServiceError


class WafLogging(Service):
    """Three operations of WAF; ministack answers all others.

    Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_PutLoggingConfiguration.html
    """

    name = "wafv2"

    def put_logging_configuration(self, request: Request) -> Reply:
        """Keep the configuration of a web ACL.

        Raises:
            ServiceError: a destination whose name does not begin with ``aws-waf-logs-``.
        """
        configuration = request["LoggingConfiguration"]
        for destination in configuration["LogDestinationConfigs"]:
            if not destination.rpartition(":log-group:")[2].startswith("aws-waf-logs-"):
                message = f"The ARN isn't valid., field: LOG_DESTINATION, parameter: {destination}"
                raise ServiceError("WAFInvalidParameterException", message)
        self._configurations[configuration["ResourceArn"]] = configuration
        return {"LoggingConfiguration": configuration}

    def get_logging_configuration(self, request: Request) -> Reply:
        """Return the configuration of a web ACL.

        Raises:
            ServiceError: the web ACL has none.
        """
        self._known(request)
        return {"LoggingConfiguration": self._configurations[request["ResourceArn"]]}

    def delete_logging_configuration(self, request: Request) -> Reply:
        """Forget the configuration of a web ACL.

        Raises:
            ServiceError: the web ACL has none.
        """
        self._known(request)
        del self._configurations[request["ResourceArn"]]
        return {}

    def _known(self, request: Request) -> None:
        if request["ResourceArn"] not in self._configurations:
            raise ServiceError("WAFNonexistentItemException", "The web ACL has no logging.")

    @property
    def _configurations(self) -> dict[str, Any]:
        found: dict[str, Any] = self.state.setdefault("configurations", {})
        return found
