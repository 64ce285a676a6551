"""Writes resources.json and iam.json. What it reads comes with the extra ``test``."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from botocore.loaders import Loader
from botocore.model import (
    ListShape,
    OperationModel,
    ServiceModel,
    Shape,
    StringShape,
    StructureShape,
)
from botocore.session import Session
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from sentry_oms.checks.published import FOLDER, REGIONS, Schema

OPERATIONS = {
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        *("application-autoscaling", "RegisterScalableTarget"),
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ("application-autoscaling", "PutScalingPolicy"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "PutMetricAlarm"),
    "AWS::CloudWatch::Dashboard": ("cloudwatch", "PutDashboard"),
    "AWS::CodeBuild::Project": ("codebuild", "CreateProject"),
    "AWS::CodePipeline::Pipeline": ("codepipeline", "CreatePipeline"),
    "AWS::Cognito::UserPool": ("cognito-idp", "CreateUserPool"),
    "AWS::Cognito::UserPoolClient": ("cognito-idp", "CreateUserPoolClient"),
    "AWS::Cognito::UserPoolGroup": ("cognito-idp", "CreateGroup"),
    "AWS::Cognito::UserPoolRiskConfigurationAttachment": ("cognito-idp", "SetRiskConfiguration"),
    "AWS::DynamoDB::Table": ("dynamodb", "CreateTable"),
    "AWS::EC2::EIP": ("ec2", "AllocateAddress"),
    "AWS::EC2::FlowLog": ("ec2", "CreateFlowLogs"),
    "AWS::EC2::NatGateway": ("ec2", "CreateNatGateway"),
    "AWS::EC2::Route": ("ec2", "CreateRoute"),
    "AWS::EC2::Subnet": ("ec2", "CreateSubnet"),
    "AWS::EC2::VPC": ("ec2", "CreateVpc"),
    "AWS::EC2::VPCEndpoint": ("ec2", "CreateVpcEndpoint"),
    "AWS::ECR::Repository": ("ecr", "CreateRepository"),
    "AWS::ECS::Cluster": ("ecs", "CreateCluster"),
    "AWS::ECS::Service": ("ecs", "CreateService"),
    "AWS::ECS::TaskDefinition": ("ecs", "RegisterTaskDefinition"),
    "AWS::ElastiCache::ReplicationGroup": ("elasticache", "CreateReplicationGroup"),
    "AWS::ElastiCache::SubnetGroup": ("elasticache", "CreateCacheSubnetGroup"),
    "AWS::ElasticLoadBalancingV2::Listener": ("elbv2", "CreateListener"),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ("elbv2", "CreateRule"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("elbv2", "CreateLoadBalancer"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("elbv2", "CreateTargetGroup"),
    "AWS::IAM::ManagedPolicy": ("iam", "CreatePolicy"),
    "AWS::IAM::Role": ("iam", "CreateRole"),
    "AWS::KMS::Alias": ("kms", "CreateAlias"),
    "AWS::KMS::Key": ("kms", "CreateKey"),
    "AWS::Logs::LogGroup": ("logs", "CreateLogGroup"),
    "AWS::SNS::Topic": ("sns", "CreateTopic"),
    "AWS::SecretsManager::Secret": ("secretsmanager", "CreateSecret"),
    "AWS::WAFv2::WebACL": ("wafv2", "CreateWebACL"),
    "AWS::WAFv2::WebACLAssociation": ("wafv2", "AssociateWebACL"),
}  # fmt: skip
"""The operation that a type's creation calls, whose model says what its schema leaves out."""

FURTHER = (
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SecretsManager::RotationSchedule",
)
"""Types that a template may come to use, besides those that the templates do."""

SERVICES = (
    *("application-autoscaling", "cloudformation", "cloudwatch", "codebuild", "codecommit"),
    *("codeconnections", "codedeploy", "codepipeline", "codestar-connections", "cognito-identity"),
    *("cognito-idp", "dynamodb", "ec2", "ecr", "ecs", "elasticache", "elasticloadbalancing"),
    *("events", "iam", "kms", "lambda", "logs", "s3", "secretsmanager", "servicediscovery"),
    *("sns", "sqs", "ssm", "ssmmessages", "sts", "wafv2", "xray"),
)
"""The services whose actions are kept: those that the system uses, and their neighbours."""

