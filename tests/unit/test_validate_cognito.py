"""What the hook ``!validate_cognito`` promises; the AWS side is a stub."""

from __future__ import annotations

from typing import Any

import pytest
from sceptre.exceptions import InvalidHookArgumentValueError

from hooks import validate_cognito
from hooks.validate_cognito import CognitoMismatch, ValidateCognito
from tests.unit.tags import refusal, stack

ARGUMENT = {"stack": "dev/cognito.yaml", "mfa": "OPTIONAL", "flows": ["ALLOW_USER_SRP_AUTH"]}
POOL = {"UserPool": {"Id": "pool", "MfaConfiguration": "ON"}}
TEXTING = {"UserPool": {"Id": "pool", "SmsConfiguration": {"SnsCallerArn": "arn:role"}}}
CLIENT = {"UserPoolClient": {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "OTHER"]}}
ABSENT = refusal("ResourceNotFoundException")


def factors(mfa: str, totp: bool = True) -> dict[str, Any]:
    return {"MfaConfiguration": mfa, "SoftwareTokenMfaConfiguration": {"Enabled": totp}}


def hook(monkeypatch: pytest.MonkeyPatch, *responses: Any, **argument: Any) -> ValidateCognito:
    found = {"UserPoolId": "pool", "UserPoolClientId": "client"}
    monkeypatch.setattr(validate_cognito, "outputs", lambda *_: found)
    owner = stack("dev/task-frontend", *responses)
    tag = ValidateCognito({**ARGUMENT, **argument}, owner)
    tag.setup()
    assert owner.dependencies == ["dev/cognito.yaml"]
    owner.dependencies = [stack("dev/cognito")]
    return tag


@pytest.mark.parametrize("mfa", ["OPTIONAL", "ON"])
def test_a_pool_that_asks_for_enough_passes(monkeypatch: pytest.MonkeyPatch, mfa: str) -> None:
    pool = {"UserPool": {"Id": "pool", "MfaConfiguration": mfa}}
    hook(monkeypatch, pool, CLIENT).run()


@pytest.mark.parametrize(
    "sender",
    [
        {"SmsConfiguration": {"SnsCallerArn": "arn:role"}},
        {"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}},
    ],
)
def test_a_pool_with_another_factor_must_take_tokens_too(
    monkeypatch: pytest.MonkeyPatch, sender: dict[str, Any]
) -> None:
    pool = {"UserPool": {"Id": "pool", "MfaConfiguration": "ON", **sender}}
    hook(monkeypatch, pool, CLIENT, factors("ON")).run()
    with pytest.raises(CognitoMismatch, match="it does not accept software tokens"):
        hook(monkeypatch, pool, CLIENT, factors("ON", totp=False)).run()


def test_every_mismatch_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    client = {"UserPoolClient": {"ExplicitAuthFlows": []}}
    tag = hook(monkeypatch, TEXTING, client, factors("OFF", totp=False))
    with pytest.raises(
        CognitoMismatch,
        match=r"^dev/task-frontend: !validate_cognito user pool pool of dev/cognito\.yaml is "
        r"invalid: its MFA is OFF and must be at least OPTIONAL; it does not accept software "
        r"tokens \(TOTP\); its client lacks the flows ALLOW_USER_SRP_AUTH\. Launch ",
    ):
        tag.run()


def test_optional_is_not_enough_where_it_must_be_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CognitoMismatch, match="its MFA is OPTIONAL and must be at least ON"):
        hook(monkeypatch, TEXTING, CLIENT, factors("OPTIONAL"), mfa="ON").run()


def test_a_pool_that_is_gone_is_the_only_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CognitoMismatch, match=r"is invalid: the pool does not exist\. Launch"):
        hook(monkeypatch, ABSENT).run()


def test_a_client_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CognitoMismatch, match="its client does not exist"):
        hook(monkeypatch, POOL, ABSENT).run()


def test_an_output_that_the_target_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    tag = hook(monkeypatch, client_output="Client")
    with pytest.raises(CognitoMismatch, match=r"dev/cognito\.yaml has no output Client"):
        tag.run()


@pytest.mark.parametrize(
    ("argument", "fault"),
    [
        ({**ARGUMENT, "mfa": "SMS"}, "mfa: Input should be 'OFF', 'OPTIONAL' or 'ON'"),
        ({**ARGUMENT, "flows": []}, "flows: List should have at least 1 item"),
        ({"mfa": "ON", "flows": ["x"]}, "stack: Field required"),
    ],
)
def test_a_wrong_argument_is_named(argument: Any, fault: str) -> None:
    with pytest.raises(
        InvalidHookArgumentValueError, match=f"^dev/task-frontend: !validate_cognito {fault}"
    ):
        ValidateCognito(argument, stack("dev/task-frontend")).run()
