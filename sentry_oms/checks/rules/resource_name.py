"""OMS052: a resource has a name that its service takes.

Sources:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    and the Create operation of each other service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope

LOAD_BALANCING = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
NAMES = {
    ("AWS::SQS::Queue", "QueueName"): (80, r"[A-Za-z0-9_-]+(\.fifo)?"),
    ("AWS::DynamoDB::Table", "TableName"): (255, r"[A-Za-z0-9_.-]{3,}"),
    ("AWS::IAM::Role", "RoleName"): (64, r"[\w+=,.@-]+"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"): (128, r"[\w+=,.@-]+"),
    ("AWS::Logs::LogGroup", "LogGroupName"): (512, r"[A-Za-z0-9_/.#-]+"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"): (32, LOAD_BALANCING),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name"): (32, LOAD_BALANCING),
    ("AWS::ECR::Repository", "RepositoryName"): (256, r"[a-z0-9]+([._/-][a-z0-9]+)*"),
    ("AWS::ECS::Cluster", "ClusterName"): (255, r"[A-Za-z0-9_-]+"),
    ("AWS::ECS::Service", "ServiceName"): (255, r"[A-Za-z0-9_-]+"),
    ("AWS::ECS::TaskDefinition", "Family"): (255, r"[A-Za-z0-9_-]+"),
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"): (40, r"[A-Za-z](-?[A-Za-z0-9])*"),
    ("AWS::S3::Bucket", "BucketName"): (63, r"[a-z0-9][a-z0-9.-]+[a-z0-9]"),
    ("AWS::CloudWatch::Alarm", "AlarmName"): (255, r"[^\x00-\x1f]+"),
    ("AWS::CloudWatch::Dashboard", "DashboardName"): (255, r"[A-Za-z0-9_-]+"),
    ("AWS::SecretsManager::Secret", "Name"): (512, r"[A-Za-z0-9/_+=.@-]+"),
    ("AWS::KMS::Alias", "AliasName"): (256, r"alias/[A-Za-z0-9/_-]+"),
    ("AWS::Cognito::UserPool", "UserPoolName"): (128, r"[\w\s+=,.@-]+"),
    ("AWS::Cognito::UserPoolClient", "ClientName"): (128, r"[\w\s+=,.@-]+"),
    ("AWS::CodeBuild::Project", "Name"): (150, r"[A-Za-z0-9][A-Za-z0-9_-]+"),
    ("AWS::CodePipeline::Pipeline", "Name"): (100, r"[A-Za-z0-9.@_-]+"),
}
"""By type and property: how many characters, and what they may be."""


def find(project: Project) -> Iterator[Fault]:
    """Names, with the parameters put in, that are too long or have characters that may not be."""
    for file in project.stacks:
        evaluator = project.values.evaluator(file)
        for key, resource in file.section("Resources").items():
            for property_, expression in resource.get("Properties", {}).items():
                limit, pattern = NAMES.get((resource.get("Type"), property_), (0, ""))
                name = evaluator.value(expression) if limit else None
                if not isinstance(name, str):
                    continue
                field = f"Resources.{key}.Properties.{property_}"
                if len(name) > limit:
                    message = f"'{name}' has {len(name)} characters, and may have {limit}"
                    yield file.template_fault(field, message)
                elif not re.fullmatch(pattern, name):
                    message = f"'{name}' does not match {pattern}"
                    yield file.template_fault(field, message, "use the characters that it takes")


RULE = Rule(
    code="OMS052",
    title="A resource has a name that its service takes",
    cause=(
        "A name that a template makes of its parameters is longer than the service allows, or has "
        "characters that it does not take. The service refuses it in the middle of a launch."
    ),
    remedy="shorten the name, or what it is made of",
    scope=Scope.STACKS,
    find=find,
)
