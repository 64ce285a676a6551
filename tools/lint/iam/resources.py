"""The ARNs behind the table's short names of resources.

Deployed resources are looked up in the templates, so a row about a missing resource is an error.
Resources that a launch or a person creates, such as repositories, follow the naming rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from sentry_oms import names
from sentry_oms.cloudformation.placeholders import ACCOUNT, Place, of_resource
from tools.lint.deployed import CONNECTION, REGION, deployed

OTHER_ACCOUNT = "999999999999"
OTHER_ENVIRONMENT = "another environment's "
OTHER_OWNER = "another account's "
OTHER_SYSTEM = "another system's "
"""Prefix of a resource in this account that is not part of this project."""

SUFFIX = "-AbCdEf"
"""Secrets Manager adds six characters to a secret's name in the ARN."""

IMAGES = {"frontend": "admin-front-end", "oms": "oms", "websocket": "websocket"}
CLUSTERS = {"frontend": "gateway", "oms": "oms", "websocket": "gateway"}


REDIS = "AWS::ElastiCache::ReplicationGroup"


class Kind(NamedTuple):
    """A kind of resources in the table.

    Args:
        form: the ARN of a name, without region and account.
        stack: the stack that has the resource; empty if naming rules give its name.
        type: the resource's type in that stack.
    """

    form: str
    stack: str = ""
    type: str = ""


