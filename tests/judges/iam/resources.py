"""The table's short names of resources, and the ARNs that they stand for.

What is deployed is looked up in the templates, so that no row refuses something that is not there.
What a launch or a person creates (repositories, exchange credentials) follows the naming rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sentry_oms import names
from sentry_oms.checks.stand_ins import ACCOUNT, NAMES, Place, of_resource
from tests.judges.deployed import CONNECTION, REGION, deployed

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
    """

    arn: str
    account: str = ACCOUNT
    policy: Mapping[str, Any] | None = None


OPEN: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
"""Another account's resource that lets everybody in: so it is the role's policy that decides."""


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
        for other in others:
            yield _target(short, other)
    elif where == "another account's":
        arn = _target(short, environment).arn.replace(ACCOUNT, OTHER_ACCOUNT)
        yield Target(arn, OTHER_ACCOUNT, OPEN)
    elif where == FOREIGN:
        kind, _, rest = short.partition(":")
        yield Target(_NAMED[kind](f"payroll-{rest or kind}"))
    else:
        yield _target(short, environment)


def _target(name: str, environment: str) -> Target:
    if name == "*":
        return Target("*")
    kind, _, rest = name.partition(":")
    if kind not in _OURS:
        raise UnknownResourceError(f"{name!r}: there is no kind {kind!r}")
    try:
        return _OURS[kind](rest, environment)
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
    key = NAMES.get(kind, "")
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
    "pool": lambda name: _arn("cognito-idp", f"userpool/{REGION}_{name}"),
    "redis": lambda name: _arn("elasticache", f"replicationgroup:{name}"),
    "stack": lambda name: _arn("cloudformation", f"stack/{name}/1"),
    "key": lambda name: _arn("kms", f"key/{name}"),
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


_OURS: Mapping[str, Callable[[str, str], Target]] = {
    "cluster": lambda name, env: Target(_arn("ecs", f"cluster/sentry-{name}-{env}")),
    "pipeline": lambda name, env: Target(_arn("codepipeline", f"sentry-pipeline-{name}-{env}")),
    "alarm": lambda name, env: Target(_arn("cloudwatch", f"alarm:sentry-{name}-{env}-Alarm-1")),
    "alias": lambda name, env: Target(_arn("kms", f"alias/sentry/{name}-{env}")),
    "any": lambda name, _: Target(_arn(*name.split(":", 1))),
    "any user": lambda _, __: Target(_arn("iam", "user/somebody", region="")),
    "zone": lambda name, _: Target(f"arn:aws:route53:::hostedzone/{name}"),
    "boundary": lambda _, env: Target(_arn("iam", f"policy/sentry-boundary-{env}", region="")),
    "bootstrap": lambda name, _: Target(_arn("cloudformation", f"stack/{name}/1")),
    "policy": lambda name, _: Target(_arn("iam", f"policy/{name}", region="")),
    "provider": lambda name, _: Target(_arn("iam", f"oidc-provider/{name}", region="")),
    "service-linked-role": lambda name, _: Target(
        _arn("iam", f"role/aws-service-role/{name}/one", region="")
    ),
    "queue": _queue,
    "dead-letter": lambda name, env: _queue(name, env, kind="dlq"),
    "table": _table,
    "index": lambda name, env: Target(f"{_table(name, env).arn}/index/GSI1"),
    "secret": _secret,
    "repository": _repository,
    "log": lambda name, env: Target(_NAMED["log"](_log_group(name, env))),
    "log-group": lambda name, env: Target(_NAMED["log-group"](_log_group(name, env))),
    "bucket": _bucket,
    "object": lambda name, env: _bucket(name, env, "/one"),
    "project": lambda name, env: Target(
        attribute(env, f"pipeline-{name}", "AWS::CodeBuild::Project")
    ),
    "service": _service,
    "task-definition": _task_definition,
    "role": lambda name, env: Target(_NAMED["role"](role_name(name, env))),
    "connection": lambda _, __: Target(CONNECTION),
    "pool": lambda _, env: Target(attribute(env, "cognito", "AWS::Cognito::UserPool")),
    "redis": lambda _, env: Target(
        _NAMED["redis"](attribute(env, "redis", "AWS::ElastiCache::ReplicationGroup", ""))
    ),
    "stack": lambda name, env: Target(_NAMED["stack"](names.stack_name(name, env))),
    "key": _key,
}
