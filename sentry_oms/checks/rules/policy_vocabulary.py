"""OMS061: a policy speaks IAM's language: actions, principals, elements and resources that exist.

cfn-lint knows the shape of a policy and most actions; service principals it does not know, nor
which actions a resource's own policy or a trust may name.

Sources:
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from sentry_oms.checks.by_kind import Found, by_kind, repeated
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published import read
from sentry_oms.checks.published.validator import is_unknown, listed
from sentry_oms.checks.rule import Fault, Rule, Scope

ELEMENTS = {
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
}
VERSIONS = ("2012-10-17", "2008-10-17")
PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "*")
PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")
FURTHER_PRINCIPALS = (
    *("ecs-tasks", "delivery.logs", "logdelivery.elasticloadbalancing", "edgelambda"),
    *("vpc-flow-logs", "ops.apigateway", "spotfleet", "ecs.application-autoscaling"),
    *("transitgateway", "replicator.lambda", "cloudwatch", "billingconsole", "scheduler"),
)
"""Service principals that are not named after a service; each on its service's page."""

OPERATOR = re.compile(
    r"(ForAllValues:|ForAnyValue:)?"
    r"(String(Not)?Equals(IgnoreCase)?|String(Not)?Like|Arn(Not)?(Equals|Like)|Bool|BinaryEquals"
    r"|(Numeric|Date)(Not)?Equals|(Numeric|Date)(Less|Greater)Than(Equals)?|(Not)?IpAddress"
    r")(IfExists)?|Null"
)
ASSUMING = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
FURTHER_ASSUMING = ("sts:tagsession", "sts:setsourceidentity", "sts:setcontext")


def find(project: Project) -> Iterator[Fault]:
    """What is none in each policy that a resource holds."""
    return by_kind(
        project,
        {
            "AWS::IAM::Role": _role,
            "AWS::IAM::ManagedPolicy": lambda one: _policy(one, "PolicyDocument", identity=True),
            "AWS::IAM::Policy": lambda one: _policy(one, "PolicyDocument", identity=True),
            "AWS::S3::BucketPolicy": _bucket,
            "AWS::SQS::QueuePolicy": lambda one: _policy(one, "PolicyDocument", "sqs"),
            "AWS::KMS::Key": _key,
            "AWS::EC2::VPCEndpoint": lambda one: _policy(one, "PolicyDocument"),
            "AWS::SecretsManager::ResourcePolicy": lambda one: _policy(
                one, "ResourcePolicy", "secretsmanager"
            ),
        },
    )


def _role(role: Resource) -> Found:
    for path, message in _policy(role, "AssumeRolePolicyDocument", "sts"):
        yield path, message
    for at, statement in _statements(role.properties.get("AssumeRolePolicyDocument")):
        path = f"AssumeRolePolicyDocument.Statement.{at}"
        if "Resource" in statement or "NotResource" in statement:
            yield f"{path}.Resource", "is not for a trust policy"
        for action in listed(statement.get("Action", [])):
            known = (*ASSUMING, *FURTHER_ASSUMING, "sts:*", "*")
            if str(action).startswith("sts:") and str(action).lower() not in known:
                yield f"{path}.Action", f"'{action}' is no way to assume a role"
    policies = role.properties.get("Policies", [])
    names = [(at, policy.get("PolicyName")) for at, policy in enumerate(policies)]
    yield from repeated("Policies", names, "policy")
    for at, policy in enumerate(policies):
        if not re.fullmatch(r"[\w+=,.@-]{1,128}", str(policy.get("PolicyName", "x"))):
            yield f"Policies.{at}.PolicyName", "takes letters, digits and + = , . @ - _"
        for path, message in _document(policy.get("PolicyDocument"), identity=True):
            yield f"Policies.{at}.PolicyDocument.{path}", message


def _bucket(policy: Resource) -> Found:
    yield from _policy(policy, "PolicyDocument", "s3")
    arn = f"arn:aws:s3:::{policy.properties.get('Bucket')}"
    for at, statement in _statements(policy.properties.get("PolicyDocument")):
        path = f"PolicyDocument.Statement.{at}"
        resources = [one for one in listed(statement.get("Resource", [])) if isinstance(one, str)]
        for resource in resources:
            if resource != "*" and resource.partition("/")[0] != arn:
                yield f"{path}.Resource", f"'{resource}' is of another bucket than the policy's"
        for action in listed(statement.get("Action", [])):
            of_objects = re.match(
                r"s3:(Get|Put|Delete|Restore|Abort)(Object|Multipart)", str(action)
            )
            of_bucket = re.match(r"s3:(ListBucket|(Get|Put)Bucket|(Get|Put)Lifecycle)", str(action))
            if of_objects and resources and not any("/" in one for one in resources):
                yield f"{path}.Resource", f"{action} is for objects, and this names the bucket"
            if of_bucket and resources and all("/" in one for one in resources):
                yield f"{path}.Resource", f"{action} is for the bucket, and this names objects"


def _key(key: Resource) -> Found:
    yield from _policy(key, "KeyPolicy", "kms")
    statements = [one for _, one in _statements(key.properties.get("KeyPolicy"))]
    if statements and not any(_administers(one) for one in statements):
        yield "KeyPolicy", "lets nobody of the account change it (kms:PutKeyPolicy)"


