"""Facts about CloudFormation types that several parts of the project use.

Source: each type's page in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Mapping

HOLDS_STATE: Mapping[str, str] = {
    "AWS::Cognito::UserPool": "users",
    "AWS::Cognito::UserPoolClient": "id and secret",
    "AWS::Cognito::UserPoolGroup": "members",
    "AWS::DynamoDB::GlobalTable": "rows",
    "AWS::DynamoDB::Table": "rows",
    "AWS::ECR::Repository": "images",
    "AWS::ElastiCache::CacheCluster": "keys",
    "AWS::ElastiCache::ReplicationGroup": "keys",
    "AWS::KMS::Key": "key material",
    "AWS::Logs::LogGroup": "logs",
    "AWS::S3::Bucket": "objects",
    "AWS::SQS::Queue": "messages",
    "AWS::SecretsManager::Secret": "value",
}
"""The types whose loss is a loss of data, and the data. The plan reports the loss, and the stack
policy of ``!protect_state`` denies it (docs/decisions/0009)."""

REVISIONS = frozenset({"AWS::ECS::TaskDefinition"})
"""Types whose replacement is a new revision: services move to it, and nothing else is lost."""

NAME_PROPERTY: Mapping[str, str] = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::CodeBuild::Project": "Name",
    "AWS::CodePipeline::Pipeline": "Name",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::Cognito::UserPoolClient": "ClientName",
    "AWS::Cognito::UserPoolGroup": "GroupName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::ElastiCache::CacheCluster": "ClusterName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::WAFv2::WebACL": "Name",
}
"""The property that names a resource of the type."""

_LOAD_BALANCING = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
NAMES: Mapping[str, tuple[int, str]] = {
    "AWS::SQS::Queue": (80, r"[A-Za-z0-9_-]+(\.fifo)?"),
    "AWS::DynamoDB::Table": (255, r"[A-Za-z0-9_.-]{3,}"),
    "AWS::IAM::Role": (64, r"[\w+=,.@-]+"),
    "AWS::IAM::ManagedPolicy": (128, r"[\w+=,.@-]+"),
    "AWS::Logs::LogGroup": (512, r"[A-Za-z0-9_/.#-]+"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (32, _LOAD_BALANCING),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (32, _LOAD_BALANCING),
    "AWS::ECR::Repository": (256, r"[a-z0-9]+([._/-][a-z0-9]+)*"),
    "AWS::ECS::Cluster": (255, r"[A-Za-z0-9_-]+"),
    "AWS::ECS::Service": (255, r"[A-Za-z0-9_-]+"),
    "AWS::ECS::TaskDefinition": (255, r"[A-Za-z0-9_-]+"),
    "AWS::ElastiCache::ReplicationGroup": (40, r"[A-Za-z](-?[A-Za-z0-9])*"),
    "AWS::S3::Bucket": (63, r"[a-z0-9][a-z0-9.-]+[a-z0-9]"),
    "AWS::CloudWatch::Alarm": (255, r"[^\x00-\x1f]+"),
    "AWS::CloudWatch::Dashboard": (255, r"[A-Za-z0-9_-]+"),
    "AWS::SecretsManager::Secret": (512, r"[A-Za-z0-9/_+=.@-]+"),
    "AWS::KMS::Alias": (256, r"alias/[A-Za-z0-9/_-]+"),
    "AWS::Cognito::UserPool": (128, r"[\w\s+=,.@-]+"),
    "AWS::Cognito::UserPoolClient": (128, r"[\w\s+=,.@-]+"),
    "AWS::CodeBuild::Project": (255, r"[A-Za-z0-9][A-Za-z0-9_-]+"),
    "AWS::CodePipeline::Pipeline": (100, r"[A-Za-z0-9.@_-]+"),
}
"""By type: the maximum number of characters of the name, and its pattern. Source: the Create
operation of each service's API reference."""

NOT_UNIQUE = frozenset(
    {"AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::ECS::TaskDefinition"}
)
"""Types of which several resources may have the same name."""


def unique_name(kind: str) -> str | None:
    """Return the property whose value only one resource of the type can have, if any.

    CloudFormation can't replace a resource under such a name, because it creates the new one first.
    """
    return None if kind in NOT_UNIQUE else NAME_PROPERTY.get(kind)
