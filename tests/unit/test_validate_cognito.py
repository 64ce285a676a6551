"""``!validate_cognito``."""

from __future__ import annotations

from typing import Any

import pytest

from hooks import validate_cognito
from hooks.validate_cognito import CognitoMismatch, ValidateCognito
from tests.unit.tags import refusal, stack

ARGUMENT = {"stack": "dev/cognito.yaml", "mfa": "OPTIONAL", "flows": ["ALLOW_USER_SRP_AUTH"]}
TEXT = {"SmsConfiguration": {"SnsCallerArn": "arn:role"}}
MAIL = {"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}}
CLIENT = {"UserPoolClient": {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "OTHER"]}}
ABSENT = refusal("ResourceNotFoundException")


def pool(mfa: str = "ON", **more: Any) -> dict[str, Any]:
    return {"UserPool": {"Id": "pool", "MfaConfiguration": mfa, **more}}


def factors(mfa: str, *, totp: bool = True) -> dict[str, Any]:
    return {"MfaConfiguration": mfa, "SoftwareTokenMfaConfiguration": {"Enabled": totp}}


def run(monkeypatch: pytest.MonkeyPatch, *responses: Any, **argument: Any) -> None:
    found = {"UserPoolId": "pool", "UserPoolClientId": "client"}
    monkeypatch.setattr(validate_cognito, "outputs", lambda *_: found)
    owner = stack("dev/task-frontend", *responses)
    tag = ValidateCognito({**ARGUMENT, **argument}, owner)
    tag.setup()
    assert owner.dependencies == ["dev/cognito.yaml"]
    owner.dependencies = [stack("dev/cognito")]
    tag.run()


@pytest.mark.parametrize(
    "responses",
    [
        (pool("OPTIONAL"), CLIENT),
        (pool("ON"), CLIENT),
        (pool("ON", **TEXT), CLIENT, factors("ON")),
        (pool("ON", **MAIL), CLIENT, factors("ON")),
    ],
    ids=["as strict", "stricter", "text messages too", "mail too"],
)
def test_a_pool_that_is_strict_enough_passes(
    monkeypatch: pytest.MonkeyPatch, responses: tuple[Any, ...]
) -> None:
    run(monkeypatch, *responses)


@pytest.mark.parametrize(
    ("responses", "argument", "fault"),
    [
        ((pool(**TEXT), CLIENT, factors("ON", totp=False)), {}, r"\(TOTP\)"),
        ((pool(**MAIL), CLIENT, factors("ON", totp=False)), {}, r"\(TOTP\)"),
        ((pool("OPTIONAL"), CLIENT), {"mfa": "ON"}, "MFA is OPTIONAL and must be at least ON"),
        ((ABSENT,), {}, r": the pool does not exist\. Launch"),
        ((pool(), ABSENT), {}, "its client does not exist"),
        ((), {"client_output": "Client"}, r"dev/cognito\.yaml has no output Client"),
    ],
)
def test_a_mismatch_is_reported(
    monkeypatch: pytest.MonkeyPatch,
    responses: tuple[Any, ...],
    argument: dict[str, Any],
    fault: str,
) -> None:
    with pytest.raises(CognitoMismatch, match=f"^dev/task-frontend: !validate_cognito .*{fault}"):
        run(monkeypatch, *responses, **argument)


def test_all_mismatches_are_reported_together(monkeypatch: pytest.MonkeyPatch) -> None:
    client = {"UserPoolClient": {"ExplicitAuthFlows": []}}
    with pytest.raises(
        CognitoMismatch,
        match=r"pool of dev/cognito\.yaml .* MFA is OFF .*\(TOTP\).* lacks .*ALLOW_USER_SRP_AUTH",
    ):
        run(monkeypatch, pool("OFF", **TEXT), client, factors("OFF", totp=False))
