"""IAM's types: the one that ministack lacks, and what it gets wrong in the others."""

from __future__ import annotations

from sentry_oms.aws.absence import none_if_absent
from sentry_oms.local.provider import Place, Properties, Provider, Resource
from sentry_oms.local.providers.named import Named

_ABSENT = "NoSuchEntity"


class OidcProvider(Provider):
    """``AWS::IAM::OIDCProvider``: AWS refuses a second one for the same address."""

    type = "AWS::IAM::OIDCProvider"
    replacing = ("Url",)
    tagged = True

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the provider."""
        arn = self.aws.client("iam").create_open_id_connect_provider(
            Url=properties["Url"],
            ClientIDList=properties.get("ClientIdList", []),
            ThumbprintList=properties.get("ThumbprintList", []),
            Tags=properties.get("Tags", []),
        )["OpenIDConnectProviderArn"]
        return Resource(arn, {"Arn": arn})

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """ministack's IAM changes no provider, so it is made anew under the ARN of its address."""
        self.delete(physical_id, previous)
        return self.create(place, properties)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the provider."""
        iam = self.aws.client("iam")
        none_if_absent(
            lambda: iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=physical_id),
            _ABSENT,
        )


class Role(Named):
    """``AWS::IAM::Role``: ministack leaves its boundary out.

    A boundary that does not exist is taken as well, where AWS refuses the role: so an environment
    can be launched by itself.
    """

    type = "AWS::IAM::Role"
    name_property = "RoleName"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the role, within its boundary."""
        role = super().create(place, properties)
        self._bound(role, properties)
        return role

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Change the role, and its boundary with it."""
        role = super().update(place, physical_id, previous, properties)
        self._bound(role, properties)
        return role

    def exists(self, name: str, properties: Properties) -> bool:
        """Whether IAM has the role."""
        iam = self.aws.client("iam")
        return none_if_absent(lambda: iam.get_role(RoleName=name), _ABSENT) is not None

    def _bound(self, role: Resource, properties: Properties) -> None:
        iam = self.aws.client("iam")
        if boundary := properties.get("PermissionsBoundary"):
            iam.put_role_permissions_boundary(
                RoleName=role.physical_id, PermissionsBoundary=boundary
            )
        else:
            iam.delete_role_permissions_boundary(RoleName=role.physical_id)


class ManagedPolicy(Named):
    """``AWS::IAM::ManagedPolicy``: ministack takes over one of the same name."""

    type = "AWS::IAM::ManagedPolicy"
    name_property = "ManagedPolicyName"

    def exists(self, name: str, properties: Properties) -> bool:
        """Whether IAM has a policy of that name, of the account's own."""
        pages = self.aws.client("iam").get_paginator("list_policies").paginate(Scope="Local")
        return any(one["PolicyName"] == name for page in pages for one in page["Policies"])
