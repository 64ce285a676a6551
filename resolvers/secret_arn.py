"""``!secret_arn``: the full ARN of a secret, with its random suffix.

Example::

    parameters:
      AppSecretArn: !secret_arn {name: sentry/dev, stack: dev/secrets.yaml}

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sceptre.exceptions import SceptreException
from sceptre.resolvers import Resolver

from sentry_oms.arguments import depends_on, parse, tag_name
from sentry_oms.aws.absence import none_if_absent
from sentry_oms.aws.view import VIEW, StackKey, View


class SecretNotUsable(SceptreException):
    """Raised if the secret does not exist, or is scheduled for deletion."""


class Argument(BaseModel):
    """Argument of the tag: a mapping, or the secret's name alone."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9/_+=.@-]{1,512}$", description="the name, not the ARN")
    stack: str | None = Field(
        default=None, description="the stack file that creates it, relative to config/"
    )


class SecretArn(Resolver):
    """Resolve to the secret's ARN. Its value is never read."""

    model = Argument
    shorthand = "name"

    def setup(self) -> None:
        """Add the dependency on the stack that creates the secret, if it is named."""
        depends_on(self, "stack")

    def stand_in(self, account: str) -> str:
        """Return an ARN of the right shape, for offline checks."""
        name = parse(self.model, self, self.shorthand).name
        return f"arn:aws:secretsmanager:{self.stack.region}:{account}:secret:{name}-AbCdEf"

    def resolve(self) -> str:
        """Return the ARN.

        Raises:
            SecretNotUsable: the secret does not exist, or is scheduled for deletion.
        """
        wanted = parse(self.model, self, self.shorthand)
        label = f"{self.stack.name}: {tag_name(self)} name:"
        secret = self._described(wanted.name)
        if secret is None:
            raise SecretNotUsable(
                f"{label} there is no secret '{wanted.name}' in {self.stack.region}: "
                f"{_remedy(wanted)}"
            )
        if "DeletedDate" in secret:
            raise SecretNotUsable(
                f"{label} '{wanted.name}' is scheduled for deletion: restore it with "
                f"`aws secretsmanager restore-secret --secret-id {wanted.name}`"
            )
        return str(secret["ARN"])

    def _described(self, name: str, view: View = VIEW) -> Mapping[str, Any] | None:
        # One call for all stacks that name the secret.
        return view.once(
            ("secret", StackKey.of(self.stack).connection, name),
            lambda: none_if_absent(
                lambda: self.stack.connection_manager.call(
                    service="secretsmanager", command="describe_secret", kwargs={"SecretId": name}
                ),
                "ResourceNotFoundException",
            ),
        )


def _remedy(wanted: Argument) -> str:
    return f"launch {wanted.stack} first" if wanted.stack else "create it, or correct the name"
