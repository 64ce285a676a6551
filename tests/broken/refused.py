"""Edits of templates that AWS refuses, each with its rule of tools/cfn_lint_rules."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sentry_oms.cloudformation.templates import Template
from tests.broken.edits import change
from tests.conftest import ROOT

VPC = "networking/vpc-nonprod.json"
ALB = "networking/alb-frontend.json"
COGNITO = "cognito/cognito-user-pool.json"
TRADING = "dynamodb/oms-trading-table.json"
SQS = "messaging/sqs-queues.json"
SECRETS = "secrets/secrets-manager.json"
REDIS = "data/elasticache-redis.json"
OMS = "compute/ecs-cluster-oms.json"
TASK_FRONTEND = "compute/task-definition-frontend-admin.json"
TASK_OMS = "compute/task-definition-oms.json"
TASK_WEBSOCKET = "compute/task-definition-websocket.json"
PIPE_OMS = "cicd/codepipeline-oms.json"


@dataclass(frozen=True)
class Refused:
    """One edit.

    Args:
        rule: the code of the rule that reports it.
        name: the mistake.
        file: the template.
        path: a path in it, as ``change`` takes it.
        value: the new value; ``...`` removes what is there.
        stack: the stack whose folded template shows the fault, unless the written template does.
    """

    rule: str
    name: str
    file: str
    path: str
    value: Any
    stack: str = ""

    @property
    def template(self) -> Template:
        """The edited template."""
        whole: Template = json.loads((ROOT / "templates" / self.file).read_text())
        return change(whole, self.path, self.value)


def ref(name: str) -> dict[str, Any]:
    """A reference."""
    return {"Ref": name}


def get(name: str, attribute: str) -> dict[str, Any]:
    """An attribute."""
    return {"Fn::GetAtt": [name, attribute]}


CONTAINER = "TaskDefinition.ContainerDefinitions.0"
STAGE = "Pipeline.Stages"
WAF = "WebAcl.Rules"

REFUSED = (
    Refused("E9001", "two routes to one destination", VPC, "/Resources/SecondRoute", {"Type": "AWS::EC2::Route", "Properties": {"RouteTableId": ref("PublicRouteTable"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("InternetGateway")}}),
    Refused("E9001", "private DNS in a VPC without DNS support", VPC, "Vpc.EnableDnsSupport", False),
    Refused("E9001", "a range of ports from high to low", VPC, "AlbSecurityGroup.SecurityGroupIngress.1", {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 80, "CidrIp": "0.0.0.0/0"}),
    Refused("E9001", "a duplicate security group rule", VPC, "AlbSecurityGroup.SecurityGroupIngress.+", {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}),
    Refused("E9002", "an unknown load balancer attribute", ALB, "LoadBalancer.LoadBalancerAttributes.0.Key", "idle_timeout.seconds"),
    Refused("E9002", "a load balancer attribute that is neither true nor false", ALB, "LoadBalancer.LoadBalancerAttributes.1.Value", "yes"),
    Refused("E9002", "a health check timeout above the interval", ALB, "FrontendTargetGroup.HealthCheckTimeoutSeconds", 20),
    Refused("E9002", "application cookie stickiness without a cookie name", ALB, "WebSocketTargetGroup.TargetGroupAttributes.2.Value", "app_cookie"),
    Refused("E9002", "two listener rules with one priority", ALB, "/Resources/OtherRule", {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {"ListenerArn": {"Fn::If": ["HasCertificate", ref("HttpsListener"), ref("HttpListener")]}, "Priority": 10, "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}], "Actions": [{"Type": "forward", "TargetGroupArn": ref("FrontendTargetGroup")}]}}),
    Refused("E9002", "an unknown TLS policy", ALB, "HttpsListener.SslPolicy", "ELBSecurityPolicy-TLS13-2021"),
    Refused("E9003", "a CLOUDFRONT web ACL at a load balancer", ALB, "WebAcl.Scope", "CLOUDFRONT"),
    Refused("E9003", "two web ACL rules with one priority", ALB, f"{WAF}.1.Priority", 0),
    Refused("E9003", "a managed rule group without OverrideAction", ALB, f"{WAF}.1.OverrideAction", ...),
    Refused("E9004", "a transition after the expiry", PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0.Transitions", [{"StorageClass": "GLACIER", "TransitionInDays": 60}]),
    Refused("E9004", "a lifecycle rule without an action", PIPE_OMS, "ArtifactBucket.LifecycleConfiguration.Rules.0", {"Id": "x", "Status": "Enabled"}),
    Refused("E9004", "an ACL with BucketOwnerEnforced", PIPE_OMS, "ArtifactBucket.AccessControl", "LogDeliveryWrite"),
    Refused("E9005", "admin_only beside another recovery mechanism", COGNITO, "UserPool.AccountRecoverySetting.RecoveryMechanisms.+", {"Name": "verified_email", "Priority": 2}),
    Refused("E9005", "an access token of two days", COGNITO, "UserPoolClient.AccessTokenValidity", 2880),
    Refused("E9005", "an update verification of an attribute that is not verified", COGNITO, "UserPool.AutoVerifiedAttributes", ["phone_number"]),
    Refused("E9006", "a table with the range key first", TRADING, "Table.KeySchema", [{"AttributeName": "sk", "KeyType": "RANGE"}, {"AttributeName": "pk", "KeyType": "HASH"}]),
    Refused("E9006", "two indexes with one name", TRADING, "Table.GlobalSecondaryIndexes.+", {"IndexName": "GSI1", "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}),
    Refused("E9006", "PAY_PER_REQUEST with a throughput", TRADING, "Table.ProvisionedThroughput", {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}),
    Refused("E9007", "a redrive policy with capitalized keys", SQS, "MasterOrderQueue.RedrivePolicy", {"DeadLetterTargetArn": get("MasterOrderDeadLetterQueue", "Arn"), "MaxReceiveCount": 5}),
    Refused("E9007", "a throughput limit per group with deduplication per queue", SQS, "MasterOrderQueue.DeduplicationScope", "queue"),
    Refused("E9008", "a SecretStringTemplate that is not JSON", SECRETS, "AppSecret.GenerateSecretString.SecretStringTemplate", "{user: x}"),
    Refused("E9008", "a generated secret that excludes every character type", SECRETS, "AppSecret.GenerateSecretString", {"ExcludeLowercase": True, "ExcludeUppercase": True, "ExcludeNumbers": True, "ExcludePunctuation": True}),
    Refused("E9008", "rotation of an asymmetric key", SECRETS, "Key.KeySpec", "RSA_2048"),
    Refused("E9009", "Multi-AZ without automatic failover", REDIS, "ReplicationGroup.AutomaticFailoverEnabled", False),
    Refused("E9009", "a token without encryption in transit", REDIS, "ReplicationGroup.TransitEncryptionEnabled", False),
    Refused("E9009", "an unknown node type", REDIS, "/Mappings/Redis/dev/NodeType", "cache.t4g.mini", stack="dev/redis"),
    Refused("E9010", "more data points than periods", ALB, "FrontendErrorAlarm.DatapointsToAlarm", 6),
    Refused("E9010", "an alarm over more than a day", REDIS, "Node1EvictionAlarm.EvaluationPeriods", 300),
    Refused("E9010", "an alarm without a statistic", REDIS, "Node1CpuAlarm.Statistic", ...),
    Refused("E9011", "a mount of an undefined volume", TASK_OMS, f"{CONTAINER}.MountPoints.0.SourceVolume", "temp"),
    Refused("E9011", "a secret and a variable with one name", TASK_OMS, f"{CONTAINER}.Secrets.0.Name", "ENVIRONMENT"),
    Refused("E9011", "awslogs without a log group", TASK_OMS, f"{CONTAINER}.LogConfiguration.Options.awslogs-group", ...),
    Refused("E9011", "secrets without an execution role", TASK_OMS, "TaskDefinition.ExecutionRoleArn", ...),
    Refused("E9011", "a privileged container on Fargate", TASK_OMS, f"{CONTAINER}.Privileged", True),
    Refused("E9012", "a deployment that can neither stop nor start a task", TASK_OMS, "Service.DeploymentConfiguration.MaximumPercent", 100),
    Refused("E9012", "a default capacity provider that the cluster lacks", OMS, "Cluster.CapacityProviders", ["FARGATE_SPOT"]),
    Refused("E9012", "a capacity provider strategy with two bases", TASK_OMS, "Service.CapacityProviderStrategy", [{"CapacityProvider": "FARGATE", "Base": 1, "Weight": 1}, {"CapacityProvider": "FARGATE_SPOT", "Base": 1, "Weight": 1}]),
    Refused("E9013", "requests per target without a target group", TASK_FRONTEND, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.ResourceLabel", ...),
    Refused("E9013", "two metrics that return data", TASK_OMS, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics.0.ReturnData", True),
    Refused("E9013", "a minimum capacity above the maximum", TASK_OMS, "/Mappings/Service/prod/MinCapacity", 7, stack="prod/task-oms"),
    Refused("E9107", "an input artifact that no action makes", PIPE_OMS, f"{STAGE}.2.Actions.0.InputArtifacts.0.Name", "Sources"),
    Refused("E9014", "an output artifact that two actions make", PIPE_OMS, f"{STAGE}.2.Actions.0.OutputArtifacts.0.Name", "Source"),
    Refused("E9014", "an unknown action provider", PIPE_OMS, f"{STAGE}.2.Actions.0.ActionTypeId.Provider", "CodeBuilds"),
    Refused("E9014", "a trigger of an undefined source action", PIPE_OMS, "Pipeline.Triggers.0.GitConfiguration.SourceActionName", "Sources"),
    Refused("E9014", "an unknown setting of an action", PIPE_OMS, f"{STAGE}.2.Actions.0.Configuration.Project", "x"),
    Refused("E9015", "an x86 image for an ARM build", PIPE_OMS, "BuildProject.Environment.Image", "aws/codebuild/amazonlinux-x86_64-standard:5.0"),
    Refused("E9015", "a build specification without phases", PIPE_OMS, "BuildProject.Source.BuildSpec", "version: 0.2\nartifacts:\n  files: [x]\n"),
    Refused("E9015", "a GitHub source with CODEPIPELINE artifacts", PIPE_OMS, "BuildProject.Source.Type", "GITHUB"),
    Refused("E9016", "a trust policy with an action of another service", OMS, "TaskRole.AssumeRolePolicyDocument.Statement.0.Action", "iam:PassRole"),
    Refused("E9016", "a principal of an unknown kind", PIPE_OMS, "ArtifactBucketPolicy.PolicyDocument.Statement.0.Principal", {"Services": "logs.amazonaws.com"}),
    Refused("E9016", "two inline policies with one name", OMS, "TaskRole.Policies.+", {"PolicyName": "task", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}]}}),
    Refused("E9101", "a subnet outside its VPC", VPC, "PublicSubnet1.CidrBlock", "10.99.0.0/20", stack="dev/vpc"),
    Refused("E9102", "a standard dead-letter queue of a FIFO queue", SQS, "MasterOrderQueue.RedrivePolicy.deadLetterTargetArn", get("ClientsEventsDeadLetterQueue", "Arn")),
    Refused("E9102", "a dead-letter queue that admits another queue", SQS, "MasterOrderQueue.RedrivePolicy.deadLetterTargetArn", get("OkxOrdersDeadLetterQueue", "Arn")),
    Refused("E9102", "a queue that is its own dead-letter queue", SQS, "ClientsEventsQueue.RedrivePolicy.deadLetterTargetArn", get("ClientsEventsQueue", "Arn")),
    Refused("E9102", "a redrive policy to a queue URL", SQS, "MasterOrderQueue.RedrivePolicy.deadLetterTargetArn", ref("MasterOrderDeadLetterQueue")),
    Refused("E9103", "a load balancer of an undefined container", TASK_WEBSOCKET, "Service.LoadBalancers.0.ContainerName", "web"),
    Refused("E9103", "a load balancer of an unmapped port", TASK_WEBSOCKET, "Service.LoadBalancers.0.ContainerPort", 8080),
    Refused("E9104", "an expression over an undefined metric", TASK_OMS, "ScalingPolicy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics.2.Expression", "backlog / task"),
    Refused("E9105", "a Redis token of twelve characters", REDIS, "AuthSecret.GenerateSecretString.PasswordLength", 12),
    Refused("E9105", "a Redis token with punctuation", REDIS, "AuthSecret.GenerateSecretString.ExcludePunctuation", ...),
    Refused("E9106", "a FIFO queue without the suffix", SQS, "MasterOrderQueue.QueueName", {"Fn::Sub": "${Queue1Name}-queue-${Environment}"}),
    Refused("E9002", "a listener rule that forwards and redirects", ALB, "WebSocketListenerRule.Actions.+", {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Path": "/"}}),
    Refused("E9002", "gRPC without TLS at the listener", ALB, "WebSocketTargetGroup.ProtocolVersion", "GRPC"),
    Refused("E9010", "an alarm without a comparison", REDIS, "Node1CpuAlarm.ComparisonOperator", ...),
    Refused("E9013", "two tracking policies on one metric", TASK_WEBSOCKET, "/Resources/Twin", {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": {"PolicyName": "twin", "PolicyType": "TargetTrackingScaling", "ScalingTargetId": ref("ScalableTarget"), "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}}}, stack="prod/task-websocket"),
    Refused("E9015", "a docker build without PrivilegedMode", PIPE_OMS, "BuildProject.Environment.PrivilegedMode", False, stack="prod/pipeline-oms"),
    Refused("E9016", "a policy document that is text", OMS, "TaskRole.AssumeRolePolicyDocument", "{}"),
    Refused("E9016", "a service role policy without service-role/", OMS, "TaskRole.ManagedPolicyArns", ["arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy"]),
    Refused("E9107", "an input artifact that a later action makes", PIPE_OMS, "/Resources/Pipeline/Properties/Stages/2/Actions/0/InputArtifacts/0/Name", "Image"),
    Refused("E9005", "an invitation without the user's name", COGNITO, "UserPool.AdminCreateUserConfig.InviteMessageTemplate", {"EmailMessage": "Your password is {####}."}),
    Refused("E9005", "an invitation without the password", COGNITO, "UserPool.AdminCreateUserConfig.InviteMessageTemplate", {"SMSMessage": "Your user name is {username}."}),
    Refused("E9109", "access logs with a prefix that the bucket policy does not allow", ALB, "LoadBalancer.LoadBalancerAttributes.+", {"Key": "access_logs.s3.prefix", "Value": "alb"}),
    Refused("E9109", "access logs in a bucket with SSE-KMS", ALB, "AccessLogsBucket.BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm", "aws:kms"),
    Refused("E9003", "a web ACL at a target group", ALB, "WebAclAssociation.ResourceArn", "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/0123456789abcdef"),
    Refused("E9003", "a web ACL's log without aws-waf-logs-", ALB, "WebAclLogging.LogDestinationConfigs", ["arn:aws:logs:us-east-1:123456789012:log-group:sentry-waf"]),
    Refused("E9017", "an alarm in an unknown namespace", ALB, "FrontendErrorAlarm.Namespace", "AWS/ALB"),
    Refused("E9017", "an alarm on an unknown metric", TASK_OMS, "CpuAlarm.MetricName", "CPUUtilisation"),
    Refused("E9017", "an alarm with an unknown dimension", PIPE_OMS, "PipelineFailedAlarm.Dimensions.0.Name", "Pipeline"),
    Refused("E9108", "a NAT gateway in a private subnet", VPC, "NatGateway1.SubnetId", ref("PrivateSubnet1")),
)  # fmt: skip
