"""Rules about limits of AWS that config's values reach: names, sizes, capabilities."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from sentry_oms.checks.rule import Phase, rule
from sentry_oms.cloudformation.types import NAME_PROPERTY, NAMES, unique_name
from sentry_oms.offline.created import created
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project, mappings

IN_REQUEST = 51_200
IN_BUCKET = 1_048_576
"""Bytes of a template's body.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""


@rule(
    "OMS051",
    cause="The body is over 51,200 bytes without `template_bucket_name`, or over 1 MB with it. "
    "Sceptre does not check it, and CloudFormation refuses the request.",
    remedy="split the template over two stacks",
)
def template_size(project: Project) -> Iterator[Fault]:
    """A template is not larger than CloudFormation accepts."""
    for file in project.stacks:
        size = len(file.rendering.body.encode())
        in_bucket = file.stack._template_bucket_name is not None
        limit = IN_BUCKET if in_bucket else IN_REQUEST
        if size > limit:
            where = "from a bucket" if in_bucket else "in a request"
            message = f"is {size:,} bytes; CloudFormation accepts {limit:,} {where}"
            remedy = None if in_bucket else "set template_bucket_name"
            yield file.template_fault("", message, remedy)


@rule(
    "OMS052",
    cause="A name that a template makes of its parameters is longer than the service allows, or "
    "has invalid characters. The service refuses it in the middle of a launch.",
    remedy="shorten the name, or the values that it is made of",
)
def resource_name(project: Project) -> Iterator[Fault]:
    """Every resource's name is valid."""
    for one in created(project):
        if one.kind not in NAMES:
            continue
        limit, pattern = NAMES[one.kind]
        property_ = NAME_PROPERTY[one.kind]
        name = one.evaluator.value(one.properties.get(property_))
        if not isinstance(name, str):
            continue
        if len(name) > limit:
            message = f"'{name}' has {len(name)} characters; at most {limit} are allowed"
            yield one.fault(f".{property_}", message)
        elif not re.fullmatch(pattern, name):
            message = f"'{name}' does not match {pattern}"
            yield one.fault(f".{property_}", message, "use the characters that it allows")


INLINE = 10_240
"""Characters of all the inline policies of a role."""

POLICIES = {
    ("AWS::IAM::Role", "AssumeRolePolicyDocument"): 2_048,
    ("AWS::IAM::ManagedPolicy", "PolicyDocument"): 6_144,
    ("AWS::SQS::QueuePolicy", "PolicyDocument"): 8_192,
    ("AWS::S3::BucketPolicy", "PolicyDocument"): 20_480,
    ("AWS::KMS::Key", "KeyPolicy"): 32_768,
    ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy"): 20_480,
}
"""By type and property, in characters or bytes: policies are ASCII.

Sources:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
    https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
"""


@rule(
    "OMS053",
    cause="A policy lists so many resources, such as each queue of each exchange, that IAM or the "
    "service refuses it. IAM does not count white space, and CloudFormation sends none.",
    remedy="use patterns instead of lists, or split it",
)
def policy_size(project: Project) -> Iterator[Fault]:
    """A policy is not larger than its service accepts.

    Values that only AWS knows count as nothing, so that every policy found is certainly too large.
    """
    for one in created(project, shortest=True):
        sizes = {
            property_: (_size(one.evaluator.value(one.properties[property_])), limit)
            for (kind, property_), limit in POLICIES.items()
            if kind == one.kind and property_ in one.properties
        }
        if one.kind == "AWS::IAM::Role" and "Policies" in one.properties:
            policies = mappings(one.evaluator.value(one.properties["Policies"]))
            sizes["Policies"] = (sum(_size(p.get("PolicyDocument")) for p in policies), INLINE)
        for property_, (size, limit) in sizes.items():
            if size > limit:
                message = f"is at least {size:,} characters; at most {limit:,} are allowed"
                yield one.fault(f".{property_}", message)


def _size(document: Any) -> int:
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())


