"""OMS065: a bucket is such as S3 takes.

Sources:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.by_kind import (
    Found,
    beyond,
    by_kind,
    each,
    given,
    has,
    items,
    one_of,
    repeated,
)
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published.validator import number
from sentry_oms.checks.rule import Fault, Rule, Scope

ACTIONS = (
    *("AbortIncompleteMultipartUpload", "ExpirationDate", "ExpirationInDays"),
    *("ExpiredObjectDeleteMarker", "NoncurrentVersionExpirationInDays", "Transition"),
    *("NoncurrentVersionExpiration", "NoncurrentVersionTransition", "Transitions"),
    "NoncurrentVersionTransitions",
)
DAYS = {"minimum": 1}
INFREQUENT = one_of("STANDARD_IA", "ONEZONE_IA")
TRANSITION = given({"StorageClass": INFREQUENT}, has(TransitionInDays={"minimum": 30}))
ENCRYPTED = given({"SSEAlgorithm": one_of("AES256")}, has(KMSMasterKeyID=False))
SCHEMAS = {
    "AWS::S3::Bucket": {
        "allOf": [
            has(
                BucketName={
                    "not": {
                        "anyOf": [
                            {"pattern": r"^(\d{1,3}\.){3}\d{1,3}$"},
                            {"pattern": r"^(xn--|sthree-|amzn-s3-demo-)"},
                            {"pattern": r"(-s3alias|--ol-s3|\.mrap|--x-s3)$"},
                            {"pattern": r"\.\."},
                        ]
                    }
                },
                LifecycleConfiguration=has(
                    Rules=each(
                        {
                            "requiredOr": [*ACTIONS],
                            **has(
                                ExpirationInDays=DAYS,
                                NoncurrentVersionExpirationInDays=DAYS,
                                AbortIncompleteMultipartUpload=has(DaysAfterInitiation=DAYS),
                                Transitions=each(TRANSITION),
                                Transition=TRANSITION,
                            ),
                        },
                        maxItems=1000,
                    )
                ),
                LoggingConfiguration=has(
                    DestinationBucketName={"pattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"}
                ),
                BucketEncryption=has(
                    ServerSideEncryptionConfiguration=each(
                        has(ServerSideEncryptionByDefault=ENCRYPTED), minItems=1
                    )
                ),
            ),
            {
                "if": {
                    "required": ["OwnershipControls"],
                    **has(
                        OwnershipControls=has(
                            Rules=each(has(ObjectOwnership=one_of("BucketOwnerEnforced")))
                        )
                    ),
                },
                "then": has(AccessControl=one_of("Private", "BucketOwnerFullControl")),
            },
        ]
    }
}


def find(project: Project) -> Iterator[Fault]:
    """What a bucket says, and what its lifecycle rules say together."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(project, {"AWS::S3::Bucket": _lifecycle})


def _lifecycle(bucket: Resource) -> Found:
    rules = items(bucket.properties.get("LifecycleConfiguration", {}).get("Rules"))
    path = "LifecycleConfiguration.Rules"
    yield from repeated(path, [(at, rule.get("Id")) for at, rule in rules], "Id")
    for at, rule in rules:
        expiry = number(rule.get("ExpirationInDays"))
        for step, move in items(rule.get("Transitions")):
            days = number(move.get("TransitionInDays"))
            if expiry is not None and days is not None and days >= expiry:
                message = f"{days:.0f} is not before the expiry, {expiry:.0f}"
                yield f"{path}.{at}.Transitions.{step}.TransitionInDays", message


RULE = Rule(
    code="OMS065",
    title="A bucket is such as S3 takes",
    cause=(
        "A lifecycle rule does nothing, moves objects after they expired, or to infrequent access "
        "before 30 days; a name looks like an address; a key goes with the wrong encryption."
    ),
    remedy="see the API reference of S3",
    scope=Scope.STACKS,
    find=find,
)
