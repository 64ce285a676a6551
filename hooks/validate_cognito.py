"""``!validate_cognito``: launch a stack that signs users in only if its user pool is valid.

Example::

    hooks:
      before_create:
        - !validate_cognito
          stack: dev/cognito.yaml
          mfa: OPTIONAL
          flows: [ALLOW_USER_SRP_AUTH, ALLOW_REFRESH_TOKEN_AUTH]

A pool can be changed by hand, and CloudFormation does not notice. The message lists every mismatch,
so that all can be corrected at once.

Sources:
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPool.html
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPoolClient.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sceptre.exceptions import SceptreException
from sceptre.hooks import Hook

from sentry_oms.arguments import dependency, depends_on, parse, tag_name
from sentry_oms.aws.absence import none_if_absent
from sentry_oms.aws.stack_outputs import outputs
from sentry_oms.aws.view import VIEW, StackKey, View

Mfa = Literal["OFF", "OPTIONAL", "ON"]
STRENGTH: dict[str, int] = {"OFF": 0, "OPTIONAL": 1, "ON": 2}


class CognitoMismatch(SceptreException):
    """Raised if the pool or its client does not meet the stack's requirements."""


class Argument(BaseModel):
    """Argument of the tag."""

    model_config = ConfigDict(extra="forbid")

    stack: str = Field(description="the stack file that creates pool and client")
    mfa: Mfa = Field(description="the minimum MFA of the pool")
    flows: list[str] = Field(min_length=1, description="flows that the client must allow")
    pool_output: str = "UserPoolId"
    client_output: str = "UserPoolClientId"


class ValidateCognito(Hook):
    """Refuse the operation if the pool or its client differs."""

    model = Argument

    def setup(self) -> None:
        """Add the dependency on the stack that creates the pool."""
        depends_on(self, "stack")

    def run(self) -> None:
        """Make two calls for all stacks of the command that name the pool.

        Raises:
            CognitoMismatch: the message lists every mismatch.
        """
        wanted = parse(self.model, self)
        label = f"{self.stack.name}: {tag_name(self)}"
        found = outputs(dependency(self, wanted.stack), label)
        missing = [key for key in (wanted.pool_output, wanted.client_output) if key not in found]
        if missing:
            raise CognitoMismatch(f"{label} {wanted.stack} has no output {', '.join(missing)}")
        pool_id, client_id = found[wanted.pool_output], found[wanted.client_output]
        pool = self._cognito("describe_user_pool", "UserPool", UserPoolId=pool_id)
        client = pool and self._cognito(
            "describe_user_pool_client", "UserPoolClient", UserPoolId=pool_id, ClientId=client_id
        )
        factors = pool and self._factors(pool)
        faults = list(mismatches(wanted, pool, factors, client))
        if faults:
            raise CognitoMismatch(
                f"{label} user pool {pool_id} of {wanted.stack} is invalid: "
                f"{'; '.join(faults)}. Launch {wanted.stack}, or undo the manual change"
            )

    def _factors(self, pool: Mapping[str, Any]) -> Any:
        """Return the second factors of the pool, as GetUserPoolMfaConfig gives them."""
        sends_mail = pool.get("EmailConfiguration", {}).get("EmailSendingAccount") == "DEVELOPER"
        if pool.get("SmsConfiguration") or sends_mail:
            return self._cognito("get_user_pool_mfa_config", None, UserPoolId=pool["Id"])
        # Without text messages and e-mail, software tokens are the only factor.
        mfa = pool.get("MfaConfiguration", "OFF")
        return {
            "MfaConfiguration": mfa,
            "SoftwareTokenMfaConfiguration": {"Enabled": mfa != "OFF"},
        }

    def _cognito(self, command: str, member: str | None, view: View = VIEW, **kwargs: str) -> Any:
        response = view.once(
            (command, StackKey.of(self.stack).connection, *kwargs.values()),
            lambda: none_if_absent(
                lambda: self.stack.connection_manager.call(
                    service="cognito-idp", command=command, kwargs=kwargs
                ),
                "ResourceNotFoundException",
            ),
        )
        return response[member] if response and member else response


def mismatches(
    wanted: Argument,
    pool: Mapping[str, Any] | None,
    factors: Mapping[str, Any] | None,
    client: Mapping[str, Any] | None,
) -> Iterator[str]:
    """Yield each mismatch of the pool, its factors and its client."""
    if pool is None:
        yield "the pool does not exist"
        return
    mfa = (factors or {}).get("MfaConfiguration", "OFF")
    if STRENGTH[mfa] < STRENGTH[wanted.mfa]:
        yield f"its MFA is {mfa} and must be at least {wanted.mfa}"
    totp = (factors or {}).get("SoftwareTokenMfaConfiguration", {}).get("Enabled", False)
    if wanted.mfa != "OFF" and not totp:
        yield "it does not accept software tokens (TOTP)"
    if client is None:
        yield "its client does not exist"
        return
    lacking = [flow for flow in wanted.flows if flow not in client.get("ExplicitAuthFlows", [])]
    if lacking:
        yield f"its client lacks the flows {', '.join(lacking)}"
