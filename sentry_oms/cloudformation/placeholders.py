"""Placeholders for values known only at deployment, so that the rest can be checked.

A placeholder has the shape of the real value, which the table lists by type; other values have no
placeholder and are unknown. The same resource always gets the same one, and two resources never
share one.

Source: "Return values" of each type in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from sentry_oms.cloudformation.types import NAME_PROPERTY

ACCOUNT = "123456789012"
SECRET_SUFFIX = "-AbCdEf"
"""The random ending of a secret's ARN."""

_REF = ""

_SHAPES: Mapping[tuple[str, str], str] = {
    ("AWS::CodeBuild::Project", _REF): "{name}",
    ("AWS::CodeBuild::Project", "Arn"): "arn:aws:codebuild:{region}:{account}:project/{name}",
    ("AWS::CodePipeline::Pipeline", _REF): "{name}",
    ("AWS::Cognito::UserPool", _REF): "{region}_{short}",
    ("AWS::Cognito::UserPool", "Arn"): (
        "arn:aws:cognito-idp:{region}:{account}:userpool/{region}_{short}"
    ),
    ("AWS::Cognito::UserPoolClient", _REF): "{long}",
    ("AWS::DynamoDB::Table", _REF): "{name}",
    ("AWS::DynamoDB::Table", "Arn"): "arn:aws:dynamodb:{region}:{account}:table/{name}",
    ("AWS::DynamoDB::Table", "StreamArn"): (
        "arn:aws:dynamodb:{region}:{account}:table/{name}/stream/2026-01-01T00:00:00.000"
    ),
    ("AWS::EC2::EIP", "AllocationId"): "eipalloc-{hex}",
    ("AWS::EC2::InternetGateway", _REF): "igw-{hex}",
    ("AWS::EC2::NatGateway", _REF): "nat-{hex}",
    ("AWS::EC2::RouteTable", _REF): "rtb-{hex}",
    ("AWS::EC2::SecurityGroup", _REF): "sg-{hex}",
    ("AWS::EC2::SecurityGroup", "GroupId"): "sg-{hex}",
    ("AWS::EC2::Subnet", _REF): "subnet-{hex}",
    ("AWS::EC2::VPC", _REF): "vpc-{hex}",
    ("AWS::ECS::Cluster", _REF): "{name}",
    ("AWS::ECS::Cluster", "Arn"): "arn:aws:ecs:{region}:{account}:cluster/{name}",
    ("AWS::ECS::Service", "Name"): "{name}",
    ("AWS::ECS::TaskDefinition", _REF): "arn:aws:ecs:{region}:{account}:task-definition/{name}:1",
    ("AWS::ElastiCache::ReplicationGroup", _REF): "{generated}",
    ("AWS::ElastiCache::ReplicationGroup", "PrimaryEndPoint.Address"): (
        "master.{generated}.{short}.use1.cache.amazonaws.com"
    ),
    ("AWS::ElastiCache::ReplicationGroup", "PrimaryEndPoint.Port"): "6379",
    ("AWS::ElastiCache::SubnetGroup", _REF): "{generated}",
    ("AWS::ElasticLoadBalancingV2::Listener", _REF): (
        "arn:aws:elasticloadbalancing:{region}:{account}:listener/app/{short}/{hex16}/{hex16}"
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", _REF): (
        "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{short}/{hex16}"
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "DNSName"): (
        "{short}-1.{region}.elb.amazonaws.com"
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName"): "app/{short}/{hex16}",
    ("AWS::ElasticLoadBalancingV2::TargetGroup", _REF): (
        "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{short}/{hex16}"
    ),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"): (
        "targetgroup/{short}/{hex16}"
    ),
    ("AWS::IAM::ManagedPolicy", _REF): "arn:aws:iam::{account}:policy/{name}",
    ("AWS::IAM::OIDCProvider", _REF): (
        "arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"
    ),
    ("AWS::IAM::Role", _REF): "{name}",
    ("AWS::IAM::Role", "Arn"): "arn:aws:iam::{account}:role/{name}",
    ("AWS::KMS::Key", _REF): "{uuid}",
    ("AWS::KMS::Key", "Arn"): "arn:aws:kms:{region}:{account}:key/{uuid}",
    ("AWS::Logs::LogGroup", _REF): "{name}",
    ("AWS::Logs::LogGroup", "Arn"): "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    ("AWS::S3::Bucket", _REF): "{name}",
    ("AWS::S3::Bucket", "Arn"): "arn:aws:s3:::{name}",
    ("AWS::SNS::Topic", _REF): "arn:aws:sns:{region}:{account}:{name}",
    ("AWS::SNS::Topic", "TopicArn"): "arn:aws:sns:{region}:{account}:{name}",
    ("AWS::SQS::Queue", _REF): "https://sqs.{region}.amazonaws.com/{account}/{name}",
    ("AWS::SQS::Queue", "Arn"): "arn:aws:sqs:{region}:{account}:{name}",
    ("AWS::SQS::Queue", "QueueName"): "{name}",
    ("AWS::SecretsManager::Secret", _REF): (
        "arn:aws:secretsmanager:{region}:{account}:secret:{name}" + SECRET_SUFFIX
    ),
    ("AWS::WAFv2::WebACL", "Arn"): (
        "arn:aws:wafv2:{region}:{account}:regional/webacl/{generated}/{uuid}"
    ),
}


class Place(NamedTuple):
    """The location of a resource."""

    stack_name: str
    region: str
    logical_id: str


def has_shape(kind: str, attribute: str) -> bool:
    """Return whether the shape of an attribute is known, so that a placeholder has it."""
    return (kind, attribute) in _SHAPES


def of_resource(place: Place, kind: str, properties: Mapping[str, Any], attribute: str) -> str:
    """Return the placeholder of a resource's attribute.

    Args:
        place: the resource.
        kind: its type, such as ``AWS::SQS::Queue``.
        properties: its properties, as far as they are known.
        attribute: the attribute of ``Fn::GetAtt``; empty for ``Ref``.
    """
    generated = f"{place.stack_name}-{place.logical_id}-{_digest(place)[:12].upper()}"
    if kind == "AWS::S3::Bucket":
        generated = generated.lower()
    name = properties.get(NAME_PROPERTY.get(kind, ""))
    shape = _SHAPES.get((kind, attribute), "{generated}" + (f".{attribute}" if attribute else ""))
    digest = _digest(place)
    return shape.format(
        account=ACCOUNT,
        region=place.region,
        name=name if isinstance(name, str) else generated,
        generated=generated,
        short=digest[:9],
        hex=digest[:17],
        hex16=digest[:16],
        long=digest[:26],
        uuid=f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}",
    )


def _digest(place: Place) -> str:
    return hashlib.sha256("/".join(place).encode()).hexdigest()