TASK_DEFINITION = 65_536
"""Bytes. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"""


@rule(
    "OMS054",
    cause="Its environment, or the scripts in it, are over 64 KB. ECS refuses to register it.",
    remedy="move large values into the image, or into a secret",
)
def task_definition_size(project: Project) -> Iterator[Fault]:
    """A task definition is not larger than ECS accepts."""
    for one in created(project, shortest=True):
        if one.kind == "AWS::ECS::TaskDefinition":
            size = _size(one.evaluator.value(one.properties))
            if size > TASK_DEFINITION:
                yield one.fault("", f"is at least {size:,} bytes; ECS accepts {TASK_DEFINITION:,}")


WITH_IAM = (
    "templates/compute/ecs-cluster-*.json",
    "templates/cicd/codepipeline-*.json",
    "templates/cicd/github-*.json",
    "templates/cicd/permissions-boundaries.json",
)
"""The templates whose command passes CAPABILITY_IAM and CAPABILITY_NAMED_IAM."""

AUTO_EXPAND = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::Macro")


@rule(
    "OMS055",
    cause="A role or a policy is in a template other than a cluster's or a pipeline's, or a "
    "template has a transform, a macro or a nested stack. The team's `aws cloudformation` commands "
    "would be refused with InsufficientCapabilities. Sceptre always passes all capabilities, so a "
    "launch would not show it.",
    remedy="put roles into the cluster's or the pipeline's template, and expand macros by hand",
    house=True,
)
def capability(project: Project) -> Iterator[Fault]:
    """A template needs no capability that its command does not pass."""
    for file in project.stacks:
        has_iam = any(fnmatchcase(file.template_source.file, pattern) for pattern in WITH_IAM)
        if file.template and "Transform" in file.template:
            yield file.template_fault("Transform", "needs CAPABILITY_AUTO_EXPAND")
        # As written, because macros make the section unknown.
        for key, resource in ((file.template or {}).get("Resources") or {}).items():
            kind = str(resource.get("Type")) if isinstance(resource, dict) else ""
            if kind.startswith("AWS::IAM::") and not has_iam:
                message = f"{kind} needs CAPABILITY_IAM, which only clusters and pipelines pass"
                yield file.template_fault(f"Resources.{key}", message)
            if kind in AUTO_EXPAND or "'Fn::Transform'" in str({key: resource}):
                yield file.template_fault(f"Resources.{key}", "needs CAPABILITY_AUTO_EXPAND")


SCOPED = {
    "AWS::Cognito::UserPoolGroup": "UserPoolId",
    "AWS::EC2::SecurityGroup": "VpcId",
    "AWS::ECS::Service": "Cluster",
    "AWS::WAFv2::WebACL": "Scope",
}
"""Types whose names are unique within what this property names."""
GLOBAL = ("AWS::IAM::", "AWS::S3::")
"""Begins the types whose names are unique in all regions."""


@rule(
    "OMS056",
    cause="Two resources of a type come out with one name, in one stack or in two. The second "
    "fails with AlreadyExists in the middle of a launch. cfn-lint compares names as they are "
    "written, within a template.",
    remedy="give each its own name",
    phase=Phase.BETWEEN,
)
def name_unique(project: Project) -> Iterator[Fault]:
    """No two resources have one name.

    Source:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
    """
    owners: dict[tuple[Any, ...], str] = {}
    for resource in project.resources:
        file, kind = resource.file, resource.kind
        property_ = unique_name(kind)
        name = resource.properties.get(property_) if property_ else None
        within = resource.properties.get(SCOPED.get(kind, ""), "")
        is_known = isinstance(name, str) and isinstance(within, str) and resource.is_certain
        if property_ is None or not is_known:
            continue
        region = "" if kind.startswith(GLOBAL) else file.stack.region
        place = f"{file.name}: {resource.key}"
        owner = owners.setdefault((kind, name, within, region, file.account), place)
        if owner != place:
            yield resource.fault(property_, f"'{name}' is the name of {owner} too")