KINDS: Mapping[str, Kind] = {
    "alarm": Kind("cloudwatch:alarm:{}", "{}", "AWS::CloudWatch::Alarm"),
    "alias": Kind("kms:alias/{}"),
    "boundary": Kind("iam:policy/sentry-boundary-{environment}"),
    "bucket": Kind("s3:{}", "pipeline-{}", "AWS::S3::Bucket"),
    "cache-cluster": Kind("elasticache:cluster:{}-001", "redis", REDIS),
    "cache-subnets": Kind("elasticache:subnetgroup:{}", "redis", "AWS::ElastiCache::SubnetGroup"),
    "cluster": Kind("ecs:cluster/{}", "cluster-{}", "AWS::ECS::Cluster"),
    "codeconnection": Kind("codeconnections:connection/new"),
    "connection": Kind("codestar-connections:connection/{}"),
    "default-key": Kind("kms:key/default"),
    "elastic-ip": Kind("ec2:elastic-ip/{}", "vpc", "AWS::EC2::EIP"),
    "endpoint": Kind("ec2:vpc-endpoint/{}", "vpc", "AWS::EC2::VPCEndpoint"),
    "firewall-log-group": Kind("logs:log-group:aws-waf-logs-sentry-{environment}"),
    "flow-log": Kind("ec2:vpc-flow-log/of-{}", "vpc", "AWS::EC2::VPC"),
    "hosted-zone": Kind("route53:hostedzone/{}"),
    "index": Kind("dynamodb:table/{}/index/GSI1", "dynamodb-{}", "AWS::DynamoDB::Table"),
    "instance": Kind("ec2:instance/{}"),
    "internet-gateway": Kind("ec2:internet-gateway/{}", "vpc", "AWS::EC2::InternetGateway"),
    "key": Kind("kms:key/{}", "secrets", "AWS::KMS::Key"),
    "launch-lock": Kind("dynamodb:table/sentry-launches-{environment}"),
    "listener": Kind("", "alb", "AWS::ElasticLoadBalancingV2::Listener"),
    "load-balancer": Kind("", "alb", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    "log": Kind("logs:log-group:{}:log-stream:one"),
    "log-group": Kind("logs:log-group:{}"),
    "nat-gateway": Kind("ec2:natgateway/{}", "vpc", "AWS::EC2::NatGateway"),
    "network-interface": Kind("ec2:network-interface/of-{}", "vpc", "AWS::EC2::VPC"),
    "object": Kind("s3:{}/one", "pipeline-{}", "AWS::S3::Bucket"),
    "pipeline": Kind("codepipeline:{}", "pipeline-{}", "AWS::CodePipeline::Pipeline"),
    "policy": Kind("iam:policy/sentry-{}"),
    "pool": Kind("cognito-idp:userpool/{}", "cognito", "AWS::Cognito::UserPool"),
    "project": Kind("codebuild:project/{}", "pipeline-{}", "AWS::CodeBuild::Project"),
    "provider": Kind("iam:oidc-provider/{}"),
    "queue": Kind("sqs:{}"),
    "redis": Kind("elasticache:replicationgroup:{}", "redis", REDIS),
    "repository": Kind("ecr:repository/{}"),
    "role": Kind("iam:role/{}"),
    "route-table": Kind("ec2:route-table/{}", "vpc", "AWS::EC2::RouteTable"),
    "scalable-target": Kind(
        "application-autoscaling:scalable-target/{}",
        "task-oms",
        "AWS::ApplicationAutoScaling::ScalableTarget",
    ),
    "secret": Kind(f"secretsmanager:secret:{{}}{SUFFIX}"),
    "security-group": Kind("ec2:security-group/{}", "vpc", "AWS::EC2::SecurityGroup"),
    "service": Kind("ecs:service/{}"),
    "service-deployment": Kind("ecs:service-deployment/{}/one"),
    "service-linked-role": Kind("iam:role/aws-service-role/{}"),
    "stack": Kind("cloudformation:stack/{}/1"),
    "subnet": Kind("ec2:subnet/{}", "vpc", "AWS::EC2::Subnet"),
    "table": Kind("dynamodb:table/{}", "dynamodb-{}", "AWS::DynamoDB::Table"),
    "target-group": Kind("", "alb", "AWS::ElasticLoadBalancingV2::TargetGroup"),
    "task-definition": Kind("ecs:task-definition/{}:7", "task-{}", "AWS::ECS::TaskDefinition"),
    "user": Kind("iam:user/{}"),
    "vpc": Kind("ec2:vpc/{}", "vpc", "AWS::EC2::VPC"),
    "web-acl": Kind("wafv2:regional/webacl/{}/1", "alb", "AWS::WAFv2::WebACL"),
}


class UnknownResourceError(Exception):
    """The table names a resource that is not deployed."""


class Target(NamedTuple):
    """The resource of a call.

    Args:
        arn: its ARN, or ``*`` for a call about no resource.
        account: its owner.
        policy: its own policy, if any.
        environment: the environment that it belongs to; empty if none.
    """

    arn: str
    account: str = ACCOUNT
    policy: Mapping[str, Any] | None = None
    environment: str = ""


def _allowing(principal: Any, action: str) -> Mapping[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


# With these the role's own policy decides: another account's resource admits everybody, and a key
# trusts its account.
OPEN = _allowing("*", "*")
ACCOUNTS_OWN = _allowing({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:*")


@cache
def targets(name: str, environment: str) -> tuple[Target, ...]:
    """Return what a short name means in an environment: one target, or that of each other one.

    Raises:
        UnknownResourceError: no template has it.
    """
    if name.startswith(OTHER_ENVIRONMENT):
        short, found = name.removeprefix(OTHER_ENVIRONMENT), []
        for other in names.ENVIRONMENTS:
            # Only prod has a key, for one.
            with suppress(UnknownResourceError):
                found += [_target(short, other)] if other != environment else []
        if not found:
            raise UnknownResourceError(f"{short!r} is not deployed outside {environment}")
        return tuple(found)
    if name.startswith(OTHER_OWNER):
        arn = _target(name.removeprefix(OTHER_OWNER), environment).arn
        return (Target(arn.replace(ACCOUNT, OTHER_ACCOUNT), OTHER_ACCOUNT, OPEN),)
    if name.startswith(OTHER_SYSTEM):
        kind = name.removeprefix(OTHER_SYSTEM)
        cluster = "payroll/" if kind == "service" else ""
        policy = ACCOUNTS_OWN if kind == "key" else None
        return (Target(_arn(kind, f"{cluster}payroll-{kind}"), policy=policy),)
    return (_target(name, environment),)


def role_name(name: str, environment: str) -> str:
    """Return the name on AWS of a role that the table calls ``oms-task``."""
    return f"sentry-{name}" if name == "github-plan" else f"sentry-{name}-{environment}"


def _target(name: str, environment: str) -> Target:
    if name == "*":
        return Target("*")
    kind, _, rest = name.partition(":")
    try:
        arn = _deployed_arn(kind, rest, environment)
        return Target(arn, policy=_policy(kind, rest, arn, environment), environment=environment)
    except (KeyError, StopIteration):
        raise UnknownResourceError(f"{name!r} is not deployed in {environment}") from None


def _arn(kind: str, name: str, environment: str = "") -> str:
    form = KINDS[kind].form.format(name, environment=environment)
    service, _, rest = form.partition(":")
    region = "" if service in ("iam", "route53", "s3") else REGION
    account = "" if service in ("route53", "s3") else ACCOUNT
    return f"arn:aws:{service}:{region}:{account}:{rest}"


def _deployed_arn(kind: str, name: str, environment: str) -> str:
    match kind:
        case "queue" | "dead-letter":
            wanted = f"{name}-{'queue' if kind == 'queue' else 'dlq'}-{environment}"
            queues = (one["QueueName"] for one in _all(environment, "sqs", "AWS::SQS::Queue"))
            return _arn("queue", next(one for one in queues if one.partition(".")[0] == wanted))
        case "secret" if name.startswith("exchanges/"):
            return _arn(kind, f"{names.secret_name(environment)}/{name}")
        case "secret":
            short = name.removesuffix(" without suffix")
            stack = {"app": "secrets", "redis": "redis"}[short]
            arn = _ref(environment, stack, "AWS::SecretsManager::Secret")
            return arn if short == name else arn.removesuffix(SUFFIX)
        case "repository":
            return _arn(kind, f"sentry/{IMAGES[name]}-{environment}")
        case "log" | "log-group":
            stack = name.replace("build", "pipeline") if "build" in name else f"cluster-{name}"
            return _arn(kind, _ref(environment, stack, "AWS::Logs::LogGroup"))
        case "service" | "service-deployment":
            cluster = _ref(environment, f"cluster-{CLUSTERS[name]}", "AWS::ECS::Cluster")
            service = _ref(environment, f"task-{name}", "AWS::ECS::Service", "Name")
            return _arn(kind, f"{cluster}/{service}")
        case "listener-rule":
            listener = _deployed_arn("listener", "", environment)
            return f"{listener.replace(':listener/', ':listener-rule/')}/{'0' * 16}"
        case "role":
            return _arn(kind, role_name(name, environment))
        case "stack":
            return _arn(kind, names.stack_name(name, environment))
        case "bootstrap":
            return _arn("stack", names.stack_name(name, names.BOOTSTRAP))
        case "connection":
            return CONNECTION
        case "alias":
            (alias,) = _all(environment, "secrets", "AWS::KMS::Alias")
            return _arn(kind, alias["AliasName"].removeprefix("alias/"))
    if kind not in KINDS:
        raise UnknownResourceError(f"{kind}:{name}: there is no kind {kind!r}")
    _, stack, type_ = KINDS[kind]
    value = _ref(environment, stack.format(name), type_) if stack else name
    return value if value.startswith("arn:") else _arn(kind, value, environment)


def _policy(kind: str, name: str, arn: str, environment: str) -> Mapping[str, Any] | None:
    """Return a resource's own policy, if its type has one."""
    match kind:
        case "queue" | "dead-letter":
            url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{arn.rpartition(':')[2]}"
            policies = _all(environment, "sqs", "AWS::SQS::QueuePolicy")
            policy = next(one["PolicyDocument"] for one in policies if url in one["Queues"])
        case "bucket" | "object":
            (one,) = _all(environment, f"pipeline-{name}", "AWS::S3::BucketPolicy")
            policy = one["PolicyDocument"]
        case "key":
            (one,) = _all(environment, "secrets", "AWS::KMS::Key")
            policy = one["KeyPolicy"]
        case _:
            return ACCOUNTS_OWN if kind == "default-key" else None
    return dict(policy)


def _ref(environment: str, stack: str, type_: str, name: str = "") -> str:
    resources = deployed(environment)[stack]["Resources"].items()
    key, one = next(item for item in resources if item[1]["Type"] == type_)
    place = Place(names.stack_name(stack, environment), REGION, key)
    return of_resource(place, type_, one.get("Properties", {}), name)


def _all(environment: str, stack: str, type_: str) -> Iterator[Mapping[str, Any]]:
    """Yield the properties of a stack's resources of a type."""
    resources = deployed(environment)[stack]["Resources"].values()
    return (one["Properties"] for one in resources if one["Type"] == type_)
