"""The ARNs behind the table's short names of resources.

Deployed resources are looked up in the templates, so a row about a missing resource is an error.
Resources that a launch or a person creates, such as repositories, follow the naming rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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

FORMS: Mapping[str, str] = {
    "alarm": "cloudwatch:alarm:{}",
    "alias": "kms:alias/{}",
    "bucket": "s3:{}",
    "cache-cluster": "elasticache:cluster:{}-001",
    "cache-subnets": "elasticache:subnetgroup:{}",
    "cluster": "ecs:cluster/{}",
    "codeconnection": "codeconnections:connection/{}",
    "connection": "codestar-connections:connection/{}",
    "elastic-ip": "ec2:elastic-ip/{}",
    "endpoint": "ec2:vpc-endpoint/{}",
    "flow-log": "ec2:vpc-flow-log/of-{}",
    "hosted-zone": "route53:hostedzone/{}",
    "index": "dynamodb:table/{}/index/GSI1",
    "instance": "ec2:instance/{}",
    "internet-gateway": "ec2:internet-gateway/{}",
    "key": "kms:key/{}",
    "log": "logs:log-group:{}:log-stream:one",
    "log-group": "logs:log-group:{}",
    "nat-gateway": "ec2:natgateway/{}",
    "network-interface": "ec2:network-interface/of-{}",
    "object": "s3:{}/one",
    "pipeline": "codepipeline:{}",
    "policy": "iam:policy/{}",
    "pool": f"cognito-idp:userpool/{REGION}_{{}}",
    "project": "codebuild:project/{}",
    "provider": "iam:oidc-provider/{}",
    "queue": "sqs:{}",
    "redis": "elasticache:replicationgroup:{}",
    "repository": "ecr:repository/{}",
    "role": "iam:role/{}",
    "route-table": "ec2:route-table/{}",
    "scalable-target": "application-autoscaling:scalable-target/{}",
    "secret": f"secretsmanager:secret:{{}}{SUFFIX}",
    "security-group": "ec2:security-group/{}",
    "service": "ecs:service/{0}/{0}",
    "service-linked-role": "iam:role/aws-service-role/{}",
    "stack": "cloudformation:stack/{}/1",
    "subnet": "ec2:subnet/{}",
    "table": "dynamodb:table/{}",
    "task-definition": "ecs:task-definition/{}:7",
    "user": "iam:user/{}",
    "vpc": "ec2:vpc/{}",
    "web-acl": "wafv2:regional/webacl/{}/1",
}
"""The ARN of a name, without region and account."""

DEPLOYED: Mapping[str, tuple[str, str, str]] = {
    "alarm": ("{}", "AWS::CloudWatch::Alarm", ""),
    "bucket": ("pipeline-{}", "AWS::S3::Bucket", ""),
    "cache-cluster": ("redis", "AWS::ElastiCache::ReplicationGroup", ""),
    "cache-subnets": ("redis", "AWS::ElastiCache::SubnetGroup", ""),
    "cluster": ("cluster-{}", "AWS::ECS::Cluster", ""),
    "elastic-ip": ("vpc", "AWS::EC2::EIP", ""),
    "endpoint": ("vpc", "AWS::EC2::VPCEndpoint", ""),
    "flow-log": ("vpc", "AWS::EC2::VPC", ""),
    "index": ("dynamodb-{}", "AWS::DynamoDB::Table", ""),
    "internet-gateway": ("vpc", "AWS::EC2::InternetGateway", ""),
    "key": ("secrets", "AWS::KMS::Key", ""),
    "listener": ("alb", "AWS::ElasticLoadBalancingV2::Listener", ""),
    "load-balancer": ("alb", "AWS::ElasticLoadBalancingV2::LoadBalancer", ""),
    "nat-gateway": ("vpc", "AWS::EC2::NatGateway", ""),
    "network-interface": ("vpc", "AWS::EC2::VPC", ""),
    "object": ("pipeline-{}", "AWS::S3::Bucket", ""),
    "pipeline": ("pipeline-{}", "AWS::CodePipeline::Pipeline", ""),
    "pool": ("cognito", "AWS::Cognito::UserPool", "Arn"),
    "project": ("pipeline-{}", "AWS::CodeBuild::Project", ""),
    "redis": ("redis", "AWS::ElastiCache::ReplicationGroup", ""),
    "route-table": ("vpc", "AWS::EC2::RouteTable", ""),
    "scalable-target": ("task-oms", "AWS::ApplicationAutoScaling::ScalableTarget", ""),
    "security-group": ("vpc", "AWS::EC2::SecurityGroup", ""),
    "subnet": ("vpc", "AWS::EC2::Subnet", ""),
    "table": ("dynamodb-{}", "AWS::DynamoDB::Table", ""),
    "target-group": ("alb", "AWS::ElasticLoadBalancingV2::TargetGroup", ""),
    "task-definition": ("task-{}", "AWS::ECS::TaskDefinition", ""),
    "vpc": ("vpc", "AWS::EC2::VPC", ""),
    "web-acl": ("alb", "AWS::WAFv2::WebACL", "Arn"),
}
"""The stack, type and attribute (empty for Ref) of a resource that a template has."""


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
        policy = ACCOUNTS_OWN if kind == "key" else None
        return (Target(_arn(kind, f"payroll-{kind}"), policy=policy),)
    return (_target(name, environment),)


def role_name(name: str, environment: str) -> str:
    """Return the name on AWS of a role that the table calls ``oms-task``."""
    return f"sentry-{name}" if name == "github-plan" else f"sentry-{name}-{environment}"


def _target(name: str, environment: str) -> Target:
    if name == "*":
        return Target("*")
    kind, _, rest = name.partition(":")
    try:
        arn = _arn_of(kind, rest, environment)
        return Target(arn, policy=_policy(kind, rest, arn, environment), environment=environment)
    except (KeyError, StopIteration):
        raise UnknownResourceError(f"{name!r} is not deployed in {environment}") from None


def _arn(kind: str, name: str) -> str:
    service, _, rest = FORMS[kind].format(name).partition(":")
    region = "" if service in ("iam", "route53", "s3") else REGION
    account = "" if service in ("route53", "s3") else ACCOUNT
    return f"arn:aws:{service}:{region}:{account}:{rest}"


def _arn_of(kind: str, name: str, environment: str) -> str:
    match kind:
        case "queue":
            return _arn(kind, _queue(name, "queue", environment))
        case "dead-letter":
            return _arn("queue", _queue(name, "dlq", environment))
        case "secret":
            return _secret(name, environment)
        case "repository":
            return _arn(kind, f"sentry/{IMAGES[name]}-{environment}")
        case "log" | "log-group":
            stack = name.replace("build", "pipeline") if "build" in name else f"cluster-{name}"
            return _arn(kind, _attribute(environment, stack, "AWS::Logs::LogGroup"))
        case "firewall-log-group":
            return _arn("log-group", f"aws-waf-logs-sentry-{environment}")
        case "service":
            cluster = _attribute(environment, f"cluster-{CLUSTERS[name]}", "AWS::ECS::Cluster")
            service = _attribute(environment, f"task-{name}", "AWS::ECS::Service", "Name")
            return _arn("cluster", f"{cluster}/{service}").replace(":cluster/", ":service/")
        case "service-deployment":
            service = _arn_of("service", name, environment)
            return f"{service.replace(':service/', ':service-deployment/')}/one"
        case "listener-rule":
            listener = _arn_of("listener", "", environment)
            return f"{listener.replace(':listener/', ':listener-rule/')}/{'0' * 16}"
        case "role":
            return _arn(kind, role_name(name, environment))
        case "stack":
            return _arn(kind, names.stack_name(name, environment))
        case "bootstrap":
            return _arn("stack", names.stack_name(name, names.BOOTSTRAP))
        case "boundary":
            return _arn("policy", f"sentry-boundary-{environment}")
        case "policy":
            return _arn(kind, f"sentry-{name}")
        case "connection":
            return CONNECTION
        case "codeconnection":
            return _arn(kind, "new")
        case "alias":
            alias = _resource(environment, "secrets", "AWS::KMS::Alias")[1]["AliasName"]
            return _arn(kind, alias.removeprefix("alias/"))
        case "default-key":
            return _arn("key", "default")
        case "provider" | "user" | "service-linked-role" | "hosted-zone":
            return _arn(kind, name)
    if kind not in DEPLOYED:
        raise UnknownResourceError(f"{kind}:{name}: there is no kind {kind!r}")
    stack, type_, attribute = DEPLOYED[kind]
    value = _attribute(environment, stack.format(name), type_, attribute)
    return value if value.startswith("arn:") else _arn(kind, value)


def _policy(kind: str, name: str, arn: str, environment: str) -> Mapping[str, Any] | None:
    """Return a resource's own policy, if its type has one."""
    match kind:
        case "queue" | "dead-letter":
            url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{arn.rpartition(':')[2]}"
            policies = _of_type(environment, "sqs", "AWS::SQS::QueuePolicy").values()
            found = next(one for one in policies if url in one["Queues"])
            return dict(found["PolicyDocument"])
        case "bucket" | "object":
            _, policy = _resource(environment, f"pipeline-{name}", "AWS::S3::BucketPolicy")
            return dict(policy["PolicyDocument"])
        case "key":
            return dict(_resource(environment, "secrets", "AWS::KMS::Key")[1]["KeyPolicy"])
        case "default-key":
            return ACCOUNTS_OWN
    return None


