"""WAF types that ministack lacks."""

from __future__ import annotations

from sentry_oms.local.provider import Place, Properties, Provider, PutProvider, Resource, Update


class WebAclAssociation(Provider):
    """``AWS::WAFv2::WebACLAssociation``: both of its properties replace it."""

    type = "AWS::WAFv2::WebACLAssociation"
    replacing = ("ResourceArn", "WebACLArn")

    def create(self, place: Place, properties: Properties) -> Resource:
        """Associate the web ACL with the resource."""
        acl, resource = properties["WebACLArn"], properties["ResourceArn"]
        self.aws.client("wafv2").associate_web_acl(WebACLArn=acl, ResourceArn=resource)
        return Resource(f"{resource}|{acl}", {})

    def update(self, update: Update) -> Resource:
        """Do nothing: no property changes in place."""
        return Resource(update.physical_id, {})

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Disassociate the web ACL from the resource."""
        self.aws.client("wafv2").disassociate_web_acl(ResourceArn=properties["ResourceArn"])


class LoggingConfiguration(PutProvider):
    """``AWS::WAFv2::LoggingConfiguration``: ``Ref`` is the web ACL's ARN."""

    type = "AWS::WAFv2::LoggingConfiguration"
    replacing = ("ResourceArn",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Log the web ACL's requests."""
        self.aws.client("wafv2").put_logging_configuration(LoggingConfiguration={**properties})
        return Resource(properties["ResourceArn"], {})

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Stop logging."""
        self.aws.client("wafv2").delete_logging_configuration(ResourceArn=physical_id)
