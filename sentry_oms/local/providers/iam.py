"""IAM: the type that ministack lacks, and repairs of others."""

from __future__ import annotations

from sentry_oms.aws.absence import none_if_absent
from sentry_oms.local.provider import Place, Properties, Provider, Resource, Update
from sentry_oms.local.providers.named import Named

_ABSENT = "NoSuchEntity"


class OidcProvider(Provider):
    """``AWS::IAM::OIDCProvider``: like AWS, refuse a second one for the same address."""

    type = "AWS::IAM::OIDCProvider"
    replacing = ("Url",)
    tagged = True

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the provider."""
        arn = self.aws.client("iam").create_open_id_connect_provider(
            Url=properties["Url"],
            ClientIDList=properties.get("ClientIdList", []),
            ThumbprintList=properties.get("ThumbprintList", []),
            Tags=properties.get("Tags", []),
        )["OpenIDConnectProviderArn"]
        return Resource(arn, {"Arn": arn})

    def update(self, update: Update) -> Resource:
        """Create the provider again, under the same ARN: ministack's IAM can't change it."""
        self.delete(update.physical_id, update.previous)
        return self.create(update.place, update.properties)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the provider."""
        iam = self.aws.client("iam")
        none_if_absent(
            lambda: iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=physical_id),
            _ABSENT,
        )


class Role(Named):
    """``AWS::IAM::Role``: ministack drops its permissions boundary.

    Unlike AWS, accept a boundary that does not exist, so that an environment can be launched
    without bootstrap.
    """

    type = "AWS::IAM::Role"
    name_property = "RoleName"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the role and set its boundary."""
        return self._bounded(super().create(place, properties), properties)

    def update(self, update: Update) -> Resource:
        """Change the role and its boundary."""
        return self._bounded(super().update(update), update.properties)

    def exists(self, name: str) -> bool:
        """Whether IAM has the role."""
        iam = self.aws.client("iam")
        return none_if_absent(lambda: iam.get_role(RoleName=name), _ABSENT) is not None

    def _bounded(self, role: Resource, properties: Properties) -> Resource:
        iam = self.aws.client("iam")
        if boundary := properties.get("PermissionsBoundary"):
            iam.put_role_permissions_boundary(
                RoleName=role.physical_id, PermissionsBoundary=boundary
            )
        else:
            iam.delete_role_permissions_boundary(RoleName=role.physical_id)
        return role


class ManagedPolicy(Named):
    """``AWS::IAM::ManagedPolicy``."""

    type = "AWS::IAM::ManagedPolicy"
    name_property = "ManagedPolicyName"

    def exists(self, name: str) -> bool:
        """Whether the account has a policy of that name."""
        pages = self.aws.client("iam").get_paginator("list_policies").paginate(Scope="Local")
        return any(one["PolicyName"] == name for page in pages for one in page["Policies"])