def _administers(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    people = principal.get("AWS") if isinstance(principal, dict) else principal
    actions = [str(action).lower() for action in listed(statement.get("Action", []))]
    may = any(fnmatchcase("kms:putkeypolicy", action) for action in actions)
    return bool(people) and may and statement.get("Effect") == "Allow"


def _policy(
    resource: Resource, name: str, service: str | None = None, *, identity: bool = False
) -> Found:
    document = resource.properties.get(name)
    for path, message in _document(document, service, identity=identity):
        yield f"{name}.{path}", message


def _statements(document: Any) -> list[tuple[int, dict[str, Any]]]:
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    return [
        (at, one)
        for at, one in enumerate(listed(statements))
        if isinstance(one, dict) and not is_unknown(one)
    ]


def _document(document: Any, service: str | None = None, *, identity: bool = False) -> Found:
    if not isinstance(document, dict):
        return
    if document.get("Version", VERSIONS[0]) not in VERSIONS:
        yield "Version", f"'{document['Version']}' is none of {', '.join(VERSIONS)}"
    statements = _statements(document)
    if not statements:
        yield "Statement", "is missing"
    yield from repeated("Statement", [(at, one.get("Sid")) for at, one in statements], "Sid")
    for at, statement in statements:
        for path, message in _statement(statement, service, identity=identity):
            yield f"Statement.{at}.{path}".rstrip("."), message


def _statement(statement: dict[str, Any], service: str | None, *, identity: bool) -> Found:
    for element in sorted({*statement} - ELEMENTS):
        yield element, "is no element of a statement"
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "Effect", "must be Allow or Deny"
    if not re.fullmatch(r"[A-Za-z0-9 ]*", str(statement.get("Sid", ""))) or (
        identity and " " in str(statement.get("Sid", ""))
    ):
        yield "Sid", "takes letters and digits"
    if not {"Action", "NotAction"} & {*statement}:
        yield "Action", "is missing"
    if identity and {"Principal", "NotPrincipal"} & {*statement}:
        yield "Principal", "is not for a policy of a role"
    if not identity and not {"Principal", "NotPrincipal"} & {*statement}:
        yield "Principal", "is missing"
    if service != "sts" and not {"Resource", "NotResource"} & {*statement}:
        yield "Resource", "is missing"
    for action in listed(statement.get("Action", statement.get("NotAction", []))):
        if isinstance(action, str):
            yield from (("Action", message) for message in _action(action, service))
    for resource in listed(statement.get("Resource", [])):
        if isinstance(resource, str) and not is_unknown(resource):
            parts = resource.split(":", 5)
            if resource != "*" and (
                len(parts) < 6 or parts[0] != "arn" or parts[1] not in PARTITIONS
            ):
                yield "Resource", f"'{resource}' is no ARN"
            elif identity and resource != "*":
                yield from _fits(resource, listed(statement.get("Action", [])))
    yield from _principals(statement.get("Principal", "*"))
    for operator in statement.get("Condition", {}):
        if not OPERATOR.fullmatch(operator):
            yield "Condition", f"'{operator}' is no operator"


def _fits(resource: str, actions: list[Any]) -> Found:
    """Whether a resource is of a service that an action is of."""
    service = resource.split(":")[2]
    services = {str(action).partition(":")[0].lower() for action in actions}
    of_connections = {"codestar-connections", "codeconnections"}
    if services & of_connections:
        services |= of_connections
    if services and "*" not in services | {service} and service not in services:
        yield "Resource", f"'{resource}' is of another service than {', '.join(sorted(services))}"


def _action(action: str, service: str | None) -> Iterator[str]:
    if action == "*":
        return
    prefix, colon, name = action.partition(":")
    known = read("iam")
    if not colon or not name:
        yield f"'{action}' is no action: it lacks its service"
    elif prefix.lower() not in known["services"]:
        yield f"there is no service '{prefix}'"
    elif service and prefix.lower() != service:
        yield f"'{action}' is no action of {service}, whose policy this is"
    elif prefix.lower() in known["actions"]:
        names = known["actions"][prefix.lower()].split()
        if not any(fnmatchcase(one, name.lower()) for one in names):
            yield f"{prefix} has no action '{name}'"


def _principals(principal: Any) -> Found:
    if not isinstance(principal, dict) or is_unknown(principal):
        if isinstance(principal, str) and principal != "*":
            yield "Principal", f"'{principal}' is no principal"
        return
    for kind, names in principal.items():
        if kind not in PRINCIPALS:
            yield "Principal", f"'{kind}' is none of {', '.join(PRINCIPALS)}"
        for name in listed(names) if kind == "Service" else ():
            if isinstance(name, str) and not _is_principal(name):
                yield f"Principal.{kind}", f"AWS has no service principal '{name}'"


def _is_principal(name: str) -> bool:
    found = re.fullmatch(r"([a-z0-9.-]+?)(\.[a-z]{2}-[a-z-]+-\d)?\.amazonaws\.com(\.cn)?", name)
    known = read("iam")
    return (
        bool(found)
        and found is not None
        and (
            found[1] in FURTHER_PRINCIPALS
            or found[1] in known["principals"]
            or found[1] in known["services"]
        )
    )


RULE = Rule(
    code="OMS061",
    title="A policy names what IAM knows",
    cause=(
        "An action, a service principal, an operator or an element of a policy does not exist, or "
        "is not for such a policy. IAM or the service refuses it, or takes it and it grants "
        "nothing."
    ),
    remedy="see the service's page in the Service Authorization Reference",
    scope=Scope.STACKS,
    find=find,
)
