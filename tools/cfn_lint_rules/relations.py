"""Rules that compare resources of one template, by the values that are written out.

Values from parameters and mappings are compared in the templates folded for an environment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from ipaddress import IPv4Network
from typing import Any

from cfnlint.helpers import ensure_list
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

Properties = dict[str, Any]
Resources = dict[str, Any]
Path = list[str | int]
Faults = Iterator[tuple[Path, str]]
"""A logical ID with a path below Properties, and the message."""

DEFAULT_RETENTION = 345_600
"""Seconds that SQS keeps a message."""


def rule(code: str, source: str) -> Callable[[Callable[[Resources], Faults]], type]:
    """Return a decorator that makes a cfn-lint rule of a check; its docstring is the title."""

    def decorate(check: Callable[[Resources], Faults]) -> type:
        def match(_: CloudFormationLintRule, cfn: Template) -> list[RuleMatch]:
            return [
                RuleMatch(["Resources", path[0], "Properties", *path[1:]], message)
                for path, message in check(cfn.get_resources())
            ]

        title = str(check.__doc__)
        texts = {"id": code, "shortdesc": title, "description": title, "source_url": source}
        return type(check.__name__, (CloudFormationLintRule,), {**texts, "match": match})

    return decorate


@rule("E9101", "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html")
def subnet_in_vpc(resources: Resources) -> Faults:
    """Subnets are inside the range of the template's VPC."""
    vpcs = [_block(vpc) for _, vpc in _of_type(resources, "AWS::EC2::VPC")]
    if len(vpcs) != 1 or vpcs[0] is None:
        return
    for name, subnet in _of_type(resources, "AWS::EC2::Subnet"):
        block = _block(subnet)
        if block and not block.subnet_of(vpcs[0]):
            yield [name, "CidrBlock"], f"{block} is outside the VPC's range, {vpcs[0]}"


@rule(
    "E9102",
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-dead-letter-queues.html",
)
def dead_letter_queue(resources: Resources) -> Faults:
    """A dead-letter queue has the type of its source, admits it, and keeps messages longer."""
    queues = dict(_of_type(resources, "AWS::SQS::Queue"))
    for name, queue in queues.items():
        arn = _object(queue.get("RedrivePolicy")).get("deadLetterTargetArn")
        path: Path = [name, "RedrivePolicy", "deadLetterTargetArn"]
        if isinstance(arn, dict) and "Ref" in arn:
            yield path, "Ref is the URL of a queue; use Fn::GetAtt with Arn"
        target = _target(arn, queues)
        for message in _misfits(queue, target) if target else ():
            yield path, message


def _target(arn: Any, queues: Resources) -> Properties | None:
    """Return the queue that a dead-letter ARN names, by GetAtt or by the queue's name."""
    if isinstance(arn, dict) and isinstance(arn.get("Fn::GetAtt"), list):
        return queues.get(arn["Fn::GetAtt"][0])
    named = arn.rpartition(":")[2] if isinstance(arn, str) else None
    return next((one for one in queues.values() if named and one.get("QueueName") == named), None)


def _misfits(queue: Properties, target: Properties) -> Iterator[str]:
    if target is queue:
        yield "the queue is its own dead-letter queue; name another queue"
    kinds = {_flag(one.get("FifoQueue", False)) for one in (queue, target)}
    if kinds == {True, False}:
        yield "the dead-letter queue is of the other type; both must be FIFO or standard"
    kept, longer = (q.get("MessageRetentionPeriod", DEFAULT_RETENTION) for q in (queue, target))
    if isinstance(kept, int) and isinstance(longer, int) and longer < kept:
        yield f"the dead-letter queue keeps messages for {longer} s, the queue for {kept} s"
    sources = _object(target.get("RedriveAllowPolicy")).get("sourceQueueArns")
    admitted = [_text(source) for source in ensure_list(sources or [])]
    name = _text(queue.get("QueueName"))
    is_known = name and admitted and all(admitted)
    if is_known and not any(source.endswith(f":{name}") for source in admitted):
        yield "RedriveAllowPolicy of the dead-letter queue does not list this queue"


