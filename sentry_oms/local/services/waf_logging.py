"""Logging configurations of web ACLs, which ministack's WAF lacks."""

from __future__ import annotations

from sentry_oms.local.services.service import Reply, Request, Service, ServiceError


class WafLogging(Service):
    """Three operations of WAF; ministack answers the others.

    Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_PutLoggingConfiguration.html
    """

    name = "wafv2"

    def put_logging_configuration(self, request: Request) -> Reply:
        """Set the configuration of a web ACL; a log group's name must begin as AWS requires."""
        configuration = request["LoggingConfiguration"]
        for destination in configuration["LogDestinationConfigs"]:
            if not destination.rpartition(":log-group:")[2].startswith("aws-waf-logs-"):
                message = f"The ARN isn't valid., field: LOG_DESTINATION, parameter: {destination}"
                raise ServiceError("WAFInvalidParameterException", message)
        self.state["configurations"][configuration["ResourceArn"]] = configuration
        return {"LoggingConfiguration": configuration}

    def get_logging_configuration(self, request: Request) -> Reply:
        """Return the configuration of a web ACL."""
        if request["ResourceArn"] not in self.state["configurations"]:
            raise ServiceError("WAFNonexistentItemException", "The web ACL has no logging.")
        return {"LoggingConfiguration": self.state["configurations"][request["ResourceArn"]]}

    def delete_logging_configuration(self, request: Request) -> Reply:
        """Delete the configuration of a web ACL."""
        self.get_logging_configuration(request)
        del self.state["configurations"][request["ResourceArn"]]
        return {}
