"""Edits of the templates and of config that AWS refuses, and who finds each before a launch.

``python -m tests.broken.refused`` tries them all, in some minutes, and says by whom each is found:
by cfn-lint on the template as it is, by ``oms check`` of dev and prod, or by cfn-lint on the
template as dev and prod get it. ``--missed`` lists only those that nobody finds, and ``--only ID``
tries one. docs/CHECKS.md shows the figure.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner

from sentry_oms.checks import check_environment
from sentry_oms.checks.reading import read_environment
from tests.conftest import ROOT, VARIABLES, Project

VPC = "networking/vpc-nonprod.json"
ALB = "networking/alb-frontend.json"
COGNITO = "cognito/cognito-user-pool.json"
CONFIG_TABLE = "dynamodb/oms-config-table.json"
TRADING = "dynamodb/oms-trading-table.json"
SQS = "messaging/sqs-queues.json"
SECRETS = "secrets/secrets-manager.json"
REDIS = "data/elasticache-redis.json"
GATEWAY = "compute/ecs-cluster-gateway.json"
OMS = "compute/ecs-cluster-oms.json"
TASK_FRONTEND = "compute/task-definition-frontend-admin.json"
TASK_OMS = "compute/task-definition-oms.json"
TASK_WEBSOCKET = "compute/task-definition-websocket.json"
PIPE_FRONTEND = "cicd/codepipeline-frontend.json"
PIPE_OMS = "cicd/codepipeline-oms.json"
PIPE_WEBSOCKET = "cicd/codepipeline-websocket.json"

DOCS = "https://docs.aws.amazon.com/"
API = {
    "cfn": "AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    "template": "AWSCloudFormation/latest/UserGuide/template-anatomy.html",
    "functions": "AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html",
    "capabilities": "AWSCloudFormation/latest/APIReference/API_CreateStack.html",
    "vpc": "vpc/latest/userguide/subnet-sizing.html",
    "route": "AWSEC2/latest/APIReference/API_CreateRoute.html",
    "endpoint": "AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html",
    "flowlog": "AWSEC2/latest/APIReference/API_CreateFlowLogs.html",
    "group": "AWSEC2/latest/APIReference/API_IpPermission.html",
    "alb": "elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
    "albattributes": "elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html",
    "targets": "elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html",
    "targetattributes": "elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html",
    "listener": "elasticloadbalancing/latest/APIReference/API_CreateListener.html",
    "rule": "elasticloadbalancing/latest/APIReference/API_CreateRule.html",
    "waf": "waf/latest/APIReference/API_Rule.html",
    "s3": "AmazonS3/latest/API/API_LifecycleRule.html",
    "bucketpolicy": "AmazonS3/latest/userguide/bucket-policies.html",
    "iam": "IAM/latest/UserGuide/reference_policies_elements.html",
    "actions": "service-authorization/latest/reference/reference_policies_actions-resources-"
    "contextkeys.html",
    "cognito": "cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html",
    "client": "cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html",
    "cognitogroup": "cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html",
    "dynamodb": "amazondynamodb/latest/APIReference/API_CreateTable.html",
    "sqs": "AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
    "secret": "secretsmanager/latest/apireference/API_GetRandomPassword.html",
    "secretname": "secretsmanager/latest/apireference/API_CreateSecret.html",
    "kms": "kms/latest/APIReference/API_CreateKey.html",
    "redis": "AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html",
    "auth": "AmazonElastiCache/latest/dg/auth.html",
    "nodes": "AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html",
    "logs": "AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
    "alarm": "AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    "ecs": "AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
    "container": "AmazonECS/latest/APIReference/API_ContainerDefinition.html",
    "health": "AmazonECS/latest/APIReference/API_HealthCheck.html",
    "fargate": "AmazonECS/latest/developerguide/fargate-tasks-services.html",
    "service": "AmazonECS/latest/APIReference/API_CreateService.html",
    "cluster": "AmazonECS/latest/APIReference/API_CreateCluster.html",
    "scaling": "autoscaling/application/APIReference/API_RegisterScalableTarget.html",
    "policy": "autoscaling/application/APIReference/API_PutScalingPolicy.html",
    "pipeline": "codepipeline/latest/userguide/reference-pipeline-structure.html",
    "build": "codebuild/latest/APIReference/API_CreateProject.html",
    "buildspec": "codebuild/latest/userguide/build-spec-ref.html",
}
"""Where AWS says that it refuses it."""

Change = Callable[[Project], None]


@dataclass(frozen=True)
class Refused:
    """One edit.

    Args:
        name: what is edited.
        file: the template, or the file of config.
        change: makes the edit in a copy of the project.
        source: a key of ``API``.
    """

    name: str
    file: str
    change: Change
    source: str


def put(template: str, path: str, value: Any) -> tuple[str, Change]:
    """Set what lies at a path such as ``Queue.QueueName`` of a template's resources.

    The first part is a resource, what follows lies in its Properties; a path that begins with a
    slash begins at the template's root. ``...`` as value takes it out.
    """
    if path.startswith("/"):
        parts = path[1:].split("/")
    else:
        name, *rest = path.split(".")
        parts = ["Resources", name, "Properties", *rest]

    def change(project: Project) -> None:
        file = project.directory / "templates" / template
        whole = json.loads(file.read_text())
        place = whole
        for part in parts[:-1]:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        last: Any = parts[-1]
        if isinstance(place, list):
            if last == "+":
                place.append(value)
                last = None
            else:
                last = int(last)
        if last is not None:
            if value is ...:
                del place[last]
            else:
                place[last] = value
        file.write_text(json.dumps(whole, indent=2) + "\n")

    return f"templates/{template}", change


def text(file: str, old: str, new: str) -> tuple[str, Change]:
    """Change text of a file."""
    return file, lambda project: project.edit(file, old, new)


def ref(name: str) -> dict[str, Any]:
    """A reference."""
    return {"Ref": name}


def get(name: str, attribute: str) -> dict[str, Any]:
    """An attribute."""
    return {"Fn::GetAtt": [name, attribute]}


def sub(value: str) -> dict[str, Any]:
    """A text with references."""
    return {"Fn::Sub": value}


CONTAINER = "TaskDefinition.ContainerDefinitions.0"
STAGE = "Pipeline.Stages"
PASSWORD = "UserPool.Policies.PasswordPolicy"
WAF = "WebAcl.Rules"

EDITS = (
    # The shape of a template.
    ("a misspelt section", put(SECRETS, "/Resurces", {}), "template"),
    ("a format version of another day", put(SECRETS, "/AWSTemplateFormatVersion", "2010-09-10"), "template"),
    ("a type that does not exist", put(SECRETS, "/Resources/AppSecret/Type", "AWS::SecretsManager::Secrets"), "cfn"),
    ("a resource without a type", put(SECRETS, "/Resources/AppSecret/Type", ...), "template"),
    ("a condition that nobody defines", put(SECRETS, "/Resources/Key/Condition", "IsProduction"), "template"),
    ("a deletion policy that is none", put(SECRETS, "/Resources/Key/DeletionPolicy", "Keep"), "template"),
    ("a snapshot of what has none", put(COGNITO, "/Resources/UserPool/DeletionPolicy", "Snapshot"), "template"),
    ("an attribute of a resource that is none", put(SECRETS, "/Resources/Key/Propertys", {}), "template"),
    ("a logical ID with a hyphen", put(SECRETS, "/Resources/App-Key", {"Type": "AWS::KMS::Key"}), "template"),
    ("a DependsOn on nothing", put(VPC, "/Resources/NatGateway1/DependsOn", "PublicRoute"), "template"),
    ("a Ref to nothing", put(VPC, "PublicSubnet1.VpcId", ref("VPC")), "functions"),
    ("a GetAtt of an attribute that is none", put(VPC, "NatGateway1.AllocationId", get("NatEip1", "AllocationID")), "functions"),
    ("a GetAtt of a resource that is none", put(VPC, "NatGateway1.AllocationId", get("NatEip", "AllocationId")), "functions"),
    ("a Sub with a name that is none", put(SECRETS, "AppSecret.Name", sub("sentry/${Enviroment}")), "functions"),
    ("a FindInMap of a map that is none", put(COGNITO, "UserPool.UserPoolTier", {"Fn::FindInMap": ["Pool", ref("Environment"), "Tier"]}), "functions"),
    ("a FindInMap of a key that is none", put(COGNITO, "UserPool.UserPoolTier", {"Fn::FindInMap": ["UserPool", ref("Environment"), "Teir"]}), "functions"),
    ("a mapping without prod", put(COGNITO, "/Mappings/UserPool/prod", ...), "functions"),
    ("a Select beyond the list", put(VPC, "PublicSubnet1.AvailabilityZone", {"Fn::Select": [2, [ref("AvailabilityZone1"), ref("AvailabilityZone2")]]}), "functions"),
    ("an If with two parts", put(SECRETS, "AppSecret.KmsKeyId", {"Fn::If": ["IsProd", get("Key", "Arn")]}), "functions"),
    ("a Join of a text", put(SECRETS, "AppSecret.Description", {"Fn::Join": [",", "a"]}), "functions"),
    ("a function that is none", put(SECRETS, "AppSecret.Name", {"Fn::Concat": ["a", "b"]}), "functions"),
    ("two resources that wait for each other", put(SECRETS, "Key.Description", get("AppSecret", "Id")), "template"),
    ("a reference to what prod alone has", put(SECRETS, "AppSecret.KmsKeyId", ref("Key")), "template"),
    ("a security group that names itself", put(REDIS, "RedisSecurityGroup.SecurityGroupIngress.0.SourceSecurityGroupId", get("RedisSecurityGroup", "GroupId")), "template"),
    ("an output of a number list", put(VPC, "/Outputs/VpcId/Value", ["a", "b"]), "template"),
    ("an output without a value", put(VPC, "/Outputs/VpcId/Value", ...), "template"),
    ("two exports of one name", put(VPC, "/Outputs/VpcCidr/Export/Name", sub("${AWS::StackName}-VpcId")), "template"),
    ("an export whose name another stack has", put(ALB, "/Outputs/LoadBalancerArn/Export", {"Name": sub("${VPCStackName}-VpcId")}), "template"),
    ("an import that no stack exports", put(REDIS, "RedisSecurityGroup.VpcId", {"Fn::ImportValue": sub("${VPCStackName}-VpcID")}), "functions"),
    ("an export that a consumer imports, taken out", put(OMS, "/Outputs/TaskRoleArn/Export", ...), "functions"),
    ("an import under a condition", put(TASK_OMS, "/Conditions/HasRedis", {"Fn::Equals": [{"Fn::ImportValue": "x"}, ""]}), "functions"),
    ("a parameter's type that is none", put(SECRETS, "/Parameters/Environment/Type", "Text"), "template"),
    ("a default that is not allowed", put(VPC, "/Parameters/MultiAZ/Default", "no"), "template"),
    ("a default that does not match", put(VPC, "/Parameters/AvailabilityZone1/Default", "us-east-1"), "template"),
    ("a pattern that is no pattern", put(VPC, "/Parameters/AvailabilityZone1/AllowedPattern", "^[a-z"), "template"),
    ("a role in a stack without the capability", put(REDIS, "/Resources/Role", {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}}), "capabilities"),
    ("a policy in a stack without the capability", put(TASK_OMS, "/Resources/Extra", {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}}}), "capabilities"),
    ("a transform in a stack without the capability", put(COGNITO, "/Transform", "AWS::LanguageExtensions"), "capabilities"),
    ("a nested stack in a stack without the capability", put(ALB, "/Resources/Nested", {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://s3.amazonaws.com/bucket/nested.json"}}), "capabilities"),
    ("a macro in a property", put(SECRETS, "AppSecret.Tags", {"Fn::Transform": {"Name": "Tagger", "Parameters": {}}}), "capabilities"),
    # EC2.
    ("a VPC that is too wide", put(VPC, "/Mappings/Network/dev/VpcCidr", "172.22.0.0/15"), "vpc"),
    ("a VPC that is too narrow", put(VPC, "/Mappings/Network/dev/VpcCidr", "172.22.0.0/29"), "vpc"),
    ("a VPC that is no address", put(VPC, "/Mappings/Network/dev/VpcCidr", "172.322.0.0/16"), "vpc"),
    ("a subnet outside its VPC", put(VPC, "PublicSubnet1.CidrBlock", "10.99.0.0/20"), "vpc"),
    ("two subnets that overlap", put(VPC, "PublicSubnet2.CidrBlock", {"Fn::Select": [0, {"Fn::Cidr": [{"Fn::FindInMap": ["Network", ref("Environment"), "VpcCidr"]}, 16, 12]}]}), "vpc"),
    ("two subnets of different sizes that overlap", put(VPC, "PrivateSubnet1.CidrBlock", {"Fn::Select": [0, {"Fn::Cidr": [{"Fn::FindInMap": ["Network", ref("Environment"), "VpcCidr"]}, 4, 14]}]}), "vpc"),
    ("more blocks than the range has", put(VPC, "PublicSubnet1.CidrBlock", {"Fn::Select": [0, {"Fn::Cidr": [{"Fn::FindInMap": ["Network", ref("Environment"), "VpcCidr"]}, 32, 12]}]}), "functions"),
    ("a subnet that is too small", put(VPC, "PublicSubnet1.CidrBlock", {"Fn::Select": [0, {"Fn::Cidr": [{"Fn::FindInMap": ["Network", ref("Environment"), "VpcCidr"]}, 16, 3]}]}), "vpc"),
    ("a subnet without a range", put(VPC, "PublicSubnet1.CidrBlock", ...), "cfn"),
    ("a zone of another region", put(VPC, "PublicSubnet1.AvailabilityZone", "sa-east-1a"), "vpc"),
    ("both subnets in one zone", put(VPC, "PublicSubnet2.AvailabilityZone", ref("AvailabilityZone1")), "alb"),
    ("a route without a target", put(VPC, "PublicDefaultRoute.GatewayId", ...), "route"),
    ("a route with two targets", put(VPC, "PublicDefaultRoute.NatGatewayId", ref("NatGateway1")), "route"),
    ("a route without a destination", put(VPC, "PublicDefaultRoute.DestinationCidrBlock", ...), "route"),
    ("a route to an address", put(VPC, "PublicDefaultRoute.DestinationCidrBlock", "0.0.0.0"), "route"),
    ("a route through a gateway of another kind", put(VPC, "PrivateDefaultRoute1.NatGatewayId", ref("InternetGateway")), "route"),
    ("two routes to one destination", put(VPC, "/Resources/SecondRoute", {"Type": "AWS::EC2::Route", "Properties": {"RouteTableId": ref("PublicRouteTable"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("InternetGateway")}}), "route"),
    ("two tables of one subnet", put(VPC, "PublicSubnet2RouteTableAssociation.SubnetId", ref("PublicSubnet1")), "route"),
    ("a public NAT without an address", put(VPC, "NatGateway1.AllocationId", ...), "cfn"),
    ("a private NAT with an address", put(VPC, "NatGateway1.ConnectivityType", "private"), "cfn"),
    ("one address for two NATs", put(VPC, "NatGateway2.AllocationId", get("NatEip1", "AllocationId")), "cfn"),
    ("an address of a domain that is none", put(VPC, "NatEip1.Domain", "vcp"), "cfn"),
    ("an endpoint of a service that is none", put(VPC, "S3Endpoint.ServiceName", sub("com.amazonaws.${AWS::Region}.s4")), "endpoint"),
    ("an endpoint of another region", put(VPC, "S3Endpoint.ServiceName", "com.amazonaws.eu-west-1.s3"), "endpoint"),
    ("a gateway endpoint of what has none", put(VPC, "S3Endpoint.ServiceName", sub("com.amazonaws.${AWS::Region}.sqs")), "endpoint"),
    ("a gateway endpoint with subnets", put(VPC, "S3Endpoint.SubnetIds", [ref("PrivateSubnet1")]), "endpoint"),
    ("a gateway endpoint with private DNS", put(VPC, "S3Endpoint.PrivateDnsEnabled", True), "endpoint"),
    ("an interface endpoint with route tables", put(VPC, "SqsEndpoint.RouteTableIds", [ref("PrivateRouteTable1")]), "endpoint"),
    ("an endpoint of a kind that is none", put(VPC, "S3Endpoint.VpcEndpointType", "gateway"), "endpoint"),
    ("private DNS where the VPC has no names", put(VPC, "Vpc.EnableDnsSupport", False), "endpoint"),
    ("a flow log of a traffic that is none", put(VPC, "FlowLog.TrafficType", "EVERYTHING"), "flowlog"),
    ("a flow log of an interval that is none", put(VPC, "FlowLog.MaxAggregationInterval", 300), "flowlog"),
    ("a flow log to a bucket's name", put(VPC, "FlowLog.LogDestination", ref("FlowLogsBucket")), "flowlog"),
    ("a flow log to CloudWatch without a role", put(VPC, "FlowLog.LogDestinationType", "cloud-watch-logs"), "flowlog"),
    ("a flow log to the bucket with a role", put(VPC, "FlowLog.DeliverLogsPermissionArn", "arn:aws:iam::123456789012:role/x"), "flowlog"),
    ("a flow log of a kind that is none", put(VPC, "FlowLog.ResourceType", "Vpc"), "flowlog"),
    ("ports backwards", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.1", {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 80, "CidrIp": "0.0.0.0/0"}), "group"),
    ("a port above 65535", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0.ToPort", 70000), "group"),
    ("a protocol that is none", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0.IpProtocol", "http"), "group"),
    ("a protocol's number above 255", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0.IpProtocol", "300"), "group"),
    ("TCP without ports", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0", {"IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"}), "group"),
    ("a rule without a source", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0.CidrIp", ...), "group"),
    ("a rule with two sources", put(REDIS, "RedisSecurityGroup.SecurityGroupIngress.0.CidrIp", "10.0.0.0/8"), "group"),
    ("a rule with a mask above 32", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0.CidrIp", "0.0.0.0/33"), "group"),
    ("a rule with an address alone", put(OMS, "ServiceSecurityGroup.SecurityGroupEgress.0.CidrIp", "10.0.0.1"), "group"),
    ("a rule twice", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.+", {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}), "group"),
    ("a group without a description", put(VPC, "AlbSecurityGroup.GroupDescription", ...), "group"),
    ("a description with a letter that may not be", put(VPC, "AlbSecurityGroup.GroupDescription", "Carga é permitida"), "group"),
    ("a rule's description that is too long", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0.Description", "x" * 256), "group"),
    ("a rule's description with a letter that may not be", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0.Description", "from <anywhere>"), "group"),
    ("a group's name that begins as an ID", put(VPC, "AlbSecurityGroup.GroupName", "sg-alb"), "group"),
    ("a source that is a name", put(REDIS, "RedisSecurityGroup.SecurityGroupIngress.0.SourceSecurityGroupId", "redis-client"), "group"),
    ("a tag of AWS's own", put(VPC, "Vpc.Tags.0.Key", "aws:name"), "cfn"),
    ("a tag twice", put(VPC, "Vpc.Tags.+", {"Key": "Name", "Value": "x"}), "cfn"),
    ("a misspelt property", put(VPC, "Vpc.EnableDnsHostname", True), "cfn"),
    ("a switch that is no switch", put(VPC, "Vpc.EnableDnsSupport", "yes"), "cfn"),
    # Load balancing.
    ("a load balancer's name that is too long", put(ALB, "LoadBalancer.Name", "sentry-load-balancer-of-the-frontend"), "alb"),
    ("a load balancer's name that is AWS's own", put(ALB, "LoadBalancer.Name", "internal-sentry"), "alb"),
    ("a load balancer's name with a hyphen last", put(ALB, "LoadBalancer.Name", "sentry-"), "alb"),
    ("a scheme that is none", put(ALB, "LoadBalancer.Scheme", "public"), "alb"),
    ("a type that is none", put(ALB, "LoadBalancer.Type", "alb"), "alb"),
    ("a load balancer in one subnet", put(ALB, "LoadBalancer.Subnets", [{"Fn::ImportValue": sub("${VPCStackName}-PublicSubnet1Id")}]), "alb"),
    ("a load balancer in a subnet list of one", put(ALB, "LoadBalancer.Subnets", {"Fn::Split": [",", {"Fn::ImportValue": sub("${VPCStackName}-VpcId")}]}), "alb"),
    ("an idle timeout of zero", put(ALB, "LoadBalancer.LoadBalancerAttributes.0.Value", "0"), "albattributes"),
    ("an idle timeout that is too long", put(ALB, "LoadBalancer.LoadBalancerAttributes.0.Value", "4001"), "albattributes"),
    ("an attribute of a load balancer that is none", put(ALB, "LoadBalancer.LoadBalancerAttributes.0.Key", "idle_timeout.seconds"), "albattributes"),
    ("an attribute that is no switch", put(ALB, "LoadBalancer.LoadBalancerAttributes.1.Value", "yes"), "albattributes"),
    ("an attribute twice", put(ALB, "LoadBalancer.LoadBalancerAttributes.+", {"Key": "idle_timeout.timeout_seconds", "Value": "60"}), "albattributes"),
    ("access logs without a bucket", put(ALB, "LoadBalancer.LoadBalancerAttributes.4", ...), "albattributes"),
    ("an address type that is none", put(ALB, "LoadBalancer.IpAddressType", "ipv6"), "alb"),
    ("a target group of a kind that is none", put(ALB, "FrontendTargetGroup.TargetType", "fargate"), "targets"),
    ("a target group of instances for Fargate", put(ALB, "FrontendTargetGroup.TargetType", "instance"), "service"),
    ("a target group's protocol of another load balancer", put(ALB, "FrontendTargetGroup.Protocol", "TCP"), "targets"),
    ("a target group's port of zero", put(ALB, "FrontendTargetGroup.Port", 0), "targets"),
    ("a target group without a port", put(ALB, "FrontendTargetGroup.Port", ...), "targets"),
    ("a target group without a VPC", put(ALB, "FrontendTargetGroup.VpcId", ...), "targets"),
    ("a health check shorter than its timeout", put(ALB, "FrontendTargetGroup.HealthCheckTimeoutSeconds", 20), "targets"),
    ("a health check as short as its timeout", put(ALB, "FrontendTargetGroup.HealthCheckTimeoutSeconds", 15), "targets"),
    ("a health check too often", put(ALB, "FrontendTargetGroup.HealthCheckIntervalSeconds", 4), "targets"),
    ("a health check too seldom", put(ALB, "FrontendTargetGroup.HealthCheckIntervalSeconds", 301), "targets"),
    ("a threshold below two", put(ALB, "FrontendTargetGroup.HealthyThresholdCount", 1), "targets"),
    ("a threshold above ten", put(ALB, "FrontendTargetGroup.UnhealthyThresholdCount", 11), "targets"),
    ("a health check's path without a slash", put(ALB, "FrontendTargetGroup.HealthCheckPath", "health"), "targets"),
    ("a health check's port that is none", put(ALB, "FrontendTargetGroup.HealthCheckPort", "traffic"), "targets"),
    ("a health check's codes out of range", put(ALB, "FrontendTargetGroup.Matcher.HttpCode", "100-199"), "targets"),
    ("a health check's protocol that is none", put(ALB, "FrontendTargetGroup.HealthCheckProtocol", "http"), "targets"),
    ("a deregistration that is too long", put(ALB, "FrontendTargetGroup.TargetGroupAttributes.0.Value", "3601"), "targetattributes"),
    ("an attribute of a target group that is none", put(ALB, "FrontendTargetGroup.TargetGroupAttributes.0.Key", "deregistration.timeout_seconds"), "targetattributes"),
    ("stickiness for more than a week", put(ALB, "WebSocketTargetGroup.TargetGroupAttributes.3.Value", "604801"), "targetattributes"),
    ("stickiness of another load balancer", put(ALB, "WebSocketTargetGroup.TargetGroupAttributes.2.Value", "source_ip"), "targetattributes"),
    ("stickiness that is no switch", put(ALB, "WebSocketTargetGroup.TargetGroupAttributes.1.Value", "on"), "targetattributes"),
    ("a slow start of ten seconds", put(ALB, "FrontendTargetGroup.TargetGroupAttributes.+", {"Key": "slow_start.duration_seconds", "Value": "10"}), "targetattributes"),
    ("a target group's name that is too long", put(ALB, "FrontendTargetGroup.Name", "sentry-target-group-of-the-frontend"), "targets"),
    ("HTTPS without a certificate", put(ALB, "HttpsListener.Certificates", ...), "listener"),
    ("HTTP with a certificate's policy", put(ALB, "HttpListener.SslPolicy", "ELBSecurityPolicy-TLS13-1-2-2021-06"), "listener"),
    ("a TLS policy that is none", put(ALB, "HttpsListener.SslPolicy", "ELBSecurityPolicy-TLS13-2021"), "listener"),
    ("a listener of another load balancer", put(ALB, "HttpListener.Protocol", "TCP"), "listener"),
    ("a listener on port 0", put(ALB, "HttpListener.Port", 0), "listener"),
    ("two listeners on one port", put(ALB, "HttpsListener.Port", 80), "listener"),
    ("a forward without a target", put(ALB, "HttpsListener.DefaultActions.0.TargetGroupArn", ...), "listener"),
    ("an action that is none", put(ALB, "HttpsListener.DefaultActions.0.Type", "foward"), "listener"),
    ("a redirect with a code that is none", put(ALB, "HttpListener.DefaultActions.0.Fn::If.1.RedirectConfig.StatusCode", "301"), "listener"),
    ("a redirect to itself", put(ALB, "HttpListener.DefaultActions.0.Fn::If.1.RedirectConfig", {"StatusCode": "HTTP_301"}), "listener"),
    ("a listener without an action", put(ALB, "HttpsListener.DefaultActions", []), "listener"),
    ("a rule's priority of zero", put(ALB, "WebSocketListenerRule.Priority", 0), "rule"),
    ("a rule's priority above 50000", put(ALB, "WebSocketListenerRule.Priority", 50001), "rule"),
    ("two rules of one priority", put(ALB, "/Resources/OtherRule", {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {"ListenerArn": {"Fn::If": ["HasCertificate", ref("HttpsListener"), ref("HttpListener")]}, "Priority": 10, "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}], "Actions": [{"Type": "forward", "TargetGroupArn": ref("FrontendTargetGroup")}]}}), "rule"),
    ("a rule on a field that is none", put(ALB, "WebSocketListenerRule.Conditions.0.Field", "path"), "rule"),
    ("a rule on a field with another's values", put(ALB, "WebSocketListenerRule.Conditions.0.Field", "host-header"), "rule"),
    ("a rule without a condition", put(ALB, "WebSocketListenerRule.Conditions", []), "rule"),
    ("a rule with more values than may be", put(ALB, "WebSocketListenerRule.Conditions.0.PathPatternConfig.Values", [f"/ws{n}/*" for n in range(6)]), "rule"),
    ("a firewall of a scope that is none", put(ALB, "WebAcl.Scope", "GLOBAL"), "waf"),
    ("a firewall of CloudFront at a load balancer", put(ALB, "WebAcl.Scope", "CLOUDFRONT"), "waf"),
    ("two rules of a firewall with one priority", put(ALB, f"{WAF}.1.Priority", 0), "waf"),
    ("two rules of a firewall with one name", put(ALB, f"{WAF}.1.Name", "RateLimit"), "waf"),
    ("a group of rules with an action", put(ALB, f"{WAF}.1.Action", {"Block": {}}), "waf"),
    ("a group of rules without an override", put(ALB, f"{WAF}.1.OverrideAction", ...), "waf"),
    ("a rule with an override", put(ALB, f"{WAF}.0", {"Name": "RateLimit", "Priority": 0, "Statement": {"RateBasedStatement": {"Limit": 2000, "AggregateKeyType": "IP"}}, "OverrideAction": {"None": {}}, "VisibilityConfig": {"CloudWatchMetricsEnabled": True, "MetricName": "RateLimit", "SampledRequestsEnabled": True}}), "waf"),
    ("a rate below ten", put(ALB, f"{WAF}.0.Statement.RateBasedStatement.Limit", 5), "waf"),
    ("a window that is none", put(ALB, f"{WAF}.0.Statement.RateBasedStatement.EvaluationWindowSec", 90), "waf"),
    ("a key that is none", put(ALB, f"{WAF}.0.Statement.RateBasedStatement.AggregateKeyType", "ADDRESS"), "waf"),
    ("a managed group that is none", put(ALB, f"{WAF}.1.Statement.ManagedRuleGroupStatement.Name", "AWSManagedRulesCommonRules"), "waf"),
    ("a vendor that is none", put(ALB, f"{WAF}.1.Statement.ManagedRuleGroupStatement.VendorName", "Aws"), "waf"),
    ("a metric's name with a space", put(ALB, "WebAcl.VisibilityConfig.MetricName", "Web ACL"), "waf"),
    ("a metric's name that is AWS's own", put(ALB, "WebAcl.VisibilityConfig.MetricName", "All"), "waf"),
    ("a firewall without a default", put(ALB, "WebAcl.DefaultAction", ...), "waf"),
    ("a firewall with two defaults", put(ALB, "WebAcl.DefaultAction", {"Allow": {}, "Block": {}}), "waf"),
    ("a firewall at its own name", put(ALB, "WebAclAssociation.WebACLArn", ref("WebAcl")), "waf"),
    ("a description that WAF refuses", put(ALB, "WebAcl.Description", "Guards; the load balancer!"), "waf"),
    # Buckets.
    ("a bucket's name in capitals", put(PIPE_OMS, "ArtifactBucket.BucketName", "Sentry-Artifacts"), "s3"),
    ("a bucket's name with an underscore", put(PIPE_OMS, "ArtifactBucket.BucketName", "sentry_artifacts"), "s3"),
    ("a bucket's name that looks like an address", put(PIPE_OMS, "ArtifactBucket.BucketName", "192.168.5.4"), "s3"),
    ("an expiry of zero days", put(PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0.ExpirationInDays", 0), "s3"),
    ("a lifecycle rule without a status", put(PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0.Status", ...), "s3"),
    ("a lifecycle rule with a status that is none", put(PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0.Status", "On"), "s3"),
    ("a lifecycle rule that does nothing", put(PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0", {"Id": "x", "Status": "Enabled"}), "s3"),
    ("two lifecycle rules of one ID", put(PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.+", {"Id": "ExpireArtifacts", "Status": "Enabled", "ExpirationInDays": 5, "Prefix": "x/"}), "s3"),
    ("a move that comes after the expiry", put(PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0.Transitions", [{"StorageClass": "GLACIER", "TransitionInDays": 60}]), "s3"),
    ("a move to infrequent access too early", put(PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0.Transitions", [{"StorageClass": "STANDARD_IA", "TransitionInDays": 7}]), "s3"),
    ("a storage class that is none", put(PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0.Transitions", [{"StorageClass": "COLD", "TransitionInDays": 20}]), "s3"),
    ("an encryption that is none", put(PIPE_OMS, "ArtifactBucket.BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm", "AES-256"), "s3"),
    ("a key with the other encryption", put(PIPE_OMS, "ArtifactBucket.BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID", "alias/x"), "s3"),
    ("an ownership that is none", put(PIPE_OMS, "ArtifactBucket.OwnershipControls.Rules.0.ObjectOwnership", "Enforced"), "s3"),
    ("an ACL where the owner is enforced", put(PIPE_OMS, "ArtifactBucket.AccessControl", "LogDeliveryWrite"), "s3"),
    ("versioning that is none", put(PIPE_OMS, "ArtifactBucket.VersioningConfiguration", {"Status": "On"}), "s3"),
    ("a bucket policy without a principal", put(PIPE_OMS, "ArtifactBucketPolicy.PolicyDocument.Statement.0.Principal", ...), "bucketpolicy"),
    ("a bucket policy of another bucket", put(PIPE_OMS, "ArtifactBucketPolicy.PolicyDocument.Statement.0.Resource", "arn:aws:s3:::other/*"), "bucketpolicy"),
    ("a bucket policy of another service", put(PIPE_OMS, "ArtifactBucketPolicy.PolicyDocument.Statement.0.Action", "sqs:*"), "bucketpolicy"),
    ("a bucket policy with an action on what it does not fit", put(VPC, "FlowLogsBucketPolicy.PolicyDocument.Statement.2.Resource", sub("${FlowLogsBucket.Arn}/*")), "bucketpolicy"),
    ("a bucket policy with a principal that is none", put(VPC, "FlowLogsBucketPolicy.PolicyDocument.Statement.1.Principal.Service", "delivery.log.amazonaws.com"), "bucketpolicy"),
    ("a bucket policy without a bucket", put(VPC, "FlowLogsBucketPolicy.Bucket", ...), "bucketpolicy"),
    ("a principal of a kind that is none", put(ALB, "AccessLogsBucketPolicy.PolicyDocument.Statement.1.Principal", {"Services": "logdelivery.elasticloadbalancing.amazonaws.com"}), "iam"),
    # IAM.
    ("a misspelt action", put(OMS, "TaskRole.Policies.0.PolicyDocument.Statement.0.Action.1", "sqs:RecieveMessage"), "actions"),
    ("an action of a misspelt service", put(OMS, "TaskRole.Policies.0.PolicyDocument.Statement.1.Action.0", "dynamo:GetItem"), "actions"),
    ("an action without a service", put(OMS, "TaskRole.Policies.0.PolicyDocument.Statement.0.Action.0", "SendMessage"), "iam"),
    ("a principal that is none", put(OMS, "TaskRole.AssumeRolePolicyDocument.Statement.0.Principal.Service", "ecs-task.amazonaws.com"), "iam"),
    ("a principal of another domain", put(PIPE_OMS, "BuildRole.AssumeRolePolicyDocument.Statement.0.Principal.Service", "codebuild.aws.com"), "iam"),
    ("a trust without a principal", put(OMS, "TaskRole.AssumeRolePolicyDocument.Statement.0.Principal", ...), "iam"),
    ("a trust with a resource", put(OMS, "TaskRole.AssumeRolePolicyDocument.Statement.0.Resource", "*"), "iam"),
    ("a trust with an action of another service", put(OMS, "TaskRole.AssumeRolePolicyDocument.Statement.0.Action", "iam:PassRole"), "iam"),
    ("a policy's version of another day", put(OMS, "TaskRole.AssumeRolePolicyDocument.Version", "2012-10-18"), "iam"),
    ("an effect that is none", put(OMS, "TaskRole.Policies.0.PolicyDocument.Statement.0.Effect", "allow"), "iam"),
    ("a statement without a resource", put(OMS, "ExecutionRole.Policies.0.PolicyDocument.Statement.0.Resource", ...), "iam"),
    ("a statement without an action", put(OMS, "ExecutionRole.Policies.0.PolicyDocument.Statement.0.Action", ...), "iam"),
    ("a statement with a principal in a role's policy", put(OMS, "ExecutionRole.Policies.0.PolicyDocument.Statement.0.Principal", "*"), "iam"),
    ("a resource that is no ARN", put(OMS, "ExecutionRole.Policies.0.PolicyDocument.Statement.1.Resource", "sentry/oms"), "iam"),
    ("a resource of a partition that is none", put(OMS, "ExecutionRole.Policies.0.PolicyDocument.Statement.1.Resource", "arn:amazon:ecr:us-east-1:123456789012:repository/x"), "iam"),
    ("a condition's operator that is none", put(OMS, "TaskRole.AssumeRolePolicyDocument.Statement.0.Condition", {"StringEqual": {"aws:SourceAccount": ref("AWS::AccountId")}}), "iam"),
    ("a statement's ID with a space", put(OMS, "TaskRole.Policies.0.PolicyDocument.Statement.0.Sid", "Use queues"), "iam"),
    ("a statement's ID twice", put(OMS, "TaskRole.Policies.0.PolicyDocument.Statement.1.Sid", "UseQueues"), "iam"),
    ("a role's policy without a name", put(OMS, "TaskRole.Policies.0.PolicyName", ...), "iam"),
    ("two policies of one name", put(OMS, "TaskRole.Policies.+", {"PolicyName": "task", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}]}}), "iam"),
    ("two roles of one name", put(OMS, "ExecutionRole.RoleName", sub("sentry-oms-task-${Environment}")), "iam"),
    ("a role's session that is too short", put(OMS, "TaskRole.MaxSessionDuration", 900), "iam"),
    ("a role's description that is too long", put(OMS, "TaskRole.Description", "x" * 1001), "iam"),
    ("a managed policy by its name", put(OMS, "TaskRole.ManagedPolicyArns", ["AmazonSQSFullAccess"]), "iam"),
    ("a path without slashes", put(OMS, "TaskRole.Path", "sentry"), "iam"),
    ("an empty list of actions", put(OMS, "TaskRole.Policies.0.PolicyDocument.Statement.0.Action", []), "iam"),
    ("a misspelt element of a statement", put(OMS, "TaskRole.Policies.0.PolicyDocument.Statement.0.Conditions", {}), "iam"),
    # Cognito.
    ("a password of five characters", put(COGNITO, f"{PASSWORD}.MinimumLength", 5), "cognito"),
    ("a password of a hundred characters", put(COGNITO, f"{PASSWORD}.MinimumLength", 100), "cognito"),
    ("a temporary password for over a year", put(COGNITO, f"{PASSWORD}.TemporaryPasswordValidityDays", 366), "cognito"),
    ("MFA without a factor", put(COGNITO, "UserPool.EnabledMfas", ...), "cognito"),
    ("a factor that is none", put(COGNITO, "UserPool.EnabledMfas", ["TOTP"]), "cognito"),
    ("SMS without a role", put(COGNITO, "UserPool.EnabledMfas", ["SMS_MFA"]), "cognito"),
    ("an MFA that is none", put(COGNITO, "/Mappings/UserPool/prod/MfaConfiguration", "REQUIRED"), "cognito"),
    ("a tier that is none", put(COGNITO, "/Mappings/UserPool/dev/Tier", "BASIC"), "cognito"),
    ("protection by risk in the smaller tier", put(COGNITO, "/Mappings/UserPool/prod/Tier", "ESSENTIALS"), "cognito"),
    ("a deletion protection that is none", put(COGNITO, "/Mappings/UserPool/dev/DeletionProtection", "DISABLED"), "cognito"),
    ("an attribute to sign in with that is none", put(COGNITO, "UserPool.UsernameAttributes", ["mail"]), "cognito"),
    ("both kinds of names to sign in with", put(COGNITO, "UserPool.AliasAttributes", ["email"]), "cognito"),
    ("a recovery that is none", put(COGNITO, "UserPool.AccountRecoverySetting.RecoveryMechanisms.0.Name", "admin"), "cognito"),
    ("an admin's recovery beside another", put(COGNITO, "UserPool.AccountRecoverySetting.RecoveryMechanisms.+", {"Name": "verified_email", "Priority": 2}), "cognito"),
    ("an update verified that is not verified", put(COGNITO, "UserPool.AutoVerifiedAttributes", ["phone_number"]), "cognito"),
    ("an access token for two days", put(COGNITO, "UserPoolClient.AccessTokenValidity", 2880), "client"),
    ("an access token for a minute", put(COGNITO, "UserPoolClient.AccessTokenValidity", 1), "client"),
    ("a refresh token shorter than the access token", put(COGNITO, "UserPoolClient.TokenValidityUnits.RefreshToken", "seconds"), "client"),
    ("a refresh token for twenty years", put(COGNITO, "UserPoolClient", {"UserPoolId": ref("UserPool"), "RefreshTokenValidity": 7300, "TokenValidityUnits": {"RefreshToken": "days"}}), "client"),
    ("a unit of time that is none", put(COGNITO, "UserPoolClient.TokenValidityUnits.AccessToken", "minute"), "client"),
    ("a flow that is none", put(COGNITO, "UserPoolClient.ExplicitAuthFlows.0", "ALLOW_SRP_AUTH"), "client"),
    ("flows of both kinds", put(COGNITO, "UserPoolClient.ExplicitAuthFlows.+", "USER_PASSWORD_AUTH"), "client"),
    ("a session of sixteen minutes", put(COGNITO, "UserPoolClient.AuthSessionValidity", 16), "client"),
    ("errors that are none", put(COGNITO, "UserPoolClient.PreventUserExistenceErrors", "ON"), "client"),
    ("OAuth flows without scopes", put(COGNITO, "UserPoolClient.AllowedOAuthFlows", ["code"]), "client"),
    ("a callback without TLS", put(COGNITO, "UserPoolClient.CallbackURLs", ["http://sentry.example/"]), "client"),
    ("a client of no pool", put(COGNITO, "UserPoolClient.UserPoolId", ...), "client"),
    ("two groups of one name", put(COGNITO, "TraderGroup.GroupName", "admin"), "cognitogroup"),
    ("a group's name with a space", put(COGNITO, "TraderGroup.GroupName", "the traders"), "cognitogroup"),
    ("a precedence below zero", put(COGNITO, "TraderGroup.Precedence", -1), "cognitogroup"),
    ("a group's role that is no ARN", put(COGNITO, "AdminGroup.RoleArn", "admin"), "cognitogroup"),
    ("a risk's action that is none", put(COGNITO, "RiskConfiguration.AccountTakeoverRiskConfiguration.Actions.HighAction.EventAction", "DENY"), "cognito"),
    ("a risk's event that is none", put(COGNITO, "RiskConfiguration.CompromisedCredentialsRiskConfiguration.EventFilter.0", "LOGIN"), "cognito"),
    ("a risk's notice without a sender", put(COGNITO, "RiskConfiguration.AccountTakeoverRiskConfiguration.Actions.HighAction.Notify", True), "cognito"),
    # DynamoDB.
    ("a key that is not defined", put(TRADING, "Table.KeySchema.0.AttributeName", "id"), "dynamodb"),
    ("an attribute that is no key", put(TRADING, "Table.AttributeDefinitions.+", {"AttributeName": "status", "AttributeType": "S"}), "dynamodb"),
    ("an attribute of a type that is none", put(TRADING, "Table.AttributeDefinitions.0.AttributeType", "STRING"), "dynamodb"),
    ("a key of a kind that is none", put(TRADING, "Table.KeySchema.1.KeyType", "SORT"), "dynamodb"),
    ("a table with the range key first", put(TRADING, "Table.KeySchema", [{"AttributeName": "sk", "KeyType": "RANGE"}, {"AttributeName": "pk", "KeyType": "HASH"}]), "dynamodb"),
    ("a table with two hash keys", put(TRADING, "Table.KeySchema.1.KeyType", "HASH"), "dynamodb"),
    ("an index without a projection", put(TRADING, "Table.GlobalSecondaryIndexes.0.Projection", ...), "dynamodb"),
    ("an index without keys", put(TRADING, "Table.GlobalSecondaryIndexes.0.KeySchema", []), "dynamodb"),
    ("an index's name that is too short", put(TRADING, "Table.GlobalSecondaryIndexes.0.IndexName", "G1"), "dynamodb"),
    ("two indexes of one name", put(TRADING, "Table.GlobalSecondaryIndexes.+", {"IndexName": "GSI1", "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}), "dynamodb"),
    ("a projection of all with attributes", put(TRADING, "Table.GlobalSecondaryIndexes.0.Projection.NonKeyAttributes", ["a"]), "dynamodb"),
    ("a projection of none of its attributes", put(TRADING, "Table.GlobalSecondaryIndexes.0.Projection.ProjectionType", "INCLUDE"), "dynamodb"),
    ("a projection that is none", put(TRADING, "Table.GlobalSecondaryIndexes.0.Projection.ProjectionType", "EVERYTHING"), "dynamodb"),
    ("on demand with a throughput", put(TRADING, "Table.ProvisionedThroughput", {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}), "dynamodb"),
    ("provisioned without a throughput", put(TRADING, "Table.BillingMode", "PROVISIONED"), "dynamodb"),
    ("an index with a throughput, on demand", put(TRADING, "Table.GlobalSecondaryIndexes.0.ProvisionedThroughput", {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}), "dynamodb"),
    ("a billing mode that is none", put(TRADING, "Table.BillingMode", "ON_DEMAND"), "dynamodb"),
    ("a stream's view that is none", put(TRADING, "Table.StreamSpecification.StreamViewType", "NEW_AND_OLD"), "dynamodb"),
    ("a lifetime without an attribute", put(TRADING, "Table.TimeToLiveSpecification.AttributeName", ...), "dynamodb"),
    ("a local index without a range key", put(TRADING, "Table.LocalSecondaryIndexes", [{"IndexName": "LSI1", "KeySchema": [{"AttributeName": "gsi1pk", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}]), "dynamodb"),
    ("a local index with another hash key", put(TRADING, "Table.LocalSecondaryIndexes", [{"IndexName": "LSI1", "KeySchema": [{"AttributeName": "gsi1pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}], "Projection": {"ProjectionType": "ALL"}}]), "dynamodb"),
    ("a table's key without encryption by key", put(TRADING, "Table.SSESpecification", {"SSEEnabled": False, "SSEType": "KMS", "KMSMasterKeyId": "alias/x"}), "dynamodb"),
    ("a table's name with a slash", put(CONFIG_TABLE, "Table.TableName", sub("oms/config/${Environment}")), "dynamodb"),
    ("a table class that is none", put(CONFIG_TABLE, "Table.TableClass", "INFREQUENT"), "dynamodb"),
    ("a recovery period of two months", put(CONFIG_TABLE, "Table.PointInTimeRecoverySpecification", {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 60}), "dynamodb"),
    # SQS.
    ("a FIFO queue without its suffix", put(SQS, "MasterOrderQueue.QueueName", sub("${Queue1Name}-queue-${Environment}")), "sqs"),
    ("a standard queue with the suffix", put(SQS, "OrderExecutionPollingQueue.QueueName", sub("${Queue8Name}-queue-${Environment}.fifo")), "sqs"),
    ("a queue that is said not to be FIFO", put(SQS, "OrderExecutionPollingQueue.FifoQueue", False), "sqs"),
    ("deduplication in a standard queue", put(SQS, "OrderExecutionPollingQueue.ContentBasedDeduplication", True), "sqs"),
    ("a dead-letter queue of the other kind", put(SQS, "MasterOrderQueue.RedrivePolicy.deadLetterTargetArn", get("ClientsEventsDeadLetterQueue", "Arn")), "sqs"),
    ("a dead-letter queue that does not admit it", put(SQS, "MasterOrderQueue.RedrivePolicy.deadLetterTargetArn", get("OkxOrdersDeadLetterQueue", "Arn")), "sqs"),
    ("an invisibility of over twelve hours", put(SQS, "MasterOrderQueue.VisibilityTimeout", 43201), "sqs"),
    ("a retention of over two weeks", put(SQS, "MasterOrderDeadLetterQueue.MessageRetentionPeriod", 1209601), "sqs"),
    ("a retention below a minute", put(SQS, "MasterOrderDeadLetterQueue.MessageRetentionPeriod", 59), "sqs"),
    ("a delay of over a quarter of an hour", put(SQS, "MasterOrderQueue.DelaySeconds", 901), "sqs"),
    ("a wait of over twenty seconds", put(SQS, "MasterOrderQueue.ReceiveMessageWaitTimeSeconds", 21), "sqs"),
    ("a message of over the limit", put(SQS, "MasterOrderQueue.MaximumMessageSize", 2097152), "sqs"),
    ("a message below the limit", put(SQS, "MasterOrderQueue.MaximumMessageSize", 512), "sqs"),
    ("no attempt before the dead-letter queue", put(SQS, "MasterOrderQueue.RedrivePolicy.maxReceiveCount", 0), "sqs"),
    ("more attempts than may be", put(SQS, "MasterOrderQueue.RedrivePolicy.maxReceiveCount", 1001), "sqs"),
    ("a redrive policy without a target", put(SQS, "MasterOrderQueue.RedrivePolicy.deadLetterTargetArn", ...), "sqs"),
    ("a redrive policy in capitals", put(SQS, "MasterOrderQueue.RedrivePolicy", {"DeadLetterTargetArn": get("MasterOrderDeadLetterQueue", "Arn"), "MaxReceiveCount": 5}), "sqs"),
    ("a redrive policy to a URL", put(SQS, "MasterOrderQueue.RedrivePolicy.deadLetterTargetArn", ref("MasterOrderDeadLetterQueue")), "sqs"),
    ("a redrive permission that is none", put(SQS, "MasterOrderDeadLetterQueue.RedriveAllowPolicy.redrivePermission", "byQueues"), "sqs"),
    ("a redrive permission for all with queues", put(SQS, "MasterOrderDeadLetterQueue.RedriveAllowPolicy.redrivePermission", "allowAll"), "sqs"),
    ("a redrive permission without queues", put(SQS, "MasterOrderDeadLetterQueue.RedriveAllowPolicy.sourceQueueArns", ...), "sqs"),
    ("a throughput by group without groups", put(SQS, "MasterOrderQueue.DeduplicationScope", "queue"), "sqs"),
    ("a scope that is none", put(SQS, "MasterOrderQueue.DeduplicationScope", "group"), "sqs"),
    ("a throughput that is none", put(SQS, "MasterOrderQueue.FifoThroughputLimit", "perMessageGroup"), "sqs"),
    ("a throughput in a standard queue", put(SQS, "OrderExecutionPollingQueue.FifoThroughputLimit", "perQueue"), "sqs"),
    ("two encryptions", put(SQS, "MasterOrderQueue.KmsMasterKeyId", "alias/aws/sqs"), "sqs"),
    ("a key that is reused for too short", put(SQS, "MasterOrderQueue.KmsDataKeyReusePeriodSeconds", 30), "sqs"),
    ("a queue's policy at an ARN", put(SQS, "TransportPolicy.Queues.0", get("MasterOrderQueue", "Arn")), "sqs"),
    ("a queue's policy of another service", put(SQS, "TransportPolicy.PolicyDocument.Statement.0.Action", "sns:*"), "sqs"),
    ("a queue's policy without a principal", put(SQS, "TransportPolicy.PolicyDocument.Statement.0.Principal", ...), "sqs"),
    ("two queues of one name", put(SQS, "ClientsEventsQueue.QueueName", sub("${Queue8Name}-queue-${Environment}")), "sqs"),
    ("a queue's name with a dot", put(SQS, "ClientsEventsQueue.QueueName", sub("${Queue9Name}.queue-${Environment}")), "sqs"),
    ("a FIFO queue of Python without its suffix", text("templates/messaging/sqs_queues.py", '"FifoQueue": True', '"FifoQueue": False'), "sqs"),
    # Secrets and keys.
    ("a secret that is too long", put(SECRETS, "AppSecret.GenerateSecretString.PasswordLength", 4097), "secret"),
    ("a secret of no characters", put(SECRETS, "AppSecret.GenerateSecretString.PasswordLength", 0), "secret"),
    ("a secret shorter than its kinds of characters", put(REDIS, "AuthSecret.GenerateSecretString", {"PasswordLength": 3, "RequireEachIncludedType": True}), "secret"),
    ("a template without a key", put(SECRETS, "AppSecret.GenerateSecretString.GenerateStringKey", ...), "secret"),
    ("a key without a template", put(SECRETS, "AppSecret.GenerateSecretString.SecretStringTemplate", ...), "secret"),
    ("a template that is no JSON", put(SECRETS, "AppSecret.GenerateSecretString.SecretStringTemplate", "{user: x}"), "secret"),
    ("a secret that is both given and generated", put(SECRETS, "AppSecret.SecretString", "x"), "secretname"),
    ("a secret without any kind of character", put(SECRETS, "AppSecret.GenerateSecretString", {"ExcludeLowercase": True, "ExcludeUppercase": True, "ExcludeNumbers": True, "ExcludePunctuation": True}), "secret"),
    ("a secret's name with a space", put(SECRETS, "AppSecret.Name", "sentry secrets"), "secretname"),
    ("a secret's description that is too long", put(SECRETS, "AppSecret.Description", "x" * 2049), "secretname"),
    ("a key that waits five days", put(SECRETS, "Key.PendingWindowInDays", 5), "kms"),
    ("a key that waits for forty days", put(SECRETS, "Key.PendingWindowInDays", 40), "kms"),
    ("a key that nobody may administer", put(SECRETS, "Key.KeyPolicy.Statement.0.Principal", {"Service": "secretsmanager.amazonaws.com"}), "kms"),
    ("a key that is administered with an action of another service", put(SECRETS, "Key.KeyPolicy.Statement.0.Action", "sqs:*"), "kms"),
    ("a key's policy without a resource", put(SECRETS, "Key.KeyPolicy.Statement.0.Resource", ...), "kms"),
    ("a key's use that is none", put(SECRETS, "Key.KeyUsage", "ENCRYPT"), "kms"),
    ("a key that rotates and is asymmetric", put(SECRETS, "Key.KeySpec", "RSA_2048"), "kms"),
    ("a key that rotates too often", put(SECRETS, "Key.RotationPeriodInDays", 30), "kms"),
    ("an alias without its prefix", put(SECRETS, "KeyAlias.AliasName", sub("sentry/secrets-${Environment}")), "kms"),
    ("an alias that is AWS's own", put(SECRETS, "KeyAlias.AliasName", "alias/aws/sentry"), "kms"),
    # Redis.
    ("a node type that is none", put(REDIS, "/Mappings/Redis/dev/NodeType", "cache.t4g.mini"), "nodes"),
    ("a node type of another service", put(REDIS, "/Mappings/Redis/prod/NodeType", "db.t4g.small"), "nodes"),
    ("a version that is none", put(REDIS, "/Mappings/Redis/prod/EngineVersion", "7.3"), "redis"),
    ("an engine that is none", put(REDIS, "ReplicationGroup.Engine", "memcached"), "redis"),
    ("failover with one node", put(REDIS, "ReplicationGroup.AutomaticFailoverEnabled", True), "redis"),
    ("several zones without failover", put(REDIS, "ReplicationGroup.AutomaticFailoverEnabled", False), "redis"),
    ("several zones with one node", put(REDIS, "ReplicationGroup.MultiAZEnabled", True), "redis"),
    ("more nodes than may be", put(REDIS, "ReplicationGroup.NumCacheClusters", 7), "redis"),
    ("nodes and replicas", put(REDIS, "ReplicationGroup.ReplicasPerNodeGroup", 1), "redis"),
    ("a token without encryption in transit", put(REDIS, "ReplicationGroup.TransitEncryptionEnabled", False), "auth"),
    ("a mode without encryption in transit", put(REDIS, "ReplicationGroup", {"ReplicationGroupDescription": "x", "Engine": "redis", "CacheNodeType": "cache.t4g.micro", "NumCacheClusters": 1, "AutomaticFailoverEnabled": False, "TransitEncryptionMode": "required"}), "redis"),
    ("a mode that is none", put(REDIS, "ReplicationGroup.TransitEncryptionMode", "strict"), "redis"),
    ("a token that is too short", put(REDIS, "AuthSecret.GenerateSecretString.PasswordLength", 12), "auth"),
    ("a token that is too long", put(REDIS, "AuthSecret.GenerateSecretString.PasswordLength", 129), "auth"),
    ("a token with characters that may not be", put(REDIS, "AuthSecret.GenerateSecretString.ExcludePunctuation", ...), "auth"),
    ("snapshots for over a month", put(REDIS, "/Mappings/Redis/prod/SnapshotRetentionDays", 36), "redis"),
    ("a snapshot's window that is too short", put(REDIS, "ReplicationGroup.SnapshotWindow", "03:00-03:30"), "redis"),
    ("a snapshot's window that is none", put(REDIS, "ReplicationGroup.SnapshotWindow", "3am-4am"), "redis"),
    ("a maintenance window without a day", put(REDIS, "ReplicationGroup.PreferredMaintenanceWindow", "05:00-06:00"), "redis"),
    ("two windows that overlap", put(REDIS, "ReplicationGroup.SnapshotWindow", "05:00-06:00"), "redis"),
    ("a port that is none", put(REDIS, "ReplicationGroup.Port", 65536), "redis"),
    ("a replication group without a description", put(REDIS, "ReplicationGroup.ReplicationGroupDescription", ...), "redis"),
    ("a subnet group's description missing", put(REDIS, "SubnetGroup.Description", ...), "redis"),
    ("a parameter group of another version", put(REDIS, "ReplicationGroup.CacheParameterGroupName", "default.redis6.x"), "redis"),
    ("a group's name that is too long", put(REDIS, "ReplicationGroup.ReplicationGroupId", "sentry-redis-replication-group-of-production"), "redis"),
    ("groups of security by name", put(REDIS, "ReplicationGroup.CacheSecurityGroupNames", ["default"]), "redis"),
    # Logs and alarms.
    ("a retention that is none", put(OMS, "/Mappings/Cluster/dev/LogRetentionDays", 15), "logs"),
    ("a retention of zero days", put(PIPE_OMS, "/Mappings/Build/prod/LogRetentionDays", 0), "logs"),
    ("a log group's name with a colon", put(OMS, "LogGroup.LogGroupName", sub("/sentry:oms/${Environment}")), "logs"),
    ("a log group's class that is none", put(OMS, "LogGroup.LogGroupClass", "COLD"), "logs"),
    ("two log groups of one name", put(PIPE_WEBSOCKET, "LogGroup.LogGroupName", sub("/sentry/build-oms/${Environment}")), "logs"),
    ("an alarm's period that is none", put(REDIS, "Node1CpuAlarm.Period", 45), "alarm"),
    ("an alarm over more than a day", put(REDIS, "Node1EvictionAlarm.EvaluationPeriods", 300), "alarm"),
    ("an alarm of no periods", put(REDIS, "Node1CpuAlarm.EvaluationPeriods", 0), "alarm"),
    ("more data points than periods", put(ALB, "FrontendErrorAlarm.DatapointsToAlarm", 6), "alarm"),
    ("two statistics", put(REDIS, "Node1CpuAlarm.ExtendedStatistic", "p99"), "alarm"),
    ("no statistic", put(REDIS, "Node1CpuAlarm.Statistic", ...), "alarm"),
    ("a statistic that is none", put(REDIS, "Node1CpuAlarm.Statistic", "Mean"), "alarm"),
    ("a percentile that is none", put(REDIS, "Node1CpuAlarm", {"MetricName": "EngineCPUUtilization", "Namespace": "AWS/ElastiCache", "ExtendedStatistic": "p101", "Period": 60, "EvaluationPeriods": 5, "Threshold": 80, "ComparisonOperator": "GreaterThanThreshold"}), "alarm"),
    ("a comparison that is none", put(REDIS, "Node1CpuAlarm.ComparisonOperator", "GreaterThan"), "alarm"),
    ("missing data that are none", put(REDIS, "Node1CpuAlarm.TreatMissingData", "notbreaching"), "alarm"),
    ("an alarm without a metric", put(REDIS, "Node1CpuAlarm.MetricName", ...), "alarm"),
    ("an alarm without a threshold", put(REDIS, "Node1CpuAlarm.Threshold", ...), "alarm"),
    ("an alarm's action that is no ARN", put(REDIS, "Node1CpuAlarm.AlarmActions", ["alarms"]), "alarm"),
    ("more actions than may be", put(REDIS, "Node1CpuAlarm.AlarmActions", [f"arn:aws:sns:us-east-1:123456789012:t{n}" for n in range(6)]), "alarm"),
    ("a dimension without a value", put(REDIS, "Node1CpuAlarm.Dimensions.0.Value", ...), "alarm"),
    ("a dimension twice", put(REDIS, "Node1CpuAlarm.Dimensions.+", {"Name": "CacheClusterId", "Value": "x"}), "alarm"),
    ("a metric and metrics", put(REDIS, "Node1CpuAlarm.Metrics", [{"Id": "m1", "Expression": "1"}]), "alarm"),
    ("a metric's ID with a capital", put(REDIS, "Node1CpuAlarm", {"Metrics": [{"Id": "Cpu", "MetricStat": {"Metric": {"Namespace": "AWS/ElastiCache", "MetricName": "EngineCPUUtilization"}, "Period": 60, "Stat": "Average"}}], "EvaluationPeriods": 5, "Threshold": 80, "ComparisonOperator": "GreaterThanThreshold"}), "alarm"),
    ("two alarms of one name", put(REDIS, "/Resources/Twin", {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": "twin", "MetricName": "a", "Namespace": "b", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold", "Unit": "Counts"}}), "alarm"),
    ("an alarm's description that is too long", put(REDIS, "Node1CpuAlarm.AlarmDescription", "x" * 1025), "alarm"),
    # ECS.
    ("a CPU that Fargate does not have", put(TASK_OMS, "/Mappings/Service/dev/Cpu", "768"), "fargate"),
    ("a memory that does not go with the CPU", put(TASK_OMS, "/Mappings/Service/prod/Memory", "512"), "fargate"),
    ("a task without CPU", put(TASK_OMS, "TaskDefinition.Cpu", ...), "fargate"),
    ("a network mode of EC2", put(TASK_OMS, "TaskDefinition.NetworkMode", "bridge"), "fargate"),
    ("no network mode", put(TASK_OMS, "TaskDefinition.NetworkMode", ...), "fargate"),
    ("a platform that is none", put(TASK_OMS, "TaskDefinition.RuntimePlatform.CpuArchitecture", "AARCH64"), "ecs"),
    ("a system that is none", put(TASK_OMS, "TaskDefinition.RuntimePlatform.OperatingSystemFamily", "DEBIAN"), "ecs"),
    ("Windows on ARM", put(TASK_OMS, "TaskDefinition.RuntimePlatform.OperatingSystemFamily", "WINDOWS_SERVER_2022_CORE"), "ecs"),
    ("secrets without an execution role", put(TASK_OMS, "TaskDefinition.ExecutionRoleArn", ...), "ecs"),
    ("a role by its name", put(TASK_OMS, "TaskDefinition.TaskRoleArn", {"Fn::ImportValue": sub("${ECSClusterStackName}-ClusterName")}), "ecs"),
    ("a compatibility that is none", put(TASK_OMS, "TaskDefinition.RequiresCompatibilities.0", "Fargate"), "ecs"),
    ("no essential container", put(TASK_OMS, f"{CONTAINER}.Essential", False), "container"),
    ("no containers", put(TASK_OMS, "TaskDefinition.ContainerDefinitions", []), "ecs"),
    ("two containers of one name", put(TASK_OMS, "TaskDefinition.ContainerDefinitions.+", {"Name": "oms", "Image": "busybox"}), "container"),
    ("a container's name with a space", put(TASK_OMS, f"{CONTAINER}.Name", "oms service"), "container"),
    ("a container without an image", put(TASK_OMS, f"{CONTAINER}.Image", ...), "container"),
    ("a host port that differs", put(TASK_WEBSOCKET, f"{CONTAINER}.PortMappings.0.HostPort", 80), "container"),
    ("a port twice", put(TASK_WEBSOCKET, f"{CONTAINER}.PortMappings.+", {"ContainerPort": 8081}), "container"),
    ("a container's port above 65535", put(TASK_WEBSOCKET, f"{CONTAINER}.PortMappings.0.ContainerPort", 80810), "container"),
    ("a port's protocol that is none", put(TASK_WEBSOCKET, f"{CONTAINER}.PortMappings.0.Protocol", "http"), "container"),
    ("a privileged container", put(TASK_OMS, f"{CONTAINER}.Privileged", True), "fargate"),
    ("links", put(TASK_OMS, f"{CONTAINER}.Links", ["x"]), "fargate"),
    ("a host of its own", put(TASK_OMS, f"{CONTAINER}.Hostname", "oms"), "container"),
    ("extra hosts", put(TASK_OMS, f"{CONTAINER}.ExtraHosts", [{"Hostname": "a", "IpAddress": "1.2.3.4"}]), "container"),
    ("its own name servers", put(TASK_OMS, f"{CONTAINER}.DnsServers", ["1.1.1.1"]), "container"),
    ("shared memory on Fargate", put(TASK_OMS, f"{CONTAINER}.LinuxParameters.SharedMemorySize", 64), "fargate"),
    ("a temporary file system on Fargate", put(TASK_OMS, f"{CONTAINER}.LinuxParameters.Tmpfs", [{"ContainerPath": "/run", "Size": 64}]), "fargate"),
    ("devices on Fargate", put(TASK_OMS, f"{CONTAINER}.LinuxParameters.Devices", [{"HostPath": "/dev/fuse"}]), "fargate"),
    ("swap on Fargate", put(TASK_OMS, f"{CONTAINER}.LinuxParameters.MaxSwap", 512), "fargate"),
    ("capabilities that Fargate does not give", put(TASK_OMS, f"{CONTAINER}.LinuxParameters.Capabilities", {"Add": ["NET_ADMIN"]}), "fargate"),
    ("security options on Fargate", put(TASK_OMS, f"{CONTAINER}.DockerSecurityOptions", ["no-new-privileges"]), "fargate"),
    ("a file limit above Fargate's", put(TASK_OMS, f"{CONTAINER}.Ulimits", [{"Name": "nofile", "SoftLimit": 2000, "HardLimit": 1000}]), "container"),
    ("a limit that is none", put(TASK_OMS, f"{CONTAINER}.Ulimits", [{"Name": "files", "SoftLimit": 1000, "HardLimit": 1000}]), "container"),
    ("a mount of no volume", put(TASK_OMS, f"{CONTAINER}.MountPoints.0.SourceVolume", "temp"), "container"),
    ("two volumes of one name", put(TASK_OMS, "TaskDefinition.Volumes.+", {"Name": "tmp"}), "ecs"),
    ("a volume of the host", put(TASK_OMS, "TaskDefinition.Volumes.0", {"Name": "tmp", "Host": {"SourcePath": "/tmp"}}), "fargate"),
    ("a volume of Docker", put(TASK_OMS, "TaskDefinition.Volumes.0", {"Name": "tmp", "DockerVolumeConfiguration": {"Scope": "task"}}), "fargate"),
    ("placement on Fargate", put(TASK_OMS, "TaskDefinition.PlacementConstraints", [{"Type": "memberOf", "Expression": "attribute:a == b"}]), "fargate"),
    ("another's processes on Fargate", put(TASK_OMS, "TaskDefinition.PidMode", "host"), "fargate"),
    ("another's messages on Fargate", put(TASK_OMS, "TaskDefinition.IpcMode", "task"), "fargate"),
    ("a disk that is too small", put(TASK_OMS, "TaskDefinition.EphemeralStorage", {"SizeInGiB": 20}), "fargate"),
    ("a disk that is too large", put(TASK_OMS, "TaskDefinition.EphemeralStorage", {"SizeInGiB": 201}), "fargate"),
    ("a stop after more than Fargate waits", put(TASK_OMS, f"{CONTAINER}.StopTimeout", 121), "container"),
    ("a start of less than Fargate waits", put(TASK_OMS, f"{CONTAINER}.StartTimeout", 1), "container"),
    ("a check too often", put(TASK_OMS, f"{CONTAINER}.HealthCheck.Interval", 4), "health"),
    ("a check too seldom", put(TASK_OMS, f"{CONTAINER}.HealthCheck.Interval", 301), "health"),
    ("a check too long", put(TASK_OMS, f"{CONTAINER}.HealthCheck.Timeout", 61), "health"),
    ("a check too short", put(TASK_OMS, f"{CONTAINER}.HealthCheck.Timeout", 1), "health"),
    ("a check too many times", put(TASK_OMS, f"{CONTAINER}.HealthCheck.Retries", 11), "health"),
    ("a check too late", put(TASK_OMS, f"{CONTAINER}.HealthCheck.StartPeriod", 301), "health"),
    ("a check without a command", put(TASK_OMS, f"{CONTAINER}.HealthCheck.Command", ...), "health"),
    ("a check whose command is none", put(TASK_OMS, f"{CONTAINER}.HealthCheck.Command", ["grep", "x"]), "health"),
    ("a dependency on no container", put(TASK_OMS, f"{CONTAINER}.DependsOn", [{"ContainerName": "proxy", "Condition": "START"}]), "container"),
    ("a dependency on the container itself", put(TASK_OMS, f"{CONTAINER}.DependsOn", [{"ContainerName": "oms", "Condition": "START"}]), "container"),
    ("a dependency on a state that is none", put(TASK_OMS, "TaskDefinition.ContainerDefinitions.+", {"Name": "side", "Image": "busybox", "Essential": False, "DependsOn": [{"ContainerName": "oms", "Condition": "READY"}]}), "container"),
    ("a dependency on the health of what has no check", put(TASK_OMS, "TaskDefinition.ContainerDefinitions", [{"Name": "oms", "Image": "busybox", "DependsOn": [{"ContainerName": "side", "Condition": "HEALTHY"}]}, {"Name": "side", "Image": "busybox"}]), "container"),
    ("a dependency on the end of what is essential", put(TASK_OMS, "TaskDefinition.ContainerDefinitions", [{"Name": "oms", "Image": "busybox", "DependsOn": [{"ContainerName": "side", "Condition": "SUCCESS"}]}, {"Name": "side", "Image": "busybox", "Essential": True}]), "container"),
    ("a log driver that Fargate does not have", put(TASK_OMS, f"{CONTAINER}.LogConfiguration.LogDriver", "json-file"), "fargate"),
    ("a log without a group", put(TASK_OMS, f"{CONTAINER}.LogConfiguration.Options.awslogs-group", ...), "fargate"),
    ("a log without a region", put(TASK_OMS, f"{CONTAINER}.LogConfiguration.Options.awslogs-region", ...), "fargate"),
    ("a log without a prefix", put(TASK_OMS, f"{CONTAINER}.LogConfiguration.Options.awslogs-stream-prefix", ...), "fargate"),
    ("a log's option that is none", put(TASK_OMS, f"{CONTAINER}.LogConfiguration.Options.awslogs-grop", "x"), "fargate"),
    ("a log's mode that is none", put(TASK_OMS, f"{CONTAINER}.LogConfiguration.Options.mode", "nonblocking"), "fargate"),
    ("a log's buffer that is no size", put(TASK_OMS, f"{CONTAINER}.LogConfiguration.Options.max-buffer-size", "25 megabytes"), "fargate"),
    ("a secret and a variable of one name", put(TASK_OMS, f"{CONTAINER}.Secrets.0.Name", "ENVIRONMENT"), "container"),
    ("a secret from nowhere", put(TASK_OMS, f"{CONTAINER}.Secrets.0.ValueFrom", ...), "container"),
    ("a secret from another service", put(TASK_OMS, f"{CONTAINER}.Secrets.0.ValueFrom", "arn:aws:s3:::secrets/x"), "container"),
    ("a container with more memory than the task", put(TASK_OMS, f"{CONTAINER}.Memory", 8192), "container"),
    ("a container that reserves more than its limit", put(TASK_OMS, f"{CONTAINER}.MemoryReservation", 99999), "container"),
    ("a container with more CPU than the task", put(TASK_OMS, f"{CONTAINER}.Cpu", 4096), "container"),
    ("a variable that is no text", put(TASK_OMS, f"{CONTAINER}.Environment.0.Value", ["dev"]), "container"),
    ("a family with a slash", put(TASK_OMS, "TaskDefinition.Family", sub("sentry/oms-${Environment}")), "ecs"),
    ("both kinds of launch", put(TASK_OMS, "Service.LaunchType", "FARGATE"), "service"),
    ("a capacity provider that is none", put(TASK_OMS, "Service.CapacityProviderStrategy.0.CapacityProvider", "FARGATE_SPOTS"), "service"),
    ("a strategy with a base twice", put(TASK_OMS, "Service.CapacityProviderStrategy", [{"CapacityProvider": "FARGATE", "Base": 1, "Weight": 1}, {"CapacityProvider": "FARGATE_SPOT", "Base": 1, "Weight": 1}]), "service"),
    ("a strategy without weight", put(TASK_OMS, "Service.CapacityProviderStrategy.0.Weight", 0), "service"),
    ("a weight above a thousand", put(TASK_OMS, "Service.CapacityProviderStrategy.0.Weight", 1001), "service"),
    ("a service without a network", put(TASK_OMS, "Service.NetworkConfiguration", ...), "service"),
    ("a service without subnets", put(TASK_OMS, "Service.NetworkConfiguration.AwsvpcConfiguration.Subnets", []), "service"),
    ("more groups than five", put(TASK_OMS, "Service.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups", [f"sg-{n:08}" for n in range(6)]), "service"),
    ("a public address that is none", put(TASK_OMS, "Service.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", "NO"), "service"),
    ("a load balancer's container that is none", put(TASK_WEBSOCKET, "Service.LoadBalancers.0.ContainerName", "web"), "service"),
    ("a load balancer's port that is not mapped", put(TASK_WEBSOCKET, "Service.LoadBalancers.0.ContainerPort", 8080), "service"),
    ("a load balancer by its name", put(TASK_WEBSOCKET, "Service.LoadBalancers.0.LoadBalancerName", "x"), "service"),
    ("a load balancer's targets by their name", put(TASK_WEBSOCKET, "Service.LoadBalancers.0.TargetGroupArn", {"Fn::ImportValue": sub("${ALBStackName}-LoadBalancerFullName")}), "service"),
    ("a grace without a load balancer", put(TASK_OMS, "Service.HealthCheckGracePeriodSeconds", 60), "service"),
    ("no task that may stop or start", put(TASK_OMS, "Service.DeploymentConfiguration.MaximumPercent", 100), "service"),
    ("a minimum above the maximum", put(TASK_OMS, "Service.DeploymentConfiguration.MinimumHealthyPercent", 250), "service"),
    ("a percentage below zero", put(TASK_OMS, "Service.DeploymentConfiguration.MinimumHealthyPercent", -1), "service"),
    ("tags from nowhere", put(TASK_OMS, "Service.PropagateTags", "TASK"), "service"),
    ("a platform's version that is none", put(TASK_OMS, "Service.PlatformVersion", "2.0"), "service"),
    ("placement of a service on Fargate", put(TASK_OMS, "Service.PlacementStrategies", [{"Type": "random"}]), "service"),
    ("a daemon on Fargate", put(TASK_OMS, "Service.SchedulingStrategy", "DAEMON"), "service"),
    ("a role of a load balancer with awsvpc", put(TASK_WEBSOCKET, "Service.Role", "ecsServiceRole"), "service"),
    ("tasks below zero", put(TASK_OMS, "Service.DesiredCount", -2), "service"),
    ("a setting of a cluster that is none", put(OMS, "Cluster.ClusterSettings.0.Name", "containerInsight"), "cluster"),
    ("insights that are none", put(OMS, "/Mappings/Cluster/dev/ContainerInsights", "off"), "cluster"),
    ("a default provider that the cluster lacks", put(OMS, "Cluster.CapacityProviders", ["FARGATE_SPOT"]), "cluster"),
    ("a cluster's name with a space", put(OMS, "Cluster.ClusterName", "sentry oms"), "cluster"),
    # Auto scaling.
    ("a minimum above the maximum of tasks", put(TASK_OMS, "/Mappings/Service/prod/MinCapacity", 7), "scaling"),
    ("a maximum of none", put(TASK_OMS, "ScalableTarget.MaxCapacity", -1), "scaling"),
    ("a dimension of another service", put(TASK_OMS, "ScalableTarget.ScalableDimension", "dynamodb:table:ReadCapacityUnits"), "scaling"),
    ("a dimension that is none", put(TASK_OMS, "ScalableTarget.ScalableDimension", "ecs:service:Count"), "scaling"),
    ("a namespace that is none", put(TASK_OMS, "ScalableTarget.ServiceNamespace", "ECS"), "scaling"),
    ("a resource's ID without a cluster", put(TASK_OMS, "ScalableTarget.ResourceId", sub("service/${Service.Name}")), "scaling"),
    ("a resource's ID that is an ARN", put(TASK_OMS, "ScalableTarget.ResourceId", ref("Service")), "scaling"),
    ("a metric that is none", put(TASK_WEBSOCKET, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType", "ECSServiceCPU"), "policy"),
    ("a metric of another service", put(TASK_WEBSOCKET, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType", "DynamoDBReadCapacityUtilization"), "policy"),
    ("requests of no target group", put(TASK_FRONTEND, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.ResourceLabel", ...), "policy"),
    ("requests of a target group by its ARN", put(TASK_FRONTEND, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.ResourceLabel", {"Fn::ImportValue": sub("${ALBStackName}-FrontendTargetGroupArn")}), "policy"),
    ("a metric's label where none may be", put(TASK_WEBSOCKET, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.ResourceLabel", "app/a/1/targetgroup/b/2"), "policy"),
    ("a target of zero", put(TASK_WEBSOCKET, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.TargetValue", 0), "policy"),
    ("a cooldown below zero", put(TASK_WEBSOCKET, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.ScaleInCooldown", -1), "policy"),
    ("two kinds of metrics", put(TASK_OMS, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification", {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}), "policy"),
    ("no metric", put(TASK_WEBSOCKET, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification", ...), "policy"),
    ("a policy of a type that is none", put(TASK_WEBSOCKET, "ScalingPolicy.PolicyType", "TargetTracking"), "policy"),
    ("steps without steps", put(TASK_WEBSOCKET, "ScalingPolicy.PolicyType", "StepScaling"), "policy"),
    ("a policy of no target", put(TASK_WEBSOCKET, "ScalingPolicy.ScalingTargetId", ...), "policy"),
    ("two results of metrics", put(TASK_OMS, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics.0.ReturnData", True), "policy"),
    ("a metric's ID with a capital in a policy", put(TASK_OMS, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics.0.Id", "Backlog"), "policy"),
    ("an expression over a metric that is none", put(TASK_OMS, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics.2.Expression", "backlog / task"), "policy"),
    # CodePipeline and CodeBuild.
    ("a category that is none", put(PIPE_OMS, f"{STAGE}.1.Actions.0.ActionTypeId.Category", "Compile"), "pipeline"),
    ("a provider that is none", put(PIPE_OMS, f"{STAGE}.1.Actions.0.ActionTypeId.Provider", "CodeBuilds"), "pipeline"),
    ("a provider of another category", put(PIPE_OMS, f"{STAGE}.1.Actions.0.ActionTypeId.Category", "Deploy"), "pipeline"),
    ("an owner that is none", put(PIPE_OMS, f"{STAGE}.1.Actions.0.ActionTypeId.Owner", "Amazon"), "pipeline"),
    ("a provider of another owner", put(PIPE_OMS, f"{STAGE}.0.Actions.0.ActionTypeId.Owner", "ThirdParty"), "pipeline"),
    ("a version that is none of an action", put(PIPE_OMS, f"{STAGE}.1.Actions.0.ActionTypeId.Version", "2"), "pipeline"),
    ("an artifact that nobody makes", put(PIPE_OMS, f"{STAGE}.1.Actions.0.InputArtifacts.0.Name", "Sources"), "pipeline"),
    ("an artifact that is made twice", put(PIPE_OMS, f"{STAGE}.1.Actions.0.OutputArtifacts.0.Name", "Source"), "pipeline"),
    ("an artifact's name with a space", put(PIPE_OMS, f"{STAGE}.0.Actions.0.OutputArtifacts.0.Name", "The source"), "pipeline"),
    ("a source with an input", put(PIPE_OMS, f"{STAGE}.0.Actions.0.InputArtifacts", [{"Name": "Image"}]), "pipeline"),
    ("a source without an output", put(PIPE_OMS, f"{STAGE}.0.Actions.0.OutputArtifacts", ...), "pipeline"),
    ("a build without an input", put(PIPE_OMS, f"{STAGE}.1.Actions.0.InputArtifacts", ...), "pipeline"),
    ("a deployment with an output", put(PIPE_OMS, f"{STAGE}.3.Actions.0.OutputArtifacts", [{"Name": "Done"}]), "pipeline"),
    ("a pipeline of one stage", put(PIPE_OMS, f"{STAGE}", [{"Name": "Source", "Actions": [{"Name": "Source", "ActionTypeId": {"Category": "Source", "Owner": "AWS", "Provider": "CodeStarSourceConnection", "Version": "1"}, "OutputArtifacts": [{"Name": "Source"}], "Configuration": {"ConnectionArn": ref("CodeStarConnectionArn"), "FullRepositoryId": "a/b", "BranchName": "main"}}]}]), "pipeline"),
    ("two stages of one name", put(PIPE_OMS, f"{STAGE}.3.Name", "Build"), "pipeline"),
    ("a stage's name with a space", put(PIPE_OMS, f"{STAGE}.3.Name", "Deploy now"), "pipeline"),
    ("a stage without actions", put(PIPE_OMS, f"{STAGE}.3.Actions", []), "pipeline"),
    ("two actions of one name", put(PIPE_OMS, f"{STAGE}.3.Actions.+", {"Name": "Deploy", "ActionTypeId": {"Category": "Approval", "Owner": "AWS", "Provider": "Manual", "Version": "1"}}), "pipeline"),
    ("a build in the first stage", put(PIPE_OMS, f"{STAGE}.0.Actions.+", {"Name": "Early", "ActionTypeId": {"Category": "Approval", "Owner": "AWS", "Provider": "Manual", "Version": "1"}}), "pipeline"),
    ("a source in a later stage", put(PIPE_OMS, f"{STAGE}.3.Actions.+", {"Name": "Late", "ActionTypeId": {"Category": "Source", "Owner": "AWS", "Provider": "S3", "Version": "1"}, "OutputArtifacts": [{"Name": "Late"}], "Configuration": {"S3Bucket": "b", "S3ObjectKey": "k"}}), "pipeline"),
    ("a build of no project", put(PIPE_OMS, f"{STAGE}.1.Actions.0.Configuration.ProjectName", ...), "pipeline"),
    ("a deployment to no service", put(PIPE_OMS, f"{STAGE}.3.Actions.0.Configuration.ServiceName", ...), "pipeline"),
    ("a source without a branch", put(PIPE_OMS, f"{STAGE}.0.Actions.0.Configuration.BranchName", ...), "pipeline"),
    ("a setting that is none of an action", put(PIPE_OMS, f"{STAGE}.1.Actions.0.Configuration.Project", "x"), "pipeline"),
    ("a format that is none", put(PIPE_OMS, f"{STAGE}.0.Actions.0.Configuration.OutputArtifactFormat", "ZIP"), "pipeline"),
    ("an order of zero", put(PIPE_OMS, f"{STAGE}.1.Actions.0.RunOrder", 0), "pipeline"),
    ("an order above 999", put(PIPE_OMS, f"{STAGE}.1.Actions.0.RunOrder", 1000), "pipeline"),
    ("a namespace with a space", put(PIPE_OMS, f"{STAGE}.0.Actions.0.Namespace", "the source"), "pipeline"),
    ("triggers in a pipeline of the first type", put(PIPE_OMS, "Pipeline.PipelineType", "V1"), "pipeline"),
    ("a pipeline of a type that is none", put(PIPE_OMS, "Pipeline.PipelineType", "V3"), "pipeline"),
    ("an execution mode that is none", put(PIPE_OMS, "Pipeline.ExecutionMode", "PARALEL"), "pipeline"),
    ("a trigger of no action", put(PIPE_OMS, "Pipeline.Triggers.0.GitConfiguration.SourceActionName", "Sources"), "pipeline"),
    ("a trigger's provider that is none", put(PIPE_OMS, "Pipeline.Triggers.0.ProviderType", "GitHub"), "pipeline"),
    ("more patterns than eight", put(PIPE_OMS, "Pipeline.Triggers.0.GitConfiguration.Push.0.FilePaths.Includes", [f"d{n}/**" for n in range(9)]), "pipeline"),
    ("a store that is none", put(PIPE_OMS, "Pipeline.ArtifactStore.Type", "s3"), "pipeline"),
    ("a pipeline without a store", put(PIPE_OMS, "Pipeline.ArtifactStore", ...), "pipeline"),
    ("a pipeline's role by its name", put(PIPE_OMS, "Pipeline.RoleArn", ref("PipelineRole")), "pipeline"),
    ("a pipeline without a role", put(PIPE_OMS, "Pipeline.RoleArn", ...), "pipeline"),
    ("a timeout of four minutes", put(PIPE_OMS, "BuildProject.TimeoutInMinutes", 4), "build"),
    ("a timeout of over a day and a half", put(PIPE_OMS, "BuildProject.TimeoutInMinutes", 2161), "build"),
    ("a queue of nine hours", put(PIPE_OMS, "BuildProject.QueuedTimeoutInMinutes", 481), "build"),
    ("a compute type that is none", put(PIPE_OMS, "BuildProject.Environment.ComputeType", "BUILD_GENERAL1_TINY"), "build"),
    ("an environment that is none", put(PIPE_OMS, "BuildProject.Environment.Type", "ARM"), "build"),
    ("an image of the other architecture", put(PIPE_OMS, "BuildProject.Environment.Image", "aws/codebuild/amazonlinux-x86_64-standard:5.0"), "build"),
    ("an environment of the other architecture", put(PIPE_OMS, "BuildProject.Environment.Type", "LINUX_CONTAINER"), "build"),
    ("a compute type that ARM does not have", put(PIPE_OMS, "BuildProject.Environment.ComputeType", "BUILD_LAMBDA_1GB"), "build"),
    ("a source of the pipeline with artifacts of none", put(PIPE_OMS, "BuildProject.Artifacts.Type", "NO_ARTIFACTS"), "build"),
    ("a source of GitHub with artifacts of the pipeline", put(PIPE_OMS, "BuildProject.Source.Type", "GITHUB"), "build"),
    ("a source of S3 with no place", put(PIPE_OMS, "BuildProject.Source.Type", "S3"), "build"),
    ("a source that is none", put(PIPE_OMS, "BuildProject.Source.Type", "PIPELINE"), "build"),
    ("a build specification that is no YAML", put(PIPE_OMS, "BuildProject.Source.BuildSpec", "version: 0.2\nphases: [build"), "buildspec"),
    ("a build specification of another version", put(PIPE_OMS, "BuildProject.Source.BuildSpec", "version: 0.3\nphases:\n  build:\n    commands: [make]\n"), "buildspec"),
    ("a build specification without phases", put(PIPE_OMS, "BuildProject.Source.BuildSpec", "version: 0.2\nartifacts:\n  files: [x]\n"), "buildspec"),
    ("a build specification with a phase that is none", put(PIPE_OMS, "BuildProject.Source.BuildSpec", "version: 0.2\nphases:\n  compile:\n    commands: [make]\n"), "buildspec"),
    ("a variable of a kind that is none", put(PIPE_OMS, "BuildProject.Environment.EnvironmentVariables.0.Type", "SECRET"), "build"),
    ("a variable without a value", put(PIPE_OMS, "BuildProject.Environment.EnvironmentVariables.0.Value", ...), "build"),
    ("a variable twice in a build", put(PIPE_OMS, "BuildProject.Environment.EnvironmentVariables.1.Name", "REPOSITORY_NAME"), "build"),
    ("a build's name with a slash", put(PIPE_OMS, "BuildProject.Name", sub("sentry/build-oms-${Environment}")), "build"),
    ("a build without a role", put(PIPE_OMS, "BuildProject.ServiceRole", ...), "build"),
    ("logs of a build that are none", put(PIPE_OMS, "BuildProject.LogsConfig.CloudWatchLogs.Status", "ON"), "build"),
    # Values that config brings.
    ("prod in the range of dev", text("config/prod/vpc.yaml", "  MultiAZ:", "  VpcCidr: 172.22.0.0/16\n  MultiAZ:"), "template"),
    ("prod without a certificate", text("config/prod/config.yaml", "environment: prod\n", 'environment: prod\ncertificate_arn: ""\n'), "template"),
    ("a pair of CPU and memory that Fargate does not have", text("config/prod/config.yaml", "environment: prod\n", 'environment: prod\noms_cpu: "256"\noms_memory: "4096"\n'), "fargate"),
    ("CPU without memory", text("config/config.yaml", 'oms_cpu: ""', 'oms_cpu: "512"'), "fargate"),
    ("a minimum above the maximum in config", text("config/prod/config.yaml", "environment: prod\n", "environment: prod\noms_min: 5\noms_max: 3\n"), "scaling"),
    ("a minimum without a maximum in config", text("config/prod/config.yaml", "environment: prod\n", "environment: prod\noms_min: 5\n"), "template"),
    ("a node type in config that Redis does not have", text("config/prod/redis.yaml", "  MultiAZ:", "  NodeType: cache.t4g.nano\n  MultiAZ:"), "nodes"),
    ("both zones the same in config", text("config/prod/vpc.yaml", "{{ region }}b", "{{ region }}a"), "template"),
    ("zones of another region in config", text("config/prod/vpc.yaml", "{{ region }}a", "sa-east-1a"), "vpc"),
    ("a zone that the region does not have", text("config/prod/vpc.yaml", "{{ region }}b", "{{ region }}z"), "vpc"),
    ("a certificate of another region", text("config/prod/alb.yaml", '"{{ certificate_arn }}"', '"arn:aws:acm:eu-west-1:000000000000:certificate/x"'), "listener"),
    ("a topic of another region", text("config/prod/redis.yaml", '"{{ alarm_topic_arn }}"', '"arn:aws:sns:eu-west-1:000000000000:alarms"'), "alarm"),
    ("a timeout of no minutes", text("config/prod/redis.yaml", "stack_timeout: 45", "stack_timeout: -1"), "capabilities"),
    ("more tags than CloudFormation takes", text("config/prod/config.yaml", "stack_tags:\n", "stack_tags:\n" + "".join(f"  T{n}: x\n" for n in range(51))), "capabilities"),
    ("a stack's tag of AWS's own", text("config/prod/config.yaml", "stack_tags:\n", 'stack_tags:\n  "aws:cost": x\n'), "capabilities"),
    ("a stack's tag with a letter that may not be", text("config/prod/config.yaml", "stack_tags:\n", 'stack_tags:\n  "Cost*": "a;b"\n'), "capabilities"),
    ("a region that is none", text("config/config.yaml", "region: us-east-1", "region: us-east-9"), "template"),
    # A second batch, written when the rules for the first stood: docs/CHECKS.md says how they did.
    ("a subnet of four addresses", put(VPC, "PrivateSubnet2.CidrBlock", "172.22.200.0/30"), "vpc"),
    ("a tenancy that is none", put(VPC, "Vpc.InstanceTenancy", "shared"), "vpc"),
    ("a subnet in a VPC's name", put(VPC, "PublicSubnet1.VpcId", "sentry-vpc"), "vpc"),
    ("a subnet in a gateway", put(VPC, "PublicSubnet1.VpcId", ref("InternetGateway")), "vpc"),
    ("a NAT in a VPC in place of a subnet", put(VPC, "NatGateway1.SubnetId", ref("Vpc")), "vpc"),
    ("a NAT with an address in place of its allocation", put(VPC, "NatGateway1.AllocationId", ref("NatEip1")), "vpc"),
    ("a subnet with itself as table", put(VPC, "PublicSubnet1RouteTableAssociation.RouteTableId", ref("PublicSubnet1")), "vpc"),
    ("an attachment of no gateway", put(VPC, "InternetGatewayAttachment.InternetGatewayId", ...), "vpc"),
    ("an endpoint with a group's name", put(VPC, "SqsEndpoint.SecurityGroupIds", ["endpoint-group"]), "vpc"),
    ("an endpoint in no VPC", put(VPC, "S3Endpoint.VpcId", ...), "vpc"),
    ("an endpoint's policy of another day", put(VPC, "DynamoDBEndpoint.PolicyDocument.Version", "2021-01-01"), "iam"),
    ("an endpoint's policy with a misspelt action", put(VPC, "DynamoDBEndpoint.PolicyDocument.Statement.0.Action.0", "dynamodb:BatchGet"), "iam"),
    ("an endpoint in one subnet twice", put(VPC, "SqsEndpoint.SubnetIds", [ref("PrivateSubnet1"), ref("PrivateSubnet1")]), "vpc"),
    ("a flow log of nothing", put(VPC, "FlowLog.ResourceId", ...), "vpc"),
    ("a flow log's destination in capitals", put(VPC, "FlowLog.LogDestinationType", "S3"), "vpc"),
    ("ICMP of a type above 255", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0", {"IpProtocol":"icmp", "FromPort":300, "ToPort":0, "CidrIp":"0.0.0.0/0"}), "group"),
    ("a rule with an IPv6 mask above 128", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0", {"IpProtocol":"tcp", "FromPort":80, "ToPort":80, "CidrIpv6":"::/129"}), "group"),
    ("a group's description that is too long", put(VPC, "AlbSecurityGroup.GroupDescription", "x"*256), "group"),
    ("TCP from port -1", put(VPC, "AlbSecurityGroup.SecurityGroupIngress.0.FromPort", -1), "group"),
    ("a group in no VPC", put(REDIS, "RedisSecurityGroup.VpcId", ...), "group"),
    ("tags that are no list", put(VPC, "Vpc.Tags", {"Name":"x"}), "cfn"),
    ("a tag's value that is too long", put(VPC, "Vpc.Tags.0.Value", "x"*257), "cfn"),
    ("a tag without a key", put(VPC, "Vpc.Tags.0", {"Name":"x", "Value":"y"}), "cfn"),
    ("subnets and mappings of subnets", put(ALB, "LoadBalancer.SubnetMappings", [{"SubnetId":"subnet-12345678"}, {"SubnetId":"subnet-12345679"}]), "alb"),
    ("a load balancer with a group's name", put(ALB, "LoadBalancer.SecurityGroups", ["alb-group"]), "alb"),
    ("a subnet twice", put(ALB, "LoadBalancer.Subnets", ["subnet-12345678", "subnet-12345678"]), "alb"),
    ("a target group in a subnet", put(ALB, "FrontendTargetGroup.VpcId", {"Fn::Select":[0, {"Fn::Split":[",", {"Fn::ImportValue":sub("${VPCStackName}-PublicSubnetIds")}]}]}), "targets"),
    ("a version of HTTP that is none", put(ALB, "FrontendTargetGroup.ProtocolVersion", "HTTP3"), "targets"),
    ("codes that are no numbers", put(ALB, "FrontendTargetGroup.Matcher.HttpCode", "2xx"), "targets"),
    ("a timeout of over two minutes", put(ALB, "FrontendTargetGroup.HealthCheckTimeoutSeconds", 121), "targets"),
    ("a health check's path that is too long", put(ALB, "FrontendTargetGroup.HealthCheckPath", "/"+"x"*1024), "targets"),
    ("a target group's address type that is none", put(ALB, "FrontendTargetGroup.IpAddressType", "ipv5"), "targets"),
    ("a cookie of AWS's own", put(ALB, "WebSocketTargetGroup.TargetGroupAttributes.+", {"Key":"stickiness.app_cookie.cookie_name", "Value":"AWSALB"}), "targetattributes"),
    ("stickiness by a cookie without a name", put(ALB, "WebSocketTargetGroup.TargetGroupAttributes.2.Value", "app_cookie"), "targetattributes"),
    ("a listener of a load balancer's name", put(ALB, "HttpListener.LoadBalancerArn", get("LoadBalancer", "LoadBalancerName")), "listener"),
    ("a listener of no load balancer", put(ALB, "HttpListener.LoadBalancerArn", ...), "listener"),
    ("a certificate by its name", put(ALB, "HttpsListener.Certificates", [{"CertificateArn":"my-certificate"}]), "listener"),
    ("two default certificates", put(ALB, "HttpsListener.Certificates", [{"CertificateArn":ref("CertificateArn")}, {"CertificateArn":ref("CertificateArn")}]), "listener"),
    ("a redirect to a port that is none", put(ALB, "HttpListener.DefaultActions.0.Fn::If.1.RedirectConfig.Port", "70000"), "listener"),
    ("a redirect to a protocol that is none", put(ALB, "HttpListener.DefaultActions.0.Fn::If.1.RedirectConfig.Protocol", "TLS"), "listener"),
    ("an answer with a code that is none", put(ALB, "HttpsListener.DefaultActions.0", {"Type":"fixed-response", "FixedResponseConfig":{"StatusCode":"700"}}), "listener"),
    ("a rule of a load balancer", put(ALB, "WebSocketListenerRule.ListenerArn", ref("LoadBalancer")), "rule"),
    ("a rule without actions", put(ALB, "WebSocketListenerRule.Actions", ...), "rule"),
    ("a path that is too long", put(ALB, "WebSocketListenerRule.Conditions.0.PathPatternConfig.Values", ["/"+"x"*128]), "rule"),
    ("a rule on an address that is none", put(ALB, "WebSocketListenerRule.Conditions", [{"Field":"source-ip", "SourceIpConfig":{"Values":["10.0.0.300/32"]}}]), "rule"),
    ("an alarm on an attribute that is none", put(ALB, "FrontendErrorAlarm.Dimensions.0.Value", get("FrontendTargetGroup", "FullName")), "alarm"),
    ("a rule of a firewall without metrics", put(ALB, f"{WAF}.0.VisibilityConfig", ...), "waf"),
    ("a priority below zero", put(ALB, f"{WAF}.0.Priority", -1), "waf"),
    ("an override that is none", put(ALB, f"{WAF}.1.OverrideAction", {"Allow":{}}), "waf"),
    ("a rule with two statements", put(ALB, f"{WAF}.1.Statement.RateBasedStatement", {"Limit":100, "AggregateKeyType":"IP"}), "waf"),
    ("a firewall's name with a space", put(ALB, "WebAcl.Name", "web acl"), "waf"),
    ("a firewall at a name of DNS", put(ALB, "WebAclAssociation.ResourceArn", get("LoadBalancer", "DNSName")), "waf"),
    ("a lifecycle rule's ID that is too long", put(PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0.Id", "x"*256), "s3"),
    ("uploads that end after zero days", put(PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0.AbortIncompleteMultipartUpload.DaysAfterInitiation", 0), "s3"),
    ("a block of public access that is no switch", put(PIPE_OMS, "ArtifactBucket.PublicAccessBlockConfiguration.BlockPublicAcls", "on"), "s3"),
    ("a misspelt block of public access", put(PIPE_OMS, "ArtifactBucket.PublicAccessBlockConfiguration.BlockPublicAcl", True), "s3"),
    ("logs to a bucket that can't be", put(PIPE_OMS, "ArtifactBucket.LoggingConfiguration", {"DestinationBucketName":"Bad_Name"}), "s3"),
    ("an encryption without a rule", put(PIPE_OMS, "ArtifactBucket.BucketEncryption.ServerSideEncryptionConfiguration", []), "s3"),
    ("a bucket's name of two letters", put(PIPE_OMS, "ArtifactBucket.BucketName", "ab"), "s3"),
    ("a bucket policy's effect in small letters", put(PIPE_OMS, "ArtifactBucketPolicy.PolicyDocument.Statement.0.Effect", "deny"), "s3"),
    ("a bucket policy with an operator that is none", put(PIPE_OMS, "ArtifactBucketPolicy.PolicyDocument.Statement.0.Condition", {"Boolean":{"aws:SecureTransport":"false"}}), "s3"),
    ("a bucket policy with a misspelt action", put(PIPE_OMS, "ArtifactBucketPolicy.PolicyDocument.Statement.0.Action", "s3:GetObjects"), "s3"),
    ("an account of five digits", put(ALB, "AccessLogsBucketPolicy.PolicyDocument.Statement.1.Principal", {"AWS":"arn:aws:iam::12345:root"}), "s3"),
    ("a trust with a misspelt action", put(GATEWAY, "TaskRole.AssumeRolePolicyDocument.Statement.0.Action", "sts:AssumeRoles"), "iam"),
    ("a trust without statements", put(GATEWAY, "TaskRole.AssumeRolePolicyDocument.Statement", ...), "iam"),
    ("a role's name with a slash", put(GATEWAY, "TaskRole.RoleName", sub("sentry/gateway/${Environment}")), "iam"),
    ("a policy's name with a space", put(GATEWAY, "TaskRole.Policies.0.PolicyName", "task policy"), "iam"),
    ("a policy without a document", put(GATEWAY, "TaskRole.Policies.0.PolicyDocument", ...), "iam"),
    ("a statement with Action and NotAction", put(GATEWAY, "TaskRole.Policies.0.PolicyDocument.Statement.0.NotAction", "sqs:*"), "iam"),
    ("an ARN of a service that is none", put(GATEWAY, "ExecutionRole.Policies.0.PolicyDocument.Statement.1.Resource", sub("arn:aws:ec:${AWS::Region}:${AWS::AccountId}:repository/x")), "iam"),
    ("an ARN of another service than the action's", put(GATEWAY, "ExecutionRole.Policies.0.PolicyDocument.Statement.1.Resource", sub("arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:x")), "iam"),
    ("a list of lists of actions", put(GATEWAY, "TaskRole.Policies.0.PolicyDocument.Statement.0.Action", [["sqs:SendMessage"]]), "iam"),
    ("a boundary by its name", put(GATEWAY, "TaskRole.PermissionsBoundary", "boundary"), "iam"),
    ("a role's session that is too long", put(GATEWAY, "TaskRole.MaxSessionDuration", 50000), "iam"),
    ("conditions that are a list", put(GATEWAY, "TaskRole.AssumeRolePolicyDocument.Statement.0.Condition", []), "iam"),
    ("a condition of PassRole with an operator that is none", put(PIPE_OMS, "PipelineRole.Policies.0.PolicyDocument.Statement.7.Condition", {"StringEqualsIgnore":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}), "iam"),
    ("names without a word on capitals", put(COGNITO, "UserPool.UsernameConfiguration", {}), "cognito"),
    ("a pool's name with a slash", put(COGNITO, "UserPool.UserPoolName", "sentry/pool"), "cognito"),
    ("a password's switch that is none", put(COGNITO, f"{PASSWORD}.RequireSymbols", "sometimes"), "cognito"),
    ("a mode of security that is none", put(COGNITO, "UserPool.UserPoolAddOns", {"AdvancedSecurityMode":"ON"}), "cognito"),
    ("an attribute's name that is too long", put(COGNITO, "UserPool.Schema", [{"Name":"a"*21, "AttributeDataType":"String"}]), "cognito"),
    ("an attribute's type that is none", put(COGNITO, "UserPool.Schema", [{"Name":"tenant", "AttributeDataType":"Text"}]), "cognito"),
    ("a recovery of third priority", put(COGNITO, "UserPool.AccountRecoverySetting.RecoveryMechanisms.0.Priority", 3), "cognito"),
    ("a scope of OAuth that is none", put(COGNITO, "UserPoolClient.AllowedOAuthScopes", ["openid", "mail"]), "client"),
    ("an OAuth flow that is none", put(COGNITO, "UserPoolClient.AllowedOAuthFlows", ["authorization_code"]), "client"),
    ("a refresh token below zero", put(COGNITO, "UserPoolClient.RefreshTokenValidity", -1), "client"),
    ("a secret that is no switch", put(COGNITO, "UserPoolClient.GenerateSecret", "maybe"), "client"),
    ("a group of no pool", put(COGNITO, "AdminGroup.UserPoolId", ...), "cognitogroup"),
    ("a verified attribute that can't be", put(COGNITO, "UserPool.AutoVerifiedAttributes", ["name"]), "cognito"),
    ("mail by SES without a sender", put(COGNITO, "UserPool.EmailConfiguration", {"EmailSendingAccount":"DEVELOPER"}), "cognito"),
    ("a table without keys", put(TRADING, "Table.KeySchema", ...), "dynamodb"),
    ("a table's name of one letter", put(TRADING, "Table.TableName", "t"), "dynamodb"),
    ("a lifetime that is no switch", put(TRADING, "Table.TimeToLiveSpecification.Enabled", "yes"), "dynamodb"),
    ("a stream without a view", put(TRADING, "Table.StreamSpecification", {}), "dynamodb"),
    ("an attribute defined twice", put(TRADING, "Table.AttributeDefinitions.+", {"AttributeName":"pk", "AttributeType":"N"}), "dynamodb"),
    ("an index without a name", put(TRADING, "Table.GlobalSecondaryIndexes.0.IndexName", ...), "dynamodb"),
    ("a table's encryption that is none", put(TRADING, "Table.SSESpecification.SSEType", "AES"), "dynamodb"),
    ("a table that is provisioned by nothing", put(TRADING, "Table.BillingMode", "PROVISIONED"), "dynamodb"),
    ("two indexes of both kinds with one name", put(TRADING, "Table.LocalSecondaryIndexes", [{"IndexName":"GSI1", "KeySchema":[{"AttributeName":"pk", "KeyType":"HASH"}, {"AttributeName":"gsi1sk", "KeyType":"RANGE"}], "Projection":{"ProjectionType":"ALL"}}]), "dynamodb"),
    ("a queue's name that is too long", put(SQS, "ClientsEventsQueue.QueueName", "x"*81), "sqs"),
    ("a delay below zero", put(SQS, "ClientsEventsQueue.DelaySeconds", -1), "sqs"),
    ("a redrive policy that is a text", put(SQS, "ClientsEventsQueue.RedrivePolicy", "dlq"), "sqs"),
    ("a queue that is its own dead-letter queue", put(SQS, "ClientsEventsQueue.RedrivePolicy.deadLetterTargetArn", get("ClientsEventsQueue", "Arn")), "sqs"),
    ("a dead-letter queue of more than ten", put(SQS, "ClientsEventsDeadLetterQueue.RedriveAllowPolicy.sourceQueueArns", [f"arn:aws:sqs:us-east-1:123456789012:q{i}" for i in range(11)]), "sqs"),
    ("a queue's policy without queues", put(SQS, "TransportPolicy.Queues", ...), "sqs"),
    ("a queue's policy with a misspelt action", put(SQS, "TransportPolicy.PolicyDocument.Statement.0.Action", "sqs:Send"), "sqs"),
    ("an encryption that is no switch", put(SQS, "ClientsEventsQueue.SqsManagedSseEnabled", "on"), "sqs"),
    ("a secret's window, which its type does not have", put(SECRETS, "AppSecret.RecoveryWindowInDays", 5), "secretname"),
    ("a key's attribute that is none", put(SECRETS, "AppSecret.KmsKeyId", get("Key", "KeyArn")), "secretname"),
    ("excluded characters that are too many", put(SECRETS, "AppSecret.GenerateSecretString.ExcludeCharacters", "x"*4097), "secret"),
    ("a secret's name that is too long", put(SECRETS, "AppSecret.Name", "x"*513), "secretname"),
    ("a key's policy without statements", put(SECRETS, "Key.KeyPolicy.Statement", []), "kms"),
    ("a key's kind that is none", put(SECRETS, "Key.KeySpec", "AES_256"), "kms"),
    ("an alias of no key", put(SECRETS, "KeyAlias.TargetKeyId", ...), "kms"),
    ("a key's principal that is none", put(SECRETS, "Key.KeyPolicy.Statement.0.Principal", "root"), "kms"),
    ("a key's policy with a misspelt action", put(SECRETS, "Key.KeyPolicy.Statement.0.Action", "kms:Everything"), "kms"),
    ("no nodes", put(REDIS, "ReplicationGroup.NumCacheClusters", 0), "redis"),
    ("snapshots for less than zero days", put(REDIS, "/Mappings/Redis/prod/SnapshotRetentionDays", -1), "redis"),
    ("the latest version", put(REDIS, "/Mappings/Redis/dev/EngineVersion", "latest"), "redis"),
    ("Redis with a group's name", put(REDIS, "ReplicationGroup.SecurityGroupIds", ["redis"]), "redis"),
    ("Redis without a node type", put(REDIS, "ReplicationGroup.CacheNodeType", ...), "redis"),
    ("a token written out that is too short", put(REDIS, "ReplicationGroup.AuthToken", "short"), "auth"),
    ("a token written out with an at sign", put(REDIS, "ReplicationGroup.AuthToken", "averylongtoken/with@chars"), "auth"),
    ("a token and groups of users", put(REDIS, "ReplicationGroup.UserGroupIds", ["users"]), "redis"),
    ("a maintenance window of half an hour", put(REDIS, "ReplicationGroup.PreferredMaintenanceWindow", "sun:05:00-sun:05:30"), "redis"),
    ("a subnet group of a VPC", put(REDIS, "SubnetGroup.SubnetIds", [{"Fn::ImportValue":sub("${VPCStackName}-VpcId")}]), "redis"),
    ("a subnet group of no subnets", put(REDIS, "SubnetGroup.SubnetIds", []), "redis"),
    ("a topic by its name", put(REDIS, "ReplicationGroup.NotificationTopicArn", "alarms"), "redis"),
    ("a cluster mode that is none", put(REDIS, "ReplicationGroup.ClusterMode", "on"), "redis"),
    ("tiers on a node that has none", put(REDIS, "ReplicationGroup.DataTieringEnabled", True), "redis"),
    ("a destination of logs that is none", put(REDIS, "ReplicationGroup.LogDeliveryConfigurations", [{"DestinationType":"cloudwatch", "LogFormat":"json", "LogType":"slow-log", "DestinationDetails":{"CloudWatchLogsDetails":{"LogGroup":"x"}}}]), "redis"),
    ("a network type that is none", put(REDIS, "ReplicationGroup.NetworkType", "ipv5"), "redis"),
    ("logs with an alias as key", put(OMS, "LogGroup.KmsKeyId", "alias/logs"), "logs"),
    ("a log group's name that is too long", put(OMS, "LogGroup.LogGroupName", "/"+"x"*512), "logs"),
    ("an alarm's periods in words", put(REDIS, "Node1CpuAlarm.EvaluationPeriods", "five"), "alarm"),
    ("a unit in small letters", put(REDIS, "Node1CpuAlarm.Unit", "percent"), "alarm"),
    ("more dimensions than thirty", put(REDIS, "Node1CpuAlarm.Dimensions", [{"Name":f"D{i}", "Value":"x"} for i in range(31)]), "alarm"),
    ("an empty namespace", put(REDIS, "Node1CpuAlarm.Namespace", ""), "alarm"),
    ("a threshold in words", put(REDIS, "Node1CpuAlarm.Threshold", "high"), "alarm"),
    ("no data points", put(REDIS, "Node1CpuAlarm.DatapointsToAlarm", 0), "alarm"),
    ("an evaluation that is none", put(REDIS, "Node1CpuAlarm.EvaluateLowSampleCountPercentile", "skip"), "alarm"),
    ("a memory of a thousand", put(TASK_OMS, "/Mappings/Service/dev/Memory", "1000"), "fargate"),
    ("a CPU in words", put(TASK_OMS, "/Mappings/Service/dev/Cpu", "half"), "fargate"),
    ("a family that is too long", put(TASK_OMS, "TaskDefinition.Family", "x"*256), "ecs"),
    ("an execution role by its name", put(TASK_OMS, "TaskDefinition.ExecutionRoleArn", "sentry-oms-execution"), "ecs"),
    ("an empty image", put(TASK_OMS, f"{CONTAINER}.Image", ""), "container"),
    ("an image with a space", put(TASK_OMS, f"{CONTAINER}.Image", "my image:latest"), "container"),
    ("a variable without a name", put(TASK_OMS, f"{CONTAINER}.Environment.0.Name", ...), "container"),
    ("variables that are no list", put(TASK_OMS, f"{CONTAINER}.Environment", {"A":"b"}), "container"),
    ("a port and a range of ports", put(TASK_WEBSOCKET, f"{CONTAINER}.PortMappings.0.ContainerPortRange", "8000-8010"), "container"),
    ("an application protocol that is none", put(TASK_WEBSOCKET, f"{CONTAINER}.PortMappings.0.AppProtocol", "ws"), "container"),
    ("a mount at no path", put(TASK_OMS, f"{CONTAINER}.MountPoints.0.ContainerPath", ...), "container"),
    ("a list of users", put(TASK_OMS, f"{CONTAINER}.User", ["10001"]), "container"),
    ("a check with an empty command", put(TASK_OMS, f"{CONTAINER}.HealthCheck.Command", []), "health"),
    ("a check of no retries", put(TASK_OMS, f"{CONTAINER}.HealthCheck.Retries", 0), "health"),
    ("a log driver in capitals", put(TASK_OMS, f"{CONTAINER}.LogConfiguration.LogDriver", "AWSLogs"), "fargate"),
    ("a log without options", put(TASK_OMS, f"{CONTAINER}.LogConfiguration.Options", ...), "fargate"),
    ("a limit without a hard one", put(TASK_OMS, f"{CONTAINER}.Ulimits", [{"Name":"nofile", "SoftLimit":1024}]), "container"),
    ("a secret's name with spaces", put(TASK_OMS, f"{CONTAINER}.Secrets.0.ValueFrom", "secret with space"), "container"),
    ("a volume of no file system", put(TASK_OMS, "TaskDefinition.Volumes.0", {"Name":"tmp", "EFSVolumeConfiguration":{"TransitEncryption":"ENABLED"}}), "ecs"),
    ("a GPU on Fargate", put(TASK_OMS, f"{CONTAINER}.ResourceRequirements", [{"Type":"GPU", "Value":"1"}]), "fargate"),
    ("a router of logs that is none", put(TASK_OMS, f"{CONTAINER}.FirelensConfiguration", {"Type":"fluent"}), "container"),
    ("more containers than ten", put(TASK_OMS, "TaskDefinition.ContainerDefinitions", [{"Name":f"c{i}", "Image":"x"} for i in range(11)]), "ecs"),
    ("a list of clusters", put(TASK_OMS, "Service.Cluster", ["x"]), "service"),
    ("a service of no task definition", put(TASK_OMS, "Service.TaskDefinition", ...), "service"),
    ("a service's name with a space", put(TASK_OMS, "Service.ServiceName", "sentry oms"), "service"),
    ("a launch type in small letters", put(TASK_OMS, "Service.LaunchType", "Fargate"), "service"),
    ("a circuit breaker without a word on rollback", put(TASK_OMS, "Service.DeploymentConfiguration.DeploymentCircuitBreaker", {"Enable":True}), "service"),
    ("a maximum below one hundred percent", put(TASK_OMS, "Service.DeploymentConfiguration.MaximumPercent", 50), "service"),
    ("a controller that is none", put(TASK_OMS, "Service.DeploymentController", {"Type":"CODE-DEPLOY"}), "service"),
    ("a circuit breaker with CodeDeploy", put(TASK_OMS, "Service.DeploymentController", {"Type":"CODE_DEPLOY"}), "service"),
    ("a command switch that is none", put(TASK_OMS, "Service.EnableExecuteCommand", "sometimes"), "service"),
    ("a grace of a century", put(TASK_WEBSOCKET, "Service.HealthCheckGracePeriodSeconds", 3000000000), "service"),
    ("a load balancer's port of zero", put(TASK_WEBSOCKET, "Service.LoadBalancers.0.ContainerPort", 0), "service"),
    ("a network without subnets", put(TASK_OMS, "Service.NetworkConfiguration.AwsvpcConfiguration.Subnets", ...), "service"),
    ("two registries", put(TASK_OMS, "Service.ServiceRegistries", [{"RegistryArn":"x"}, {"RegistryArn":"y"}]), "service"),
    ("a provider with a hyphen", put(OMS, "Cluster.DefaultCapacityProviderStrategy.0.CapacityProvider", "FARGATE-SPOT"), "cluster"),
    ("logs of commands in small letters", put(OMS, "Cluster.Configuration", {"ExecuteCommandConfiguration":{"Logging":"override"}}), "cluster"),
    ("a target without a maximum", put(TASK_OMS, "ScalableTarget.MaxCapacity", ...), "scaling"),
    ("a namespace of another service", put(TASK_OMS, "ScalableTarget.ServiceNamespace", "dynamodb"), "scaling"),
    ("a schedule in words", put(TASK_OMS, "ScalableTarget.ScheduledActions", [{"ScheduledActionName":"x", "Schedule":"every day"}]), "scaling"),
    ("a policy without a name", put(TASK_WEBSOCKET, "ScalingPolicy.PolicyName", ...), "policy"),
    ("a target in words", put(TASK_WEBSOCKET, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.TargetValue", "sixty"), "policy"),
    ("tracking without a target", put(TASK_WEBSOCKET, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.TargetValue", ...), "policy"),
    ("a metric without a statistic", put(TASK_OMS, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics.0.MetricStat.Stat", ...), "policy"),
    ("a metric that is an expression too", put(TASK_OMS, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics.0.Expression", "1"), "policy"),
    ("a metric's statistic that is none", put(TASK_OMS, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics.0.MetricStat.Stat", "Max"), "policy"),
    ("two metrics of one ID", put(TASK_OMS, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics.1.Id", "backlog"), "policy"),
    ("a pipeline's name with a space", put(PIPE_OMS, "Pipeline.Name", "sentry pipeline"), "pipeline"),
    ("an action's name with a space", put(PIPE_OMS, f"{STAGE}.1.Actions.0.Name", "Build it"), "pipeline"),
    ("an action of no provider", put(PIPE_OMS, f"{STAGE}.1.Actions.0.ActionTypeId.Provider", ...), "pipeline"),
    ("a connection of another service", put(PIPE_OMS, f"{STAGE}.0.Actions.0.Configuration.ConnectionArn", "arn:aws:codecommit:us-east-1:123456789012:x"), "pipeline"),
    ("a repository without an owner", put(PIPE_OMS, f"{STAGE}.0.Actions.0.Configuration.FullRepositoryId", "oms-spider"), "pipeline"),
    ("a detection that is none", put(PIPE_OMS, f"{STAGE}.0.Actions.0.Configuration.DetectChanges", "no"), "pipeline"),
    ("a setting that is a list", put(PIPE_OMS, f"{STAGE}.1.Actions.0.Configuration.EnvironmentVariables", [{"name":"a", "value":"b"}]), "pipeline"),
    ("variables of a build that are no JSON", put(PIPE_OMS, f"{STAGE}.1.Actions.0.Configuration.EnvironmentVariables", "a=b"), "pipeline"),
    ("an approval with an input", put(PIPE_OMS, f"{STAGE}.2.Fn::If.1.Actions.0.InputArtifacts", [{"Name":"Image"}]), "pipeline"),
    ("two actions with one namespace", put(PIPE_OMS, f"{STAGE}.1.Actions.0.Namespace", "SourceVariables"), "pipeline"),
    ("a trigger on branches and tags", put(PIPE_OMS, "Pipeline.Triggers.0.GitConfiguration.Push.0", {"Branches":{"Includes":["main"]}, "Tags":{"Includes":["v*"]}}), "pipeline"),
    ("a trigger on nothing", put(PIPE_OMS, "Pipeline.Triggers.0.GitConfiguration.Push.0", {}), "pipeline"),
    ("an event that is none", put(PIPE_OMS, "Pipeline.Triggers.0.GitConfiguration.PullRequest", [{"Events":["MERGED"], "Branches":{"Includes":["main"]}}]), "pipeline"),
    ("a key of a store without its type", put(PIPE_OMS, "Pipeline.ArtifactStore.EncryptionKey", {"Id":"alias/x"}), "pipeline"),
    ("a store without a place", put(PIPE_OMS, "Pipeline.ArtifactStore.Location", ...), "pipeline"),
    ("a store at an ARN", put(PIPE_OMS, "Pipeline.ArtifactStore.Location", get("ArtifactBucket", "Arn")), "pipeline"),
    ("a deployment to no cluster", put(PIPE_OMS, f"{STAGE}.3.Actions.0.Configuration.ClusterName", ...), "pipeline"),
    ("an action's timeout of four minutes", put(PIPE_OMS, f"{STAGE}.1.Actions.0.TimeoutInMinutes", 4), "pipeline"),
    ("a variable's name with a space", put(PIPE_OMS, "Pipeline.Variables", [{"Name":"my var"}]), "pipeline"),
    ("an empty image of a build", put(PIPE_OMS, "BuildProject.Environment.Image", ""), "build"),
    ("a privileged mode that is no switch", put(PIPE_OMS, "BuildProject.Environment.PrivilegedMode", "yes"), "build"),
    ("a build's role by its name", put(PIPE_OMS, "BuildProject.ServiceRole", ref("BuildRole")) , "build"),
    ("artifacts that are none", put(PIPE_OMS, "BuildProject.Artifacts.Type", "PIPELINE"), "build"),
    ("a cache's mode that is none", put(PIPE_OMS, "BuildProject.Cache", {"Type":"LOCAL", "Modes":["DOCKER"]}), "build"),
    ("a VPC without subnets", put(PIPE_OMS, "BuildProject.VpcConfig", {"VpcId":"vpc-12345678"}), "build"),
    ("a build specification with tabs", put(PIPE_OMS, "BuildProject.Source.BuildSpec", "version: 0.2\nphases:\n\tbuild:\n\t\tcommands:\n\t\t- make\n"), "buildspec"),
    ("a build specification with a misspelt key", put(PIPE_OMS, "BuildProject.Source.BuildSpec", "version: 0.2\nphases:\n  build:\n    command:\n      - make\n"), "buildspec"),
    ("a build without artifacts", put(PIPE_OMS, "BuildProject.Artifacts", ...), "build"),
    ("a variable's name with a hyphen", put(PIPE_OMS, "BuildProject.Environment.EnvironmentVariables.0.Name", "MY-VAR!"), "build"),
    ("no builds at a time", put(PIPE_OMS, "BuildProject.ConcurrentBuildLimit", 0), "build"),
    ("an export's name with a space", put(VPC, "/Outputs/VpcId/Export/Name", sub("${AWS::StackName} VpcId")), "template"),
    ("an output of nothing", put(VPC, "/Outputs/VpcId/Value", ref("VPC")), "template"),
    ("an output of an attribute that is none", put(ALB, "/Outputs/LoadBalancerDnsName/Value", get("LoadBalancer", "DnsName")), "template"),
    ("a least value in words", put(TASK_OMS, "/Parameters/DesiredCount/MinValue", "zero"), "template"),
    ("allowed values that are no list", put(VPC, "/Parameters/MultiAZ/AllowedValues", "true"), "template"),
    ("a Rule that asserts nothing", put(ALB, "/Rules/ProdNeedsHttps/Assertions", ...), "template"),
    ("a Rule with a function that it may not have", put(ALB, "/Rules/ProdNeedsHttps/Assertions/0/Assert", {"Fn::Select":[0, ["true"]]}), "template"),
    ("a condition of one that nobody defines", put(ALB, "/Conditions/HasCertificate", {"Fn::Not":[{"Condition":"Nope"}]}), "template"),
    ("a condition on a resource", put(ALB, "/Conditions/IsProd", {"Fn::Equals":[ref("LoadBalancer"), "prod"]}), "template"),
    ("a template's description that is too long", put(ALB, "/Description", "x"*1025), "template"),
    ("a mapping three levels deep", put(VPC, "/Mappings/Network/dev/VpcCidr", {"a":"b"}), "template"),
    ("a mapping's name with a hyphen", put(VPC, "/Mappings/Net-work", {"dev":{"a":"b"}}), "template"),
    ("a replacement policy that is none", put(SECRETS, "/Resources/AppSecret/UpdateReplacePolicy", "Keep"), "template"),
    ("two resources that depend on each other", put(VPC, "/Resources/Vpc/DependsOn", "PublicSubnet1"), "template"),
    ("a resource that depends on itself", put(VPC, "/Resources/Vpc/DependsOn", "Vpc"), "template"),
    ("a creation policy with a count in words", put(VPC, "/Resources/Vpc/CreationPolicy", {"ResourceSignal":{"Count":"x"}}), "template"),
    ("an exchange in capitals", text("config/config.yaml", "exchanges: [bitget", "exchanges: [BitGet"), "sqs"),
    ("an exchange twice", text("config/config.yaml", "[bitget, bingx, okx]", "[bitget, bitget, okx]"), "sqs"),
    ("an empty branch", text("config/config.yaml", "source_branch: main", 'source_branch: ""'), "pipeline"),
    ("an MFA in config that is none", text("config/config.yaml", "cognito_mfa: OPTIONAL", "cognito_mfa: MAYBE"), "cognito"),
    ("a count below zero in config", text("config/config.yaml", "oms_count: 1", "oms_count: -3"), "service"),
    ("a stack's name that begins with a digit", text("config/dev/sqs.yaml", "sentry-sqs-", "1sentry-sqs-"), "template"),
)  # fmt: skip

REFUSED = tuple(Refused(name, file, change, source) for name, (file, change), source in EDITS)
ENVIRONMENTS = ("dev", "prod")
ENVIRON = VARIABLES


Said = frozenset[str]
Linting = Callable[[Path, str], Said]


@dataclass(frozen=True)
class Verdict:
    """Who finds an edit, and what each says first."""

    name: str
    file: str
    lint: str
    deployed: str
    check: str

    @property
    def by(self) -> str:
        """The first of the three that finds it."""
        said_by = {
            "cfn-lint": self.lint,
            "oms check": self.check,
            "cfn-lint, deployed": self.deployed,
        }
        return next((who for who, said in said_by.items() if said), "nobody")


def tried(number: int) -> Verdict:
    """Give an edit to the judges."""
    edit = REFUSED[number]
    os.environ.update(ENVIRON)
    with tempfile.TemporaryDirectory() as directory:
        project = Project(Path(directory), {})
        edit.change(project)
        is_template = edit.file.endswith(".json")
        lint = check = deployed = ""
        if is_template:
            lint = first(found(linted_written, project.directory, edit.file))
        if not lint:
            findings = (
                f"{finding.code} {finding.text}"
                for environment in ENVIRONMENTS
                for finding in check_environment(project.directory, environment)
            )
            check = next(findings, "")
        if not lint and not check:
            deployed = first(found(linted_deployed, project.directory, edit.file))
    return Verdict(edit.name, edit.file, lint, deployed, check)


def first(said: Said) -> str:
    """One of what was said; nothing where nothing was."""
    return min(said, default="")


def found(linting: Linting, root: Path, file: str) -> Said:
    """What cfn-lint says of a template that it does not say without the edit."""
    return linting(root, file) - healthy(linting, file)


@cache
def healthy(linting: Linting, file: str) -> Said:
    """What it says without an edit; `make lint` knows the reasons."""
    return linting(ROOT, file)


def linted_written(root: Path, file: str) -> Said:
    """What cfn-lint says of the template as it is written."""
    return linted((root / file).read_text())


def linted_deployed(root: Path, file: str) -> Said:
    """What cfn-lint says of the template as dev and prod get it."""
    said: set[str] = set()
    for environment in ENVIRONMENTS:
        read = read_environment(root, environment)
        for stack in read.stacks:
            is_meant = file.startswith("config/") or stack.template_source.file == file
            if is_meant and stack.name in read.deployed:
                said |= linted(json.dumps(read.deployed[stack.name], indent=1))
    return frozenset(said)


def linted(body: str) -> Said:
    """What cfn-lint says by its own settings and by .cfnlintrc."""
    template, matches = decode_str(body)
    if template is not None:
        matches = list(linter().validate_template(template))
    return frozenset(f"{one.rule.id} {one.message}" for one in matches)


@cache
def linter() -> Runner:
    """cfn-lint, with the rules that .cfnlintrc appends."""
    return Runner(ConfigMixIn([], regions=["us-east-1"]))


def main() -> None:
    """Try them all, and say who finds what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missed", action="store_true")
    parser.add_argument("--only")
    arguments = parser.parse_args()
    numbers = [
        number for number, one in enumerate(REFUSED) if re.search(arguments.only or "", one.name)
    ]
    with ProcessPoolExecutor(2) as pool:
        verdicts = list(pool.map(tried, numbers, chunksize=4))
    for one in verdicts:
        if not arguments.missed or one.by == "nobody":
            said = one.lint or one.check or one.deployed
            print(f"{one.by:18} {one.name} ({Path(one.file).name}) {said[:110]}")
    counts = Counter(one.by for one in verdicts)
    total = len(verdicts)
    print(f"{total} edits: {total - counts['nobody']} found, {counts['nobody']} missed")
    for who in ("cfn-lint", "oms check", "cfn-lint, deployed"):
        print(f"{who}: {counts[who]} ({counts[who] / total:.0%})")


if __name__ == "__main__":
    main()