@rule(
    "E9106",
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
)
def fifo_suffix(resources: Resources) -> Faults:
    """The name of a FIFO queue ends in .fifo, that of a standard queue does not."""
    for name, queue in _of_type(resources, "AWS::SQS::Queue"):
        text, is_fifo = _text(queue.get("QueueName")), _flag(queue.get("FifoQueue", False))
        if text and is_fifo is not None and text.endswith(".fifo") != is_fifo:
            kind, verb = ("FIFO", "must") if is_fifo else ("standard", "can't")
            yield [name, "QueueName"], f"the name of a {kind} queue {verb} end in .fifo"


@rule("E9103", "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html")
def load_balanced_container(resources: Resources) -> Faults:
    """A service's load balancer uses a container and port of the template's task definition."""
    definitions = _of_type(resources, "AWS::ECS::TaskDefinition")
    if len(definitions) != 1:
        return
    containers = _items(definitions[0][1], "ContainerDefinitions")
    if not _are_known([one.get("Name") for one in containers]):
        return
    ports = {
        one["Name"]: [port.get("ContainerPort") for port in _items(one, "PortMappings")]
        for one in containers
    }
    for name, service in _of_type(resources, "AWS::ECS::Service"):
        for at, balancer in enumerate(_items(service, "LoadBalancers")):
            container, port = balancer.get("ContainerName"), balancer.get("ContainerPort")
            path: Path = [name, "LoadBalancers", at]
            if not _are_known([container]):
                continue
            if container not in ports:
                yield [*path, "ContainerName"], f"there is no container {container!r}"
                continue
            mapped = ports[container]
            if _are_known([port, *mapped]) and str(port) not in map(str, mapped):
                message = f"container {container!r} does not map port {port}"
                yield [*path, "ContainerPort"], message


@rule(
    "E9104",
    "https://docs.aws.amazon.com/autoscaling/application/APIReference/"
    "API_TargetTrackingMetricDataQuery.html",
)
def metric_expression(resources: Resources) -> Faults:
    """Metric math uses metrics that are defined beside it."""
    for name, policy in _of_type(resources, "AWS::ApplicationAutoScaling::ScalingPolicy"):
        path: Path = [name]
        for part in ("TargetTrackingScalingPolicyConfiguration", "CustomizedMetricSpecification"):
            policy, path = _object(policy.get(part)), [*path, part]
        metrics = _items(policy, "Metrics")
        known = [metric.get("Id") for metric in metrics]
        for at, metric in enumerate(metrics):
            for used in re.findall(r"\b[a-z]\w*\b", _text(metric.get("Expression"))):
                if used not in known:
                    yield [*path, "Metrics", at, "Expression"], f"there is no metric {used!r}"


@rule("E9105", "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html")
def redis_token(resources: Resources) -> Faults:
    """A generated Redis token has a length and characters that ElastiCache accepts."""
    groups = _of_type(resources, "AWS::ElastiCache::ReplicationGroup")
    tokens = str([group.get("AuthToken") for _, group in groups])
    for name, secret in _of_type(resources, "AWS::SecretsManager::Secret"):
        generated = _object(secret.get("GenerateSecretString"))
        if f"${{{name}}}" not in tokens or not generated or "Fn::If" in generated:
            continue
        length = generated.get("PasswordLength", 32)
        path: Path = [name, "GenerateSecretString"]
        if isinstance(length, int) and not 16 <= length <= 128:
            yield [*path, "PasswordLength"], f"{length} characters are invalid; allowed: 16 to 128"
        excluded = {*str(generated.get("ExcludeCharacters", ""))}
        if _flag(generated.get("ExcludePunctuation", False)) is False and not {*'@"/'} <= excluded:
            yield path, "a Redis token can't contain @, \" or /; set ExcludePunctuation"


@rule(
    "E9107",
    "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html",
)
def artifact_order(resources: Resources) -> Faults:
    """An action's input artifacts are made by actions before it."""
    for name, pipeline in _of_type(resources, "AWS::CodePipeline::Pipeline"):
        made: list[Any] = []
        for at, stage in enumerate(_items(pipeline, "Stages")):
            # Of a stage under a condition, the branch that has actions counts.
            options = [one for one in stage.get("Fn::If", [stage]) if isinstance(one, dict)]
            actions = [one for option in options for one in enumerate(_items(option, "Actions"))]
            for step, action in sorted(actions, key=lambda one: int(one[1].get("RunOrder", 1))):
                for artifact in _items(action, "InputArtifacts"):
                    if isinstance(artifact.get("Name"), str) and artifact["Name"] not in made:
                        path: Path = [name, "Stages", at, "Actions", step, "InputArtifacts"]
                        yield path, f"no earlier action makes {artifact['Name']!r}"
                made += [one.get("Name") for one in _items(action, "OutputArtifacts")]


