"""WAF's type that ministack lacks."""

from __future__ import annotations

from sentry_oms.local.provider import Place, Properties, Provider, Resource


class WebAclAssociation(Provider):
    """``AWS::WAFv2::WebACLAssociation``: both of its properties replace it."""

    type = "AWS::WAFv2::WebACLAssociation"
    replacing = ("ResourceArn", "WebACLArn")

    def create(self, place: Place, properties: Properties) -> Resource:
        """Put the web ACL before the resource."""
        acl, resource = properties["WebACLArn"], properties["ResourceArn"]
        self.aws.client("wafv2").associate_web_acl(WebACLArn=acl, ResourceArn=resource)
        return Resource(f"{resource}|{acl}", {})

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Nothing changes in place."""
        return Resource(physical_id, {})

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Take the web ACL away from the resource."""
        self.aws.client("wafv2").disassociate_web_acl(ResourceArn=properties["ResourceArn"])
