"""The registry: what the embedded CloudFormation learns, and what of it is repaired.

A test holds that ``PROVIDERS`` is exactly what our templates use and ministack lacks.
"""

from sentry_oms.local.provider import Provider, Repair
from sentry_oms.local.providers import dynamodb, ec2, ecs, named, secretsmanager

PROVIDERS: tuple[type[Provider], ...] = (ec2.ElasticIp, ec2.NatGateway)

REPAIRS: tuple[type[Repair], ...] = (
    dynamodb.Table,
    ecs.Cluster,
    ecs.Service,
    ecs.TaskDefinition,
    named.KeyAlias,
    named.LogGroup,
    named.Queue,
    named.Role,
    secretsmanager.Secret,
)