DROPPED = (
    *("description", "title", "examples", "markdownDescription", "$comment", "default", "$schema"),
    *("insertionOrder", "arrayType", "relationshipRef", "format", "handlers", "tagging", "$id"),
    *("sourceUrl", "documentationUrl", "replacementStrategy", "primaryIdentifier", "typeName"),
    *("propertyTransform", "additionalIdentifiers", "conditionalCreateOnlyProperties"),
    *("createOnlyProperties", "writeOnlyProperties", "deprecatedProperties", "permissions"),
    *("nonPublicProperties", "nonPublicDefinitions", "resourceLink", "typeConfiguration"),
)
"""What a schema says besides what a value must be."""


FORMATS = {
    "AWS::EC2::SecurityGroup.Id": "^sg-[0-9a-f]+$",
    "AWS::EC2::Subnet.Id": "^subnet-[0-9a-f]+$",
    "AWS::EC2::VPC.Id": "^vpc-[0-9a-f]+$",
    "AWS::IAM::Role.Arn": r"^arn:aws[a-z-]*:iam::\d{12}:role/",
    "AWS::KMS::Alias.AliasName": "^(arn:aws[a-z-]*:kms:[^:]+:[0-9]+:)?alias/",
    "AWS::KMS::Key.Arn": "^arn:aws[a-z-]*:kms:[^:]+:[0-9]+:key/",
    "AWS::KMS::Key.Id": "^(mrk-)?[0-9a-f-]{32,36}$",
    "AWS::SNS::Topic.Arn": "^arn:aws[a-z-]*:sns:[^:]+:[0-9]+:",
    "AWS::SQS::Queue.Arn": "^arn:aws[a-z-]*:sqs:[^:]+:[0-9]+:",
}
"""What a format of the schemas comes to, which says what a value refers to."""


