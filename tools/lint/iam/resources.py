"""The table's short names of resources, and the ARNs that they stand for.

What is deployed is looked up in the templates, so that no row refuses something that is not there.
What a launch or a person creates (repositories, exchange credentials) follows the naming rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from sentry_oms import names
from sentry_oms.cloudformation.placeholders import ACCOUNT, Place, of_resource
from sentry_oms.cloudformation.types import NAME_PROPERTY
from tools.lint.deployed import CONNECTION, REGION, deployed

OTHER_ACCOUNT = "999999999999"

FOREIGN = "another system's"
"""A resource in the same account that is not of this project."""

SUFFIX = "-AbCdEf"
"""Secrets Manager adds six characters to the name in the ARN."""

WHERE = ("another environment's", "another account's", FOREIGN)

IMAGES = {"frontend": "admin-front-end", "oms": "oms", "websocket": "websocket"}
SERVICES = {"frontend": "frontend-admin", "oms": "oms", "websocket": "websocket"}
CLUSTERS = {"frontend": "gateway", "oms": "oms", "websocket": "gateway"}


class UnknownResourceError(Exception):
    """The table names something that is not deployed."""


class Target(NamedTuple):
    """What a call is about.

    Args:
        arn: its ARN, or ``*`` where the call is about none.
        account: the account that owns it.
        policy: its own policy, where it has one.
        environment: whose it is; empty where it is of none.
    """

    arn: str
    account: str = ACCOUNT
    policy: Mapping[str, Any] | None = None
    environment: str = ""


OPEN: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
"""Another account's resource that lets everybody in: so it is the role's policy that decides."""


ACCOUNTS_OWN: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
"""What a key is made with: IAM decides. A key without a policy would refuse everybody."""


def targets(name: str, environment: str, others: tuple[str, ...]) -> Iterator[Target]:
    """What a short name stands for; more than one where it is of another environment.

    Args:
        name: such as ``queue:okx-orders`` or ``another account's table:config``.
        environment: the one whose role calls.
        others: those that are not it.
    """
    where = next((where for where in WHERE if name.startswith(f"{where} ")), None)
    short = name.removeprefix(f"{where} ")
    if where == "another environment's":
        yield from _of_others(short, others)
    elif where == "another account's":
        arn = _target(short, environment).arn.replace(ACCOUNT, OTHER_ACCOUNT)
        yield Target(arn, OTHER_ACCOUNT, OPEN)
    elif where == FOREIGN:
        kind, _, rest = short.partition(":")
        policy = ACCOUNTS_OWN if kind == "key" else None
        yield Target(_NAMED[kind](f"payroll-{rest or kind}"), policy=policy)
    else:
        yield _target(short, environment)


def _of_others(name: str, others: tuple[str, ...]) -> list[Target]:
    """That of each of the others that has it; one of them must, as prod alone has a key."""
    found = []
    for other in others:
        with suppress(UnknownResourceError):
            found.append(_target(name, other))
    if others and not found:
        raise UnknownResourceError(f"{name!r} is not deployed in {' or '.join(others)}")
    return found


def _target(name: str, environment: str) -> Target:
    if name == "*":
        return Target("*")
    kind, _, rest = name.partition(":")
    if kind not in _OURS:
        raise UnknownResourceError(f"{name!r}: there is no kind {kind!r}")
    try:
        return _OURS[kind](rest, environment)._replace(environment=environment)
    except (KeyError, StopIteration):
        raise UnknownResourceError(f"{name!r} is not deployed in {environment}") from None


def resource(environment: str, stack: str, kind: str, logical_id: str = "") -> tuple[str, Any]:
    """The logical ID and the definition of a resource: the only one of its type, or the named."""
    found = {
        key: one
        for key, one in deployed(environment)[stack]["Resources"].items()
        if one["Type"] == kind and logical_id in ("", key)
    }
    return next(iter(found.items()))


def attribute(environment: str, stack: str, kind: str, name: str = "Arn") -> str:
    """An attribute of the only resource of a type, as the other templates see it."""
    logical_id, definition = resource(environment, stack, kind)
    place = Place(names.stack_name(stack, environment), REGION, logical_id)
    properties = definition.get("Properties", {})
    key = NAME_PROPERTY.get(kind, "")
    return of_resource(place, kind, {key: properties.get(key)}, name)


def _arn(service: str, rest: str, *, region: str = REGION) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{rest}"


_NAMED: Mapping[str, Callable[[str], str]] = {
    "queue": lambda name: _arn("sqs", name),
    "table": lambda name: _arn("dynamodb", f"table/{name}"),
    "index": lambda name: _arn("dynamodb", f"table/{name}/index/GSI1"),
    "secret": lambda name: _arn("secretsmanager", f"secret:{name}{SUFFIX}"),
    "repository": lambda name: _arn("ecr", f"repository/{name}"),
    "log-group": lambda name: _arn("logs", f"log-group:{name}"),
    "log": lambda name: _arn("logs", f"log-group:{name}:log-stream:one"),
    "bucket": lambda name: f"arn:aws:s3:::{name}",
    "object": lambda name: f"arn:aws:s3:::{name}/one",
    "project": lambda name: _arn("codebuild", f"project/{name}"),
    "service": lambda name: _arn("ecs", f"service/{name}/{name}"),
    "task-definition": lambda name: _arn("ecs", f"task-definition/{name}:7"),
    "role": lambda name: _arn("iam", f"role/{name}", region=""),
    "connection": lambda name: _arn("codestar-connections", f"connection/{name}"),
    "codeconnection": lambda name: _arn("codeconnections", f"connection/{name}"),
    "pool": lambda name: _arn("cognito-idp", f"userpool/{REGION}_{name}"),
    "redis": lambda name: _arn("elasticache", f"replicationgroup:{name}"),
    "stack": lambda name: _arn("cloudformation", f"stack/{name}/1"),
    "key": lambda name: _arn("kms", f"key/{name}"),
    "alias": lambda name: _arn("kms", f"alias/{name}"),
    "policy": lambda name: _arn("iam", f"policy/{name}", region=""),
    "provider": lambda name: _arn("iam", f"oidc-provider/{name}", region=""),
    "user": lambda name: _arn("iam", f"user/{name}", region=""),
    "cluster": lambda name: _arn("ecs", f"cluster/{name}"),
    "pipeline": lambda name: _arn("codepipeline", name),
    "alarm": lambda name: _arn("cloudwatch", f"alarm:{name}"),
    "web-acl": lambda name: _arn("wafv2", f"regional/webacl/{name}/1"),
    "instance": lambda name: _arn("ec2", f"instance/{name}"),
    "service-linked-role": lambda name: _arn("iam", f"role/aws-service-role/{name}", region=""),
    "hosted-zone": lambda name: f"arn:aws:route53:::hostedzone/{name}",
}


def _queue(name: str, environment: str, *, kind: str = "queue") -> Target:
    wanted = re.compile(rf"{re.escape(name)}-{kind}-{environment}(\.fifo)?")
    resources = deployed(environment)["sqs"]["Resources"].values()
    full = next(
        one["Properties"]["QueueName"]
        for one in resources
        if one["Type"] == "AWS::SQS::Queue" and wanted.fullmatch(one["Properties"]["QueueName"])
    )
    url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{full}"
    policy = next(
        one["Properties"]["PolicyDocument"]
        for one in resources
        if one["Type"] == "AWS::SQS::QueuePolicy" and url in one["Properties"]["Queues"]
    )
    return Target(_NAMED["queue"](full), policy=policy)


def _table(name: str, environment: str) -> Target:
    return Target(attribute(environment, f"dynamodb-{name}", "AWS::DynamoDB::Table"))


def _secret(name: str, environment: str) -> Target:
    if name.startswith("exchanges/"):
        return Target(_NAMED["secret"](f"{names.secret_name(environment)}/{name}"))
    stack = {"app": "secrets", "redis": "redis"}[name.removesuffix(" without suffix")]
    arn = attribute(environment, stack, "AWS::SecretsManager::Secret", "")
    return Target(arn.removesuffix(SUFFIX) if name.endswith(" without suffix") else arn)


def _repository(name: str, environment: str) -> Target:
    return Target(_NAMED["repository"](f"sentry/{IMAGES[name]}-{environment}"))


def _log_group(name: str, environment: str) -> str:
    stack = name.replace("build-", "pipeline-") if name.startswith("build-") else f"cluster-{name}"
    return attribute(environment, stack, "AWS::Logs::LogGroup", "")


def _bucket(name: str, environment: str, path: str = "") -> Target:
    stack = f"pipeline-{name}"
    arn = attribute(environment, stack, "AWS::S3::Bucket")
    _, policy = resource(environment, stack, "AWS::S3::BucketPolicy")
    return Target(arn + path, policy=policy["Properties"]["PolicyDocument"])


def _service(name: str, environment: str) -> Target:
    cluster = attribute(environment, f"cluster-{CLUSTERS[name]}", "AWS::ECS::Cluster", "")
    service = attribute(environment, f"task-{name}", "AWS::ECS::Service", "Name")
    return Target(_arn("ecs", f"service/{cluster}/{service}"))


def _task_definition(name: str, environment: str) -> Target:
    return Target(attribute(environment, f"task-{name}", "AWS::ECS::TaskDefinition", ""))


def _key(_: str, environment: str) -> Target:
    _, key = resource(environment, "secrets", "AWS::KMS::Key")
    arn = attribute(environment, "secrets", "AWS::KMS::Key")
    return Target(arn, policy=key["Properties"]["KeyPolicy"])


def role_name(name: str, environment: str) -> str:
    """The name on AWS of a role that the table calls ``oms-task``."""
    return f"sentry-{name}" if name == "github-plan" else f"sentry-{name}-{environment}"


def _alias(_: str, environment: str) -> Target:
    _, alias = resource(environment, "secrets", "AWS::KMS::Alias")
    return Target(_arn("kms", alias["Properties"]["AliasName"]))


def _pipeline(name: str, environment: str) -> Target:
    return Target(
        _NAMED["pipeline"](
            attribute(environment, f"pipeline-{name}", "AWS::CodePipeline::Pipeline", "")
        )
    )


def _alarm(name: str, environment: str) -> Target:
    return Target(_NAMED["alarm"](attribute(environment, name, "AWS::CloudWatch::Alarm", "")))


class _ById(NamedTuple):
    """A resource that AWS names by an ID of its own: where its template is, and its ARN's form."""

    stack: str
    type: str
    arn: str