@rule("E9108", "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html")
def nat_subnet(resources: Resources) -> Faults:
    """A NAT gateway is in a subnet that does not route to a NAT gateway."""
    routes = [route for _, route in _of_type(resources, "AWS::EC2::Route")]
    tables = [route.get("RouteTableId") for route in routes if "NatGatewayId" in route]
    pairs = _of_type(resources, "AWS::EC2::SubnetRouteTableAssociation")
    private = [one.get("SubnetId") for _, one in pairs if one.get("RouteTableId") in tables]
    for name, gateway in _of_type(resources, "AWS::EC2::NatGateway"):
        if gateway.get("ConnectivityType") != "private" and gateway.get("SubnetId") in private:
            yield [name, "SubnetId"], "the subnet is private; a NAT gateway needs a public subnet"


@rule(
    "E9109",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
)
def access_logs(resources: Resources) -> Faults:
    """A bucket for access logs is encrypted with SSE-S3 and admits the load balancer's prefix."""
    buckets = dict(_of_type(resources, "AWS::S3::Bucket"))
    for name, balancer in _of_type(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer"):
        items = _items(balancer, "LoadBalancerAttributes")
        options = [option for one in items for option in one.get("Fn::If", [one])]
        attributes = {one.get("Key"): one.get("Value") for one in map(_object, options)}
        bucket = _object(attributes.get("access_logs.s3.bucket")).get("Ref")
        if bucket not in buckets:
            continue
        if "aws:kms" in str(buckets[bucket].get("BucketEncryption")):
            yield [bucket, "BucketEncryption"], "access logs require SSE-S3; use AES256"
        prefix = attributes.get("access_logs.s3.prefix", "")
        if isinstance(prefix, str):
            start = f"{prefix}/AWSLogs/" if prefix else "AWSLogs/"
            key = f"{start}${{AWS::AccountId}}/elasticloadbalancing/log"
            if not any(fnmatchcase(key, path) for path in _writable(resources, bucket)):
                message = f"the bucket policy does not allow s3:PutObject on {start}*"
                yield [name, "LoadBalancerAttributes"], message


def _writable(resources: Resources, bucket: str) -> Iterator[str]:
    """Yield the keys, or patterns of keys, that a bucket's policies allow a service to write."""
    for _, policy in _of_type(resources, "AWS::S3::BucketPolicy"):
        if policy.get("Bucket") == {"Ref": bucket}:
            for statement in _items(_object(policy.get("PolicyDocument")), "Statement"):
                actions = ensure_list(statement.get("Action") or [])
                if statement.get("Effect") == "Allow" and "s3:PutObject" in actions:
                    for resource in ensure_list(statement.get("Resource") or []):
                        yield _text(resource).partition("/")[2]


def _of_type(resources: Resources, kind: str) -> list[tuple[str, Properties]]:
    """Return the logical IDs and properties of the resources of a type."""
    return [
        (name, resource["Properties"])
        for name, resource in resources.items()
        if resource.get("Type") == kind and isinstance(resource.get("Properties"), dict)
    ]


def _items(properties: Properties, name: str) -> list[Properties]:
    """Return the items of a list; an item that is not an object is empty."""
    items = properties.get(name)
    return [one if isinstance(one, dict) else {} for one in ensure_list(items or [])]


def _text(value: Any) -> str:
    """Return a text, or that of an Fn::Sub with its placeholders; empty if it is neither."""
    if isinstance(value, dict):
        value = value.get("Fn::Sub")
    return value if isinstance(value, str) else ""


def _object(value: Any) -> Properties:
    return value if isinstance(value, dict) else {}


def _flag(value: Any) -> bool | None:
    """Return a switch, or None if only the folded template shows it."""
    return None if isinstance(value, dict) else str(value).lower() == "true"


def _are_known(values: list[Any]) -> bool:
    """Return whether no value is left to a function."""
    return all(isinstance(value, (str, int)) for value in values)


def _block(resource: Properties) -> IPv4Network | None:
    try:
        return IPv4Network(resource.get("CidrBlock", ""), strict=False)
    except (TypeError, ValueError):
        return None
