"""The registry of the embedded CloudFormation's additional types, and its repairs.

A test checks that ``PROVIDERS`` is exactly what our templates use and ministack lacks.
"""

from sentry_oms.local.provider import Provider, Reader, Repair
from sentry_oms.local.providers import (
    application_autoscaling,
    codepipeline,
    cognito,
    dynamodb,
    ec2,
    ecs,
    elasticache,
    elbv2,
    iam,
    named,
    s3,
    secretsmanager,
    security_group,
    wafv2,
)

PROVIDERS: tuple[type[Provider], ...] = (
    application_autoscaling.ScalableTarget,
    application_autoscaling.ScalingPolicy,
    codepipeline.Pipeline,
    cognito.RiskConfiguration,
    ec2.ElasticIp,
    ec2.FlowLog,
    ec2.NatGateway,
    iam.OidcProvider,
    wafv2.LoggingConfiguration,
    wafv2.WebAclAssociation,
)

REPAIRS: tuple[type[Repair], ...] = (
    dynamodb.Table,
    ecs.Cluster,
    ecs.Service,
    ecs.TaskDefinition,
    elasticache.ReplicationGroup,
    elbv2.TargetGroup,
    iam.ManagedPolicy,
    iam.Role,
    named.BuildProject,
    named.KeyAlias,
    named.LogGroup,
    named.Queue,
    s3.Bucket,
    secretsmanager.Secret,
)

READERS: tuple[Reader, ...] = (ecs.READER, security_group.READER)
