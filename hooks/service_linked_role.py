"""``!service_linked_role``: create the role that an AWS service needs before its first use.

Example::

    hooks:
      before_create:
        - !service_linked_role ecs

In an account that never used ECS, the first cluster fails if the role does not exist, or if it is
only seconds old, because a new role takes time to propagate in IAM.

Sources:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (eventual consistency)
    https://github.com/aws/containers-roadmap/issues/2614
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field
from sceptre.hooks import Hook

from sentry_oms.arguments import parse

SETTLE_SECONDS = 20.0
"""Age from which a role can be assumed. Others wait for 10 to 20 seconds:
https://github.com/aws-solutions-library-samples/guidance-for-claude-code-with-amazon-bedrock/pull/252
https://github.com/gravitational/teleport/pull/44194
"""


class Argument(BaseModel):
    """Argument of the tag: a mapping, or the service alone."""

    model_config = ConfigDict(extra="forbid")

    service: str = Field(
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$",
        description="as in <service>.amazonaws.com: ecs, ecs.application-autoscaling",
    )
    wait: bool = Field(
        default=True,
        description="until a new role can be assumed; false if the stack does not use the service",
    )


class ServiceLinkedRole(Hook):
    """Create the role if it is missing, and wait while it is new."""

    model = Argument
    shorthand = "service"

    def __init__(
        self,
        argument: Any = None,
        stack: Any = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """See ``sceptre.hooks.Hook``.

        Args:
            argument: what YAML has behind the tag.
            stack: a ``sceptre.stack.Stack``.
            clock: seconds since the epoch.
            sleep: takes seconds.
        """
        super().__init__(argument, stack)
        self._clock = clock
        self._sleep = sleep

    def run(self) -> None:
        """Make one call if the role exists.

        Raises:
            ClientError: IAM refuses to create the role.
        """
        wanted = parse(self.model, self, self.shorthand)
        principal = f"{wanted.service}.amazonaws.com"
        created = self._created(principal) or self._create(principal)
        age = self._clock() - created.timestamp()
        # A clock behind that of AWS must not lengthen the wait.
        seconds = min(SETTLE_SECONDS, SETTLE_SECONDS - age)
        if wanted.wait and seconds > 0:
            self.logger.info(
                "Waiting %.0f s until the new role of %s can be assumed", seconds, principal
            )
            self._sleep(seconds)

    def _create(self, principal: str) -> datetime:
        self.logger.info("Creating the service-linked role of %s", principal)
        try:
            self._iam("create_service_linked_role", AWSServiceName=principal)
        except ClientError:
            # Two stacks may create the role at once, and IAM refuses the second.
            created = self._created(principal)
            if created is None:
                raise
            return created
        return datetime.fromtimestamp(self._clock(), timezone.utc)

    def _created(self, principal: str) -> datetime | None:
        """Return the time of the role's creation, or None if it does not exist."""
        roles = self._iam("list_roles", PathPrefix=f"/aws-service-role/{principal}/")["Roles"]
        return roles[0]["CreateDate"] if roles else None

    def _iam(self, command: str, **kwargs: str) -> Any:
        return self.stack.connection_manager.call(service="iam", command=command, kwargs=kwargs)