def _queue(name: str, ending: str, environment: str) -> str:
    wanted = re.compile(rf"{re.escape(name)}-{ending}-{environment}(\.fifo)?")
    queues = _of_type(environment, "sqs", "AWS::SQS::Queue").values()
    return next(str(one["QueueName"]) for one in queues if wanted.fullmatch(one["QueueName"]))


def _secret(name: str, environment: str) -> str:
    if name.startswith("exchanges/"):
        return _arn("secret", f"{names.secret_name(environment)}/{name}")
    short = name.removesuffix(" without suffix")
    stack = {"app": "secrets", "redis": "redis"}[short]
    arn = _attribute(environment, stack, "AWS::SecretsManager::Secret")
    return arn if short == name else arn.removesuffix(SUFFIX)


def _attribute(environment: str, stack: str, type_: str, name: str = "") -> str:
    key, properties = _resource(environment, stack, type_)
    place = Place(names.stack_name(stack, environment), REGION, key)
    return of_resource(place, type_, properties, name)


def _resource(environment: str, stack: str, type_: str) -> tuple[str, Mapping[str, Any]]:
    return next(iter(_of_type(environment, stack, type_).items()))


def _of_type(environment: str, stack: str, type_: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the properties of a stack's resources of a type, by logical ID."""
    resources = deployed(environment)[stack]["Resources"].items()
    return {key: one.get("Properties", {}) for key, one in resources if one["Type"] == type_}
