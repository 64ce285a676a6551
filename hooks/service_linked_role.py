"""``!service_linked_role``: the role that an AWS service needs of its own, before its first use.

Example::

    hooks:
      before_create:
        - !service_linked_role ecs

In an account that never used ECS, the first cluster or service fails because the role is not there
yet. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
"""

from __future__ import annotations

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field
from sceptre.hooks import Hook

from sentry_oms.arguments import parse


class Argument(BaseModel):
    """What the tag takes: a mapping, or the service alone."""

    model_config = ConfigDict(extra="forbid")

    service: str = Field(
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$",
        description="as in <service>.amazonaws.com: ecs, ecs.application-autoscaling",
    )


class ServiceLinkedRole(Hook):
    """Creates the role where it is missing."""

    model = Argument
    shorthand = "service"

    def run(self) -> None:
        """One call where the role exists."""
        principal = f"{parse(self.model, self, self.shorthand).service}.amazonaws.com"
        if self._exists(principal):
            return
        self.logger.info("Creating the service-linked role of %s", principal)
        try:
            self._iam("create_service_linked_role", AWSServiceName=principal)
        except ClientError:
            # Two stacks may ask at once, and the second is refused because the first was served.
            if not self._exists(principal):
                raise

    def _exists(self, principal: str) -> bool:
        return bool(self._iam("list_roles", PathPrefix=f"/aws-service-role/{principal}/")["Roles"])

    def _iam(self, command: str, **kwargs: str) -> dict[str, list[object]]:
        response: dict[str, list[object]] = self.stack.connection_manager.call(
            service="iam", command=command, kwargs=kwargs
        )
        return response
