"""Rules about state: tables, queues and secrets that are named exist, and somebody may use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from sentry_oms.checks.rule import Phase, rule
from sentry_oms.cloudformation.evaluate import UNKNOWN
from sentry_oms.cloudformation.placeholders import SECRET_SUFFIX
from sentry_oms.cloudformation.types import NAME_PROPERTY
from sentry_oms.names import BOOTSTRAP, ENVIRONMENTS
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project, Resource, mappings, permitted
from sentry_oms.offline.reading import groups, read_environment

TASK = "AWS::ECS::TaskDefinition"
ARN = {
    "AWS::DynamoDB::Table": "Arn",
    "AWS::SQS::Queue": "Arn",
    "AWS::SecretsManager::Secret": "",
}
"""By type: the attribute of ``Fn::GetAtt`` that is the ARN; empty for ``Ref``."""
STATE = re.compile(r"arn:aws:(dynamodb:[^:]*:[^:]*:table/|sqs:|secretsmanager:[^:]*:[^:]*:secret:)")
PEOPLES = "/exchanges/"
"""In the name of a secret that people create."""


@rule(
    "OMS084",
    cause="A policy permits, or a container or a tag names, a table, a queue or a secret that no "
    "stack creates. Only exchange credentials are created by people.",
    remedy="correct the name",
    phase=Phase.WIRING,
)
def state_exists(project: Project) -> Iterator[Fault]:
    """Every table, queue and secret that is named exists."""
    made = _made(project)
    secrets = {
        one.properties.get("Name"): f"{one.file.name}.yaml"
        for one in project.of_kind("AWS::SecretsManager::Secret")
    }
    told = set()
    for tag in project.tags:
        name = tag.argument.get("name")
        is_missing = UNKNOWN not in {name, *secrets} and name not in secrets
        if tag.name == "!secret_arn" and is_missing and PEOPLES not in str(name):
            told.add(tag.file.name)
            message = f"!secret_arn: no stack creates the secret '{name}'"
            yield tag.file.fault(f"{tag.place}.name", message)
        owner = None if name is UNKNOWN else secrets.get(name)
        named = tag.argument.get("stack", owner)
        if tag.name == "!secret_arn" and owner and named not in (owner, UNKNOWN):
            message = f"!secret_arn: {owner} creates '{name}'"
            yield tag.file.fault(f"{tag.place}.stack", message, "name that stack")
    for role in project.of_kind("AWS::IAM::Role"):
        for arn in permitted(role.properties.get("Policies")):
            if _is_missing(arn, made):
                yield role.fault("Policies", f"permits {arn}, which no stack creates")
    for task in project.of_kind(TASK):
        if task.file.name not in told:
            yield from _missing_of_containers(project, task, made)


def _missing_of_containers(project: Project, task: Resource, made: set[Any]) -> Iterator[Fault]:
    tables = {one.properties.get("TableName") for one in project.of_kind("AWS::DynamoDB::Table")}
    for at, container in enumerate(mappings(task.properties.get("ContainerDefinitions"))):
        path = f"ContainerDefinitions.{at}"
        for one in mappings(container.get("Environment")):
            name, value = one.get("Name"), one.get("Value")
            is_missing = UNKNOWN not in {value, *tables} and value not in tables
            if str(name).endswith("_TABLE") and is_missing:
                message = f"{name} is '{value}': no stack creates the table"
                yield task.fault(f"{path}.Environment", message)
        for one in mappings(container.get("Secrets")):
            arn = str(one.get("ValueFrom"))
            if _is_missing(":".join(arn.split(":")[:7]), made):
                message = f"{one.get('Name')} is {arn}, which no stack creates"
                yield task.fault(f"{path}.Secrets", message)


def _made(project: Project) -> set[Any]:
    """Return the ARN of each table, queue and secret, with and without its random ending."""
    made = {one.attribute(ARN[one.kind]) for one in project.of_kind(*ARN)}
    return made | {arn.removesuffix(SECRET_SUFFIX) for arn in made if arn is not UNKNOWN}


def _is_missing(arn: Any, made: set[Any]) -> bool:
    """Return whether an ARN, or a pattern, names tables, queues or secrets, and none is made."""
    if not isinstance(arn, str) or UNKNOWN in made or not STATE.match(arn) or PEOPLES in arn:
        return False
    pattern = re.sub(r"(:table/[^/]+)/.*", r"\1", arn)
    return not any(fnmatchcase(one, pattern) for one in made)


@rule(
    "OMS085",
    cause="A list of names has one table twice and another not at all, or leaves a queue out. The "
    "service is refused when it first uses it.",
    remedy="name it in the cluster's parameters",
    phase=Phase.WIRING,
)
def state_used(project: Project) -> Iterator[Fault]:
    """Every table and queue has a service that may use it."""
    # A bare * is for actions that know no resource.
    allowed = [
        arn
        for role in project.of_kind("AWS::IAM::Role")
        for arn in permitted(role.properties.get("Policies"))
        if arn != "*"
    ]
    if UNKNOWN in allowed:
        return
    dead_letter = {
        policy.get("deadLetterTargetArn")
        for one in project.of_kind("AWS::SQS::Queue")
        for policy in mappings([one.properties.get("RedrivePolicy")])
    }
    for one in project.of_kind("AWS::DynamoDB::Table", "AWS::SQS::Queue"):
        arn = one.attribute("Arn")
        is_named = any(fnmatchcase(str(arn), pattern) for pattern in allowed)
        is_used = is_named or arn in {*dead_letter, UNKNOWN}
        if allowed and not is_used:
            property_ = NAME_PROPERTY[one.kind]
            yield one.fault(property_, f"no role may use '{one.properties.get(property_)}'")


@rule(
    "OMS086",
    cause="A role names a boundary that bootstrap does not create: IAM refuses the role. Or a "
    "pattern of a boundary matches no table, queue or secret of its environment: the service is "
    "refused what its own role permits.",
    remedy="correct the name, or the pattern in permissions-boundaries.json",
    phase=Phase.WIRING,
)
def boundary_exists(project: Project) -> Iterator[Fault]:
    """Every permissions boundary exists, and its patterns match."""
    if BOOTSTRAP not in groups(project.root):
        return
    if project.environment == BOOTSTRAP:
        yield from _unmatched(project)
        return
    created = read_environment(project.root, BOOTSTRAP).of_kind("AWS::IAM::ManagedPolicy")
    policies = {one.properties.get("ManagedPolicyName") for one in created}
    for role in project.of_kind("AWS::IAM::Role"):
        boundary = role.properties.get("PermissionsBoundary")
        if UNKNOWN in policies or not isinstance(boundary, str):
            continue
        if boundary.rpartition("/")[2] not in policies:
            yield role.fault("PermissionsBoundary", f"bootstrap creates no policy {boundary}")


def _unmatched(project: Project) -> Iterator[Fault]:
    made = {
        name: _made(read_environment(project.root, name))
        for name in groups(project.root)
        if name in ENVIRONMENTS
    }
    for policy in project.of_kind("AWS::IAM::ManagedPolicy"):
        name = str(policy.properties.get("ManagedPolicyName"))
        environment = name.rpartition("-")[2]
        document = {"PolicyDocument": policy.properties.get("PolicyDocument", {})}
        for arn in permitted([document]) if environment in made else ():
            if _is_missing(arn, made[environment]):
                yield policy.fault("PolicyDocument", f"{arn} matches nothing of {environment}")


@rule(
    "OMS091",
    cause="A container reads one key of a secret that holds plain text. ECS can't start the task.",
    remedy="read the whole secret: take the key out of ValueFrom",
    phase=Phase.WIRING,
)
def secret_key_readable(project: Project) -> Iterator[Fault]:
    """A JSON key is read of a JSON secret.

    Source:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    plain = {
        str(one.properties.get("Name"))
        for one in project.of_kind("AWS::SecretsManager::Secret")
        if "SecretStringTemplate" not in str(one.properties.get("GenerateSecretString"))
        and "SecretString" not in one.properties
    }
    for task in project.of_kind(TASK):
        for at, container in enumerate(mappings(task.properties.get("ContainerDefinitions"))):
            for one in mappings(container.get("Secrets")):
                parts = str(one.get("ValueFrom")).split(":")
                name = parts[6].rpartition("-")[0] if len(parts) > 6 else ""
                if name in plain and len(parts) > 7 and parts[7]:
                    message = f"{one.get('Name')} reads key '{parts[7]}' of {name}, a plain text"
                    yield task.fault(f"ContainerDefinitions.{at}.Secrets", message)