_BY_ID: Mapping[str, _ById] = {
    "vpc": _ById("vpc", "AWS::EC2::VPC", "ec2:vpc/{}"),
    "subnet": _ById("vpc", "AWS::EC2::Subnet", "ec2:subnet/{}"),
    "route-table": _ById("vpc", "AWS::EC2::RouteTable", "ec2:route-table/{}"),
    "security-group": _ById("vpc", "AWS::EC2::SecurityGroup", "ec2:security-group/{}"),
    "internet-gateway": _ById("vpc", "AWS::EC2::InternetGateway", "ec2:internet-gateway/{}"),
    "nat-gateway": _ById("vpc", "AWS::EC2::NatGateway", "ec2:natgateway/{}"),
    "elastic-ip": _ById("vpc", "AWS::EC2::EIP", "ec2:elastic-ip/{}"),
    "endpoint": _ById("vpc", "AWS::EC2::VPCEndpoint", "ec2:vpc-endpoint/{}"),
    "flow-log": _ById("vpc", "AWS::EC2::VPC", "ec2:vpc-flow-log/of-{}"),
    "network-interface": _ById("vpc", "AWS::EC2::VPC", "ec2:network-interface/of-{}"),
    "redis": _ById(
        "redis", "AWS::ElastiCache::ReplicationGroup", "elasticache:replicationgroup:{}"
    ),
    "cache-subnets": _ById("redis", "AWS::ElastiCache::SubnetGroup", "elasticache:subnetgroup:{}"),
    "cache-snapshot": _ById(
        "redis", "AWS::ElastiCache::ReplicationGroup", "elasticache:snapshot:{}"
    ),
    "cache-cluster": _ById(
        "redis", "AWS::ElastiCache::ReplicationGroup", "elasticache:cluster:{}-001"
    ),
    "scalable-target": _ById(
        "task-oms",
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "application-autoscaling:scalable-target/{}",
    ),
}


