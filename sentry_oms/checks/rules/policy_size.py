"""OMS053: a policy is no larger than its service takes.

What only AWS knows counts as nothing, so that a policy which is found is too large for certain. IAM
does not count white space, and no other policy has any: CloudFormation sends them without.

Sources:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
    https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope

INLINE = 10_240
"""Characters of all the inline policies of a role."""

LIMITS = {
    ("AWS::IAM::Role", "AssumeRolePolicyDocument"): 2_048,
    ("AWS::IAM::ManagedPolicy", "PolicyDocument"): 6_144,
    ("AWS::SQS::QueuePolicy", "PolicyDocument"): 8_192,
    ("AWS::S3::BucketPolicy", "PolicyDocument"): 20_480,
    ("AWS::KMS::Key", "KeyPolicy"): 32_768,
    ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy"): 20_480,
}
"""By type and property, in characters or bytes: policies are ASCII."""


def find(project: Project) -> Iterator[Fault]:
    """Policies that are larger, and roles whose inline policies are together."""
    for file in project.stacks:
        evaluator = project.values.evaluator(file, shortest=True)
        for key, resource in file.section("Resources").items():
            properties = resource.get("Properties", {})
            sizes = {
                property_: (_size(evaluator.value(properties[property_])), limit)
                for (type_, property_), limit in LIMITS.items()
                if type_ == resource.get("Type") and property_ in properties
            }
            if resource.get("Type") == "AWS::IAM::Role" and "Policies" in properties:
                sizes["Policies"] = (_inline(evaluator.value(properties["Policies"])), INLINE)
            for property_, (size, limit) in sizes.items():
                if size > limit:
                    message = f"is at least {size:,} characters, and may be {limit:,}"
                    yield file.template_fault(f"Resources.{key}.Properties.{property_}", message)


def _inline(policies: Any) -> int:
    documents = [one.get("PolicyDocument") for one in policies if isinstance(one, Mapping)]
    return sum(map(_size, documents))


def _size(document: Any) -> int:
    return len(json.dumps(document, separators=(",", ":")))


RULE = Rule(
    code="OMS053",
    title="A policy is no larger than its service takes",
    cause=(
        "A policy lists so many resources, each queue of each exchange for one, that IAM or the "
        "service refuses it."
    ),
    remedy="use patterns in place of lists, or split it",
    scope=Scope.STACKS,
    find=find,
)
