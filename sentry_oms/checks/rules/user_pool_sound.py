"""OMS066: a user pool, its clients and groups are such as Cognito takes.

Sources:
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetRiskConfiguration.html
    https://docs.aws.amazon.com/cognito/latest/developerguide/feature-plans-features-plus.html
    https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.by_kind import Found, beyond, by_kind, each, given, has, one_of
from sentry_oms.checks.evaluate import text_of
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published.validator import number
from sentry_oms.checks.rule import Fault, Rule, Scope

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
DAY, YEAR10 = 86400, 3650 * 86400
TOKENS = {
    "AccessToken": (300, DAY, "hours"),
    "IdToken": (300, DAY, "hours"),
    "RefreshToken": (3600, YEAR10, "days"),
}
"""How many seconds each lives at least and at most, and its unit where none is given."""

FACTORS = one_of("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
SCOPES = r"^(phone|email|openid|profile|aws\.cognito\.signin\.user\.admin|\S+/\S+)$"
SENDERS = {"required": ["NotifyConfiguration"]}
NOTIFIES = {"required": ["Notify"], **has(Notify=one_of(True))}
LEVELS = ("LowAction", "MediumAction", "HighAction")
SCHEMAS = {
    "AWS::Cognito::UserPool": {
        "allOf": [
            {"dependentExcluded": {"UsernameAttributes": ["AliasAttributes"]}},
            has(
                EnabledMfas=each(FACTORS),
                UsernameConfiguration={"required": ["CaseSensitive"]},
                EmailConfiguration=given(
                    {"EmailSendingAccount": one_of("DEVELOPER")}, {"required": ["SourceArn"]}
                ),
            ),
            given({"MfaConfiguration": one_of("ON")}, {"required": ["EnabledMfas"]}),
            {
                "if": {
                    "required": ["EnabledMfas"],
                    **has(EnabledMfas={"not": each({"not": one_of("SMS_MFA")})}),
                },
                "then": {"required": ["SmsConfiguration"]},
            },
            given(
                {"UserPoolAddOns": has(AdvancedSecurityMode=one_of("AUDIT", "ENFORCED"))},
                has(UserPoolTier=one_of("PLUS")),
            ),
        ]
    },
    "AWS::Cognito::UserPoolClient": {
        "allOf": [
            {
                "dependentRequired": {
                    "AllowedOAuthFlows": ["AllowedOAuthScopes", "AllowedOAuthFlowsUserPoolClient"]
                }
            },
            has(
                CallbackURLs=each({"pattern": r"^(https://|http://localhost|[a-z][a-z0-9+.-]+://)"})
            ),
            has(
                AllowedOAuthScopes=each({"pattern": SCOPES}),
                CallbackURLs=each({"not": {"pattern": r"^http://(?!localhost)"}}),
                LogoutURLs=each({"not": {"pattern": r"^http://(?!localhost)"}}),
            ),
        ]
    },
    "AWS::Cognito::UserPoolRiskConfigurationAttachment": has(
        AccountTakeoverRiskConfiguration={
            "allOf": [
                {
                    "if": {
                        "required": ["Actions"],
                        **has(Actions={"required": [level], **has(**{level: NOTIFIES})}),
                    },
                    "then": SENDERS,
                }
                for level in LEVELS
            ]
        }
    ),
}


def find(project: Project) -> Iterator[Fault]:
    """What each resource says, and what its lists and lifetimes say together."""
    yield from beyond(project, SCHEMAS)
    checks = {"AWS::Cognito::UserPool": _pool, "AWS::Cognito::UserPoolClient": _client}
    yield from by_kind(project, checks)


def _pool(pool: Resource) -> Found:
    ways = pool.properties.get("AccountRecoverySetting", {}).get("RecoveryMechanisms", [])
    if len(ways) > 1 and any(way.get("Name") == "admin_only" for way in ways):
        yield "AccountRecoverySetting.RecoveryMechanisms", "admin_only goes with no other"
    verified = pool.properties.get("AutoVerifiedAttributes", [])
    settings = pool.properties.get("UserAttributeUpdateSettings", {})
    for name in settings.get("AttributesRequireVerificationBeforeUpdate", []):
        if name not in verified:
            yield "UserAttributeUpdateSettings", f"'{name}' is not in AutoVerifiedAttributes"


def _client(client: Resource) -> Found:
    flows = [text_of(flow) for flow in client.properties.get("ExplicitAuthFlows", [])]
    if len({flow.startswith("ALLOW_") for flow in flows}) > 1:
        yield "ExplicitAuthFlows", "flows with ALLOW_ do not go with those without"
    units = client.properties.get("TokenValidityUnits", {})
    lives: dict[str, float] = {}
    for token, (least, most, usual) in TOKENS.items():
        life = number(client.properties.get(f"{token}Validity"))
        unit = SECONDS.get(text_of(units.get(token, usual)))
        if not life or not unit:
            continue
        lives[token] = life * unit
        if not least <= lives[token] <= most:
            message = f"is {lives[token]:.0f} seconds, and takes {least} to {most}"
            yield f"{token}Validity", message
    refresh = lives.pop("RefreshToken", None)
    for token, seconds in lives.items():
        if refresh is not None and seconds > refresh:
            yield f"{token}Validity", "outlives the refresh token"


RULE = Rule(
    code="OMS066",
    title="A user pool is such as Cognito takes",
    cause=(
        "MFA has no factor, a token lives too long or too short, flows of two kinds are mixed, or "
        "a feature needs another tier."
    ),
    remedy="see the API reference of Cognito user pools",
    scope=Scope.STACKS,
    find=find,
)
