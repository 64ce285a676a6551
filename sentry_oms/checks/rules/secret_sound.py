"""OMS069: a secret can be generated, and a key be administered.

Sources:
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
    https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
    https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
    https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from sentry_oms.checks.by_kind import Found, beyond, by_kind, given, has, is_text, is_true, one_of
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published.validator import number
from sentry_oms.checks.rule import Fault, Rule, Scope

KINDS = ("Lowercase", "Uppercase", "Numbers", "Punctuation")
GENERATED = {
    "dependentRequired": {
        "SecretStringTemplate": ["GenerateStringKey"],
        "GenerateStringKey": ["SecretStringTemplate"],
    },
    **has(
        PasswordLength={"type": "integer", "minimum": 1, "maximum": 4096},
        ExcludeCharacters={"maxLength": 4096},
    ),
}
SYMMETRIC = "SYMMETRIC_DEFAULT"
SCHEMAS = {
    "AWS::SecretsManager::Secret": {
        "dependentExcluded": {"SecretString": ["GenerateSecretString"]},
        **has(GenerateSecretString=GENERATED),
    },
    "AWS::KMS::Key": {
        "allOf": [
            given({"EnableKeyRotation": one_of(True)}, has(KeySpec=one_of(SYMMETRIC))),
            {
                "if": {"required": ["KeySpec"], **has(KeySpec=one_of(SYMMETRIC))},
                "then": has(KeyUsage=one_of("ENCRYPT_DECRYPT")),
            },
        ]
    },
    "AWS::KMS::Alias": has(AliasName={"not": {"pattern": "^alias/aws/"}}),
}


def find(project: Project) -> Iterator[Fault]:
    """What each secret and key says."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(project, {"AWS::SecretsManager::Secret": _secret})


def _secret(secret: Resource) -> Found:
    generated = secret.properties.get("GenerateSecretString", {})
    template = generated.get("SecretStringTemplate")
    if is_text(template):
        try:
            is_object = isinstance(json.loads(template), dict)
        except ValueError:
            is_object = False
        if not is_object:
            yield "GenerateSecretString.SecretStringTemplate", "is no JSON object"
    kinds = [kind for kind in KINDS if not is_true(generated.get(f"Exclude{kind}", False))]
    length = number(generated.get("PasswordLength", 32))
    if generated and not kinds:
        yield "GenerateSecretString", "leaves no kind of character"
    elif (
        length is not None
        and is_true(generated.get("RequireEachIncludedType", True))
        and 0 < length < len(kinds)
    ):
        message = f"{length:.0f} is less than its {len(kinds)} kinds of characters"
        yield "GenerateSecretString.PasswordLength", message


RULE = Rule(
    code="OMS069",
    title="A secret can be generated, and a key be made",
    cause=(
        "A generated secret has a length, a template or kinds of characters that Secrets Manager "
        "refuses, or a key has a setting that does not go with its kind."
    ),
    remedy="see the API references of Secrets Manager and KMS",
    scope=Scope.STACKS,
    find=find,
)