def stripped(part: Any, *, names: bool = False) -> Any:
    """A schema without what explains it; the keys of ``properties`` are names and stay."""
    if isinstance(part, list):
        return [stripped(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {}
    if not names and part.get("format") in FORMATS and "pattern" not in part:
        part = {**part, "pattern": FORMATS[part["format"]]}
    for key, value in part.items():
        if names or key not in DROPPED:
            inner = key in ("properties", "definitions", "patternProperties", "dependentRequired")
            kept[key] = stripped(value, names=inner and not names)
    if isinstance(kept.get("pattern"), str) and not names:
        pattern = portable(kept.pop("pattern"))
        kept |= {"pattern": pattern} if pattern else {}
    return kept


def portable(pattern: str) -> str | None:
    """A pattern of Java or JavaScript as Python has it; None where it has no such."""
    for theirs, ours in ((r"\p{L}", r"\w"), (r"\p{N}", r"\d"), (r"\p{Z}", r"\s")):
        pattern = pattern.replace(theirs, ours)
    if r"\p{" in pattern or "&&" in pattern or "[[" in pattern:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, Warning):
        return None
    return pattern


class Merging:
    """Adds to a schema what the model of the operation says of the same field."""

    def __init__(self, schema: Schema) -> None:
        self._definitions = schema.get("definitions", {})
        self._seen: set[tuple[int, str]] = set()

    def merge(self, schema: Schema, shape: Shape) -> None:
        """Walk both, matching names whatever their case."""
        if "$ref" in schema:
            schema = self._definitions.get(schema["$ref"].rpartition("/")[2], {})
        if (id(schema), shape.name) in self._seen:
            return
        self._seen.add((id(schema), shape.name))
        if isinstance(shape, StructureShape):
            members = {name.lower(): member for name, member in shape.members.items()}
            for name, inner in schema.get("properties", {}).items():
                if isinstance(inner, dict) and name.lower() in members:
                    self.merge(inner, members[name.lower()])
        elif isinstance(shape, ListShape) and isinstance(schema.get("items"), dict):
            self._limits(schema, shape, "minItems", "maxItems")
            self.merge(schema["items"], shape.member)
        elif isinstance(shape, StringShape) and schema.get("type") == "string":
            self._text(schema, shape)
        elif shape.type_name in ("integer", "long", "double", "float") and schema.get("type") in (
            "integer",
            "number",
        ):
            self._limits(schema, shape, "minimum", "maximum")

    def _text(self, schema: Schema, shape: StringShape) -> None:
        if shape.enum and "enum" not in schema:
            schema["enum"] = list(shape.enum)
        self._limits(schema, shape, "minLength", "maxLength")
        pattern = portable(f"^(?:{shape.metadata.get('pattern', '')})$")
        if shape.metadata.get("pattern") and pattern and "pattern" not in schema:
            schema["pattern"] = pattern

    @staticmethod
    def _limits(schema: Schema, shape: Shape, least: str, most: str) -> None:
        if "min" in shape.metadata:
            schema.setdefault(least, shape.metadata["min"])
        if "max" in shape.metadata:
            schema.setdefault(most, shape.metadata["max"])


def kinds(templates: Path) -> set[str]:
    """The types that the templates use."""
    found = {
        resource["Type"]
        for path in templates.glob("*/*.json")
        for resource in json.loads(path.read_text())["Resources"].values()
    }
    return found | {*OPERATIONS, *FURTHER}


def schemas(wanted: set[str]) -> dict[str, Schema]:
    """Each type's schema with what its operation adds, where all regions say the same of it."""
    loader, services = Loader(), dict[str, ServiceModel]()
    found = {}
    for kind in sorted(wanted):
        first, *others = (
            stripped(PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema)
            for region in REGIONS
        )
        if any(other != first for other in others):
            raise SystemExit(f"{kind} differs by region: keep a schema of it for each")
        if kind in OPERATIONS:
            service, name = OPERATIONS[kind]
            if service not in services:
                model = loader.load_service_model(service, "service-2")
                services[service] = ServiceModel(model, service)
            operation: OperationModel = services[service].operation_model(name)
            shape: Any = operation.input_shape
            # This request has the resource under a name.
            if kind == "AWS::CodePipeline::Pipeline":
                shape = shape.members["pipeline"]
            Merging(first).merge(first, shape)
        found[kind] = first
    return found


def resources(templates: Path) -> dict[str, Any]:
    """resources.json."""
    everywhere = {
        region: {*PROVIDER_SCHEMA_MANAGER.get_resource_types(region)} for region in REGIONS
    }
    every = set().union(*everywhere.values())
    return {
        "from": {name: version(name) for name in ("cfn-lint", "botocore")},
        "schemas": schemas(kinds(templates)),
        "types": sorted(every),
        "nodes": nodes(),
        "lacking": {region: sorted(every - types) for region, types in everywhere.items()},
    }


def nodes() -> dict[str, list[str]]:
    """The node types that ElastiCache has in each region."""
    folder = files("cfnlint.data.schemas.extensions.aws_elasticache_cachecluster")
    by_region = json.loads(folder.joinpath("cachenodetype_enum.json").read_text())
    return {region: sorted(by_region[region]["enum"]) for region in REGIONS}


def iam() -> dict[str, Any]:
    """iam.json: the services that policies know, and the actions of each."""
    text = files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text()
    services: Mapping[str, Any] = json.loads(text)
    return {
        "from": {"cfn-lint": version("cfn-lint")},
        "actions": {
            name: " ".join(sorted(service.get("Actions", {})))
            for name, service in sorted(services.items())
            if name in SERVICES
        },
        "services": sorted(services),
        "principals": sorted({*principals()}),
        "regions": sorted(Session().get_available_regions("cloudformation")),
    }


def principals() -> Iterator[str]:
    """The first part of the names that services have as principals, as far as botocore knows."""
    loader = Loader()
    for name in loader.list_available_services("service-2"):
        metadata = loader.load_service_model(name, "service-2")["metadata"]
        yield name
        yield metadata["endpointPrefix"].split(".")[-1]
        yield metadata.get("signingName", name)


def contents(templates: Path) -> dict[str, dict[str, Any]]:
    """What each file holds."""
    return {"resources": resources(templates), "iam": iam()}


def main() -> None:
    """Write both files."""
    for name, content in contents(Path("templates")).items():
        text = json.dumps(content, separators=(",", ":"), sort_keys=True)
        (FOLDER / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