def _by_id(one: _ById) -> Callable[[str, str], Target]:
    def target(_: str, environment: str) -> Target:
        service, _, path = one.arn.partition(":")
        return Target(_arn(service, path.format(attribute(environment, one.stack, one.type, ""))))

    return target


def _in_alb(kind: str, name: str = "") -> Callable[[str, str], Target]:
    return lambda _, environment: Target(attribute(environment, "alb", kind, name))


def _listener_rule(_: str, environment: str) -> Target:
    listener = attribute(environment, "alb", "AWS::ElasticLoadBalancingV2::Listener", "")
    return Target(f"{listener.replace(':listener/', ':listener-rule/')}/{'0' * 16}")


def _service_deployment(name: str, environment: str) -> Target:
    service = _service(name, environment).arn
    return Target(f"{service.replace(':service/', ':service-deployment/')}/one")


_OURS: Mapping[str, Callable[[str, str], Target]] = {
    "queue": _queue,
    "dead-letter": lambda name, env: _queue(name, env, kind="dlq"),
    "table": _table,
    "index": lambda name, env: Target(f"{_table(name, env).arn}/index/GSI1"),
    "secret": _secret,
    "repository": _repository,
    "log": lambda name, env: Target(_NAMED["log"](_log_group(name, env))),
    "log-group": lambda name, env: Target(_NAMED["log-group"](_log_group(name, env))),
    "firewall-log-group": lambda _, env: Target(_NAMED["log-group"](f"aws-waf-logs-sentry-{env}")),
    "bucket": _bucket,
    "object": lambda name, env: _bucket(name, env, "/one"),
    "project": lambda name, env: Target(
        attribute(env, f"pipeline-{name}", "AWS::CodeBuild::Project")
    ),
    "service": _service,
    "task-definition": _task_definition,
    "role": lambda name, env: Target(_NAMED["role"](role_name(name, env))),
    "connection": lambda _, __: Target(CONNECTION),
    "codeconnection": lambda _, __: Target(_NAMED["codeconnection"]("new")),
    "pool": lambda _, env: Target(attribute(env, "cognito", "AWS::Cognito::UserPool")),
    "stack": lambda name, env: Target(_NAMED["stack"](names.stack_name(name, env))),
    "bootstrap": lambda name, _: Target(_NAMED["stack"](names.stack_name(name, names.BOOTSTRAP))),
    "key": _key,
    "default-key": lambda _, __: Target(_NAMED["key"]("default"), policy=ACCOUNTS_OWN),
    "alias": _alias,
    "boundary": lambda _, env: Target(_NAMED["policy"](f"sentry-boundary-{env}")),
    "policy": lambda name, _: Target(_NAMED["policy"](f"sentry-{name}")),
    "provider": lambda name, _: Target(_NAMED["provider"](name)),
    "user": lambda name, _: Target(_NAMED["user"](name)),
    "service-linked-role": lambda name, _: Target(_NAMED["service-linked-role"](name)),
    "hosted-zone": lambda name, _: Target(_NAMED["hosted-zone"](name)),
    "cluster": lambda name, env: Target(attribute(env, f"cluster-{name}", "AWS::ECS::Cluster")),
    "service-deployment": _service_deployment,
    "pipeline": _pipeline,
    "alarm": _alarm,
    "load-balancer": _in_alb("AWS::ElasticLoadBalancingV2::LoadBalancer"),
    "listener": _in_alb("AWS::ElasticLoadBalancingV2::Listener"),
    "listener-rule": _listener_rule,
    "target-group": _in_alb("AWS::ElasticLoadBalancingV2::TargetGroup"),
    "web-acl": _in_alb("AWS::WAFv2::WebACL", "Arn"),
    **{kind: _by_id(one) for kind, one in _BY_ID.items()},
}
