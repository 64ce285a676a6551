"""Each provider and repair of the embedded AWS, seen through the service's own API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from sentry_oms.local.providers import PROVIDERS, READERS, REPAIRS
from tests.conftest import EmbeddedAws


def one(type_: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A template of one resource, ``R``, whose ``Ref`` is the output ``Ref``."""
    return {
        "Resources": {"R": {"Type": type_, "Properties": properties}, **more},
        "Outputs": {"Ref": {"Value": {"Ref": "R"}}},
    }


def tag(value: str) -> list[dict[str, str]]:
    return [{"Key": "Name", "Value": value}]


NETWORK = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"},
    },
    "Ip": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}},
}


TASKS_ASSUME = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
NOTHING_ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
}


def drifts(aws: EmbeddedAws, stack: str) -> list[tuple[str, list[str]]]:
    """Of each resource that drift detection checks: its status, and the paths that differ."""
    cloudformation = aws.client("cloudformation")
    cloudformation.detect_stack_drift(StackName=stack)
    return [
        (
            one["StackResourceDriftStatus"],
            sorted(each["PropertyPath"] for each in one.get("PropertyDifferences", [])),
        )
        for one in cloudformation.describe_stack_resource_drifts(StackName=stack)[
            "StackResourceDrifts"
        ]
    ]


def test_every_provider_and_repair_is_tested_here() -> None:
    source = Path(__file__).read_text()
    ours = (*PROVIDERS, *REPAIRS, *READERS)
    untested = [one.type for one in ours if source.count(f'"{one.type}"') == 0]
    assert untested == []


class TestElasticIp:
    def test_a_tag_edit_keeps_the_address_and_a_delete_releases_it(self, aws: EmbeddedAws) -> None:
        ec2 = aws.client("ec2")
        assert aws.deploy("eip", one("AWS::EC2::EIP", {"Tags": tag("a")})) == "CREATE_COMPLETE"
        before = aws.outputs("eip")
        status = aws.deploy("eip", one("AWS::EC2::EIP", {"Tags": tag("b")}), tags={"Project": "x"})
        assert status == "UPDATE_COMPLETE"
        assert aws.outputs("eip") == before
        (address,) = ec2.describe_addresses(PublicIps=[before["Ref"]])["Addresses"]
        tags = {t["Key"]: t["Value"] for t in address["Tags"]}
        assert (tags["Name"], tags["Project"]) == ("b", "x")
        aws.delete("eip")
        addresses = ec2.describe_addresses()["Addresses"]
        assert before["Ref"] not in [address["PublicIp"] for address in addresses]


class TestNatGateway:
    def gateway(self, **properties: Any) -> dict[str, Any]:
        return one(
            "AWS::EC2::NatGateway",
            {
                "SubnetId": {"Ref": "Subnet"},
                "AllocationId": {"Fn::GetAtt": ["Ip", "AllocationId"]},
                **properties,
            },
            **NETWORK,
        )

    def state(self, aws: EmbeddedAws, gateway: str) -> str:
        ec2 = aws.client("ec2")
        (found,) = ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
        return str(found["State"])

    def test_a_tag_edit_keeps_the_gateway_and_a_new_subnet_replaces_it(
        self, aws: EmbeddedAws
    ) -> None:
        aws.deploy("nat", self.gateway(Tags=tag("a")))
        first = aws.outputs("nat")["Ref"]
        aws.deploy("nat", self.gateway(Tags=tag("b")))
        assert aws.outputs("nat")["Ref"] == first
        (found,) = aws.client("ec2").describe_nat_gateways(NatGatewayIds=[first])["NatGateways"]
        assert {"Key": "Name", "Value": "b"} in found["Tags"]

        moved = self.gateway(SubnetId={"Ref": "Other"})
        moved["Resources"]["Other"] = {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"},
        }
        assert aws.deploy("nat", moved) == "UPDATE_COMPLETE"
        second = aws.outputs("nat")["Ref"]
        assert second != first
        assert (self.state(aws, first), self.state(aws, second)) == ("deleted", "available")
        aws.delete("nat")
        assert self.state(aws, second) == "deleted"

    def test_a_subnet_that_does_not_exist_is_refused(self, aws: EmbeddedAws) -> None:
        status = aws.deploy("nat-nowhere", self.gateway(SubnetId="subnet-0"))
        assert status == "ROLLBACK_COMPLETE"
        assert "'subnet-0' does not exist" in aws.reasons("nat-nowhere")


class TestTable:
    def table(self, **properties: Any) -> dict[str, Any]:
        return one(
            "AWS::DynamoDB::Table",
            {
                "TableName": "t",
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                **properties,
            },
        )

    def settings(self, aws: EmbeddedAws) -> tuple[str, str, str]:
        dynamodb = aws.client("dynamodb")
        backups = dynamodb.describe_continuous_backups(TableName="t")
        return (
            dynamodb.describe_table(TableName="t")["Table"]
            .get("SSEDescription", {})
            .get("Status", "DISABLED"),
            dynamodb.describe_time_to_live(TableName="t")["TimeToLiveDescription"][
                "TimeToLiveStatus"
            ],
            backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"][
                "PointInTimeRecoveryStatus"
            ],
        )

    def test_settings_are_kept_and_follow_an_update(self, aws: EmbeddedAws) -> None:
        on = self.table(
            SSESpecification={"SSEEnabled": "true"},
            TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True},
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": "true"},
        )
        assert aws.deploy("table", on) == "CREATE_COMPLETE"
        assert self.settings(aws) == ("ENABLED", "ENABLED", "ENABLED")
        assert aws.deploy("table", self.table()) == "UPDATE_COMPLETE"
        assert self.settings(aws) == ("DISABLED", "DISABLED", "DISABLED")

    def test_a_taken_name_is_refused_and_its_rows_survive(self, aws: EmbeddedAws) -> None:
        dynamodb = aws.client("dynamodb")
        dynamodb.put_item(TableName="t", Item={"pk": {"S": "row"}})
        assert aws.deploy("second-table", self.table()) == "ROLLBACK_COMPLETE"
        assert "Table t already exists" in aws.reasons("second-table")
        assert dynamodb.scan(TableName="t")["Items"] == [{"pk": {"S": "row"}}]

    def test_a_protected_table_stays(self, aws: EmbeddedAws) -> None:
        aws.deploy("table", self.table(DeletionProtectionEnabled=True))
        assert aws.delete("table") == "DELETE_FAILED"
        assert "deletion protection is on" in aws.reasons("table")


class TestSecret:
    generated: ClassVar[dict[str, Any]] = {"PasswordLength": 40, "ExcludePunctuation": True}

    def test_ref_is_the_arn_and_the_value_is_as_asked(self, aws: EmbeddedAws) -> None:
        secrets = aws.client("secretsmanager")
        properties = {
            "Name": "s",
            "GenerateSecretString": {
                **self.generated,
                "SecretStringTemplate": '{"user": "oms"}',
                "GenerateStringKey": "key",
            },
        }
        aws.deploy("secret", one("AWS::SecretsManager::Secret", properties))
        arn = aws.outputs("secret")["Ref"]
        assert arn == secrets.describe_secret(SecretId="s")["ARN"]
        value = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
        assert value["user"] == "oms"
        assert len(value["key"]) == 40
        assert value["key"].isalnum()

    def test_an_edit_elsewhere_keeps_what_operators_entered(self, aws: EmbeddedAws) -> None:
        secrets = aws.client("secretsmanager")
        secrets.put_secret_value(SecretId="s", SecretString="entered")
        before = aws.outputs("secret")
        properties = {
            "Name": "s",
            "Description": "edited",
            "GenerateSecretString": {
                **self.generated,
                "SecretStringTemplate": '{"user": "oms"}',
                "GenerateStringKey": "key",
            },
        }
        aws.deploy("secret", one("AWS::SecretsManager::Secret", properties))
        assert aws.outputs("secret") == before
        assert secrets.describe_secret(SecretId="s")["Description"] == "edited"
        assert secrets.get_secret_value(SecretId="s")["SecretString"] == "entered"

    def test_drift_detection_finds_it_and_knows_when_it_is_gone(self, aws: EmbeddedAws) -> None:
        secrets = aws.client("secretsmanager")
        properties = {"Name": "found", "Description": "written"}
        aws.deploy("found", one("AWS::SecretsManager::Secret", properties))
        assert drifts(aws, "found") == [("IN_SYNC", [])]
        secrets.update_secret(SecretId="found", Description="by hand")
        assert drifts(aws, "found") == [("MODIFIED", ["/Description"])]
        secrets.delete_secret(SecretId="found", ForceDeleteWithoutRecovery=True)
        assert drifts(aws, "found") == [("DELETED", [])]

    def test_an_edited_generation_makes_a_new_value_as_on_aws(self, aws: EmbeddedAws) -> None:
        properties = {"Name": "s", "GenerateSecretString": {"PasswordLength": 12}}
        aws.deploy("secret", one("AWS::SecretsManager::Secret", properties))
        value = aws.client("secretsmanager").get_secret_value(SecretId="s")["SecretString"]
        assert len(value) == 12
        aws.delete("secret")
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            aws.client("secretsmanager").describe_secret(SecretId="s")


CONTAINER = {
    "Name": "oms",
    "Image": "image:1",
    "PortMappings": [{"ContainerPort": "8080"}],
    "Secrets": [{"Name": "KEY", "ValueFrom": "arn:secret"}],
    "HealthCheck": {"Command": ["CMD", "true"], "StartPeriod": "60"},
    "LinuxParameters": {"InitProcessEnabled": "true"},
    "LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": "G"}},
    "DockerLabels": {"Team": "oms"},
}
TASK = {
    "Family": "f",
    "RequiresCompatibilities": ["FARGATE"],
    "NetworkMode": "awsvpc",
    "Cpu": "256",
    "Memory": "512",
    "RuntimePlatform": {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"},
    "ContainerDefinitions": [CONTAINER],
}


class TestTaskDefinition:
    def test_nested_settings_are_kept(self, aws: EmbeddedAws) -> None:
        aws.deploy("task", one("AWS::ECS::TaskDefinition", TASK))
        arn = aws.outputs("task")["Ref"]
        task = aws.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
        assert task["runtimePlatform"] == {
            "cpuArchitecture": "ARM64",
            "operatingSystemFamily": "LINUX",
        }
        (container,) = task["containerDefinitions"]
        assert container["portMappings"] == [{"containerPort": 8080}]
        assert container["secrets"] == [{"name": "KEY", "valueFrom": "arn:secret"}]
        assert container["healthCheck"] == {"command": ["CMD", "true"], "startPeriod": 60}
        assert container["linuxParameters"] == {"initProcessEnabled": True}
        assert container["logConfiguration"]["options"] == {"awslogs-group": "G"}
        assert container["dockerLabels"] == {"Team": "oms"}

    def test_a_change_is_a_new_revision_and_a_tag_is_none(self, aws: EmbeddedAws) -> None:
        aws.deploy("task", one("AWS::ECS::TaskDefinition", {**TASK, "Tags": tag("a")}))
        assert aws.outputs("task")["Ref"].endswith("/f:1")
        aws.deploy("task", one("AWS::ECS::TaskDefinition", {**TASK, "Memory": "1024"}))
        assert aws.outputs("task")["Ref"].endswith("/f:2")
        aws.delete("task")

    def test_a_misspelt_property_is_refused_as_on_aws(self, aws: EmbeddedAws) -> None:
        wrong = {**TASK, "ContainerDefinitions": [{**CONTAINER, "Imagge": "x"}]}
        assert aws.deploy("typo", one("AWS::ECS::TaskDefinition", wrong)) == "ROLLBACK_COMPLETE"
        assert "containerDefinitions takes no Imagge" in aws.reasons("typo")


class TestService:
    def service(self, **properties: Any) -> dict[str, Any]:
        return {
            "Parameters": {"Count": {"Type": "Number", "Default": -1}},
            "Conditions": {"HasCount": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Count"}, -1]}]}},
            "Resources": {
                "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "c"}},
                "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": TASK},
                "R": {
                    "Type": "AWS::ECS::Service",
                    "Properties": {
                        "ServiceName": "s",
                        "Cluster": {"Ref": "Cluster"},
                        "TaskDefinition": {"Ref": "Task"},
                        "DesiredCount": {
                            "Fn::If": ["HasCount", {"Ref": "Count"}, {"Ref": "AWS::NoValue"}]
                        },
                        "EnableExecuteCommand": True,
                        "PropagateTags": "SERVICE",
                        **properties,
                    },
                },
            },
        }

    def described(self, aws: EmbeddedAws) -> dict[str, Any]:
        ecs = aws.client("ecs")
        (service,) = ecs.describe_services(cluster="c", services=["s"], include=["TAGS"])[
            "services"
        ]
        return dict(service)

    def test_a_number_from_a_parameter_and_dropped_settings(self, aws: EmbeddedAws) -> None:
        assert aws.deploy("service", self.service(), Count="0") == "CREATE_COMPLETE"
        service = self.described(aws)
        assert service["desiredCount"] == 0
        assert service["enableExecuteCommand"] is True
        assert service["propagateTags"] == "SERVICE"

    def test_without_a_count_an_update_leaves_it_alone(self, aws: EmbeddedAws) -> None:
        aws.client("ecs").update_service(cluster="c", service="s", desiredCount=5)
        aws.deploy("service", self.service(Tags=tag("a"), EnableExecuteCommand=False))
        service = self.described(aws)
        assert service["desiredCount"] == 5
        assert service["enableExecuteCommand"] is False
        assert {"key": "Name", "value": "a"} in service["tags"]
        aws.deploy("service", self.service(EnableExecuteCommand=False))
        assert "Name" not in [one["key"] for one in self.described(aws).get("tags", [])]
        aws.delete("service")


@pytest.mark.parametrize(
    ("type_", "properties", "kind"),
    [
        ("AWS::SQS::Queue", {"QueueName": "taken"}, "Queue"),
        ("AWS::Logs::LogGroup", {"LogGroupName": "/taken"}, "LogGroup"),
        ("AWS::ECS::Cluster", {"ClusterName": "taken"}, "Cluster"),
        (
            "AWS::CodeBuild::Project",
            {
                "Name": "taken",
                "ServiceRole": "arn:aws:iam::000000000000:role/r",
                "Source": {"Type": "NO_SOURCE", "BuildSpec": "version: 0.2"},
                "Artifacts": {"Type": "NO_ARTIFACTS"},
                "Environment": {
                    "Type": "ARM_CONTAINER",
                    "ComputeType": "BUILD_GENERAL1_SMALL",
                    "Image": "i",
                },
            },
            "Project",
        ),
        ("AWS::SecretsManager::Secret", {"Name": "taken", "SecretString": "x"}, "Secret"),
        (
            "AWS::KMS::Alias",
            {"AliasName": "alias/taken", "TargetKeyId": {"Ref": "Key"}},
            "Alias",
        ),
        (
            "AWS::IAM::Role",
            {"RoleName": "taken", "AssumeRolePolicyDocument": TASKS_ASSUME},
            "Role",
        ),
        (
            "AWS::IAM::ManagedPolicy",
            {"ManagedPolicyName": "taken", "PolicyDocument": NOTHING_ALLOWED},
            "ManagedPolicy",
        ),
    ],
)
def test_a_create_of_a_taken_name_fails_as_on_aws(
    aws: EmbeddedAws, type_: str, properties: dict[str, Any], kind: str
) -> None:
    key = {"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}}}
    body = one(type_, properties, **(key if kind == "Alias" else {}))
    assert aws.deploy(f"first-{kind}", body) == "CREATE_COMPLETE", aws.reasons(f"first-{kind}")
    assert aws.deploy(f"second-{kind}", body) == "ROLLBACK_COMPLETE"
    assert f"{kind} " in aws.reasons(f"second-{kind}")
    assert "already exists" in aws.reasons(f"second-{kind}")
    aws.delete(f"first-{kind}")


class TestNotificationTopics:
    def test_they_are_described_as_given(self, aws: EmbeddedAws) -> None:
        cloudformation = aws.client("cloudformation")
        body = json.dumps(one("AWS::SQS::Queue", {"QueueName": "notified"}))
        topics = [f"arn:aws:sns:us-east-1:000000000000:t{n}" for n in (1, 2)]
        cloudformation.create_stack(StackName="topics", TemplateBody=body, NotificationARNs=topics)
        aws.settled("topics")
        assert aws.stack("topics")["NotificationARNs"] == topics

    def test_a_change_set_gives_them_when_it_is_executed(self, aws: EmbeddedAws) -> None:
        cloudformation = aws.client("cloudformation")
        body = json.dumps(one("AWS::SQS::Queue", {"QueueName": "notified", "DelaySeconds": 1}))
        cloudformation.create_change_set(
            StackName="topics", ChangeSetName="none", TemplateBody=body, NotificationARNs=[]
        )
        assert len(aws.stack("topics")["NotificationARNs"]) == 2
        cloudformation.execute_change_set(StackName="topics", ChangeSetName="none")
        aws.settled("topics")
        assert aws.stack("topics")["NotificationARNs"] == []

    def test_a_stack_without_has_an_empty_list(self, aws: EmbeddedAws) -> None:
        aws.deploy("quiet", one("AWS::SQS::Queue", {"QueueName": "quiet"}))
        assert aws.stack("quiet")["NotificationARNs"] == []


class TestChangeSets:
    """What ``oms plan`` reads of them."""

    def changes(self, aws: EmbeddedAws, old: Any, new: Any, **parameters: str) -> dict[str, Any]:
        cloudformation = aws.client("cloudformation")
        aws.deploy("judged", old)
        where = {"StackName": "judged", "ChangeSetName": "c"}
        given = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
        cloudformation.create_change_set(**where, TemplateBody=json.dumps(new), Parameters=given)
        found = cloudformation.describe_change_set(**where)["Changes"]
        aws.delete("judged")
        return {one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"] for one in found}

    @pytest.mark.parametrize(
        ("name", "value", "replacement"),
        [("Description", "b", "False"), ("Name", "other", "True")],
    )
    def test_a_type_that_ministack_does_not_know_is_as_in_the_registry(
        self, aws: EmbeddedAws, name: str, value: str, replacement: str
    ) -> None:
        properties = {"Name": "judged", "Description": "a", "SecretString": "x"}
        old, new = (
            one("AWS::SecretsManager::Secret", given)
            for given in (properties, {**properties, name: value})
        )
        (found,) = self.changes(aws, old, new).values()
        assert found["Replacement"] == replacement

    def test_a_resource_comes_and_goes_with_its_condition(self, aws: EmbeddedAws) -> None:
        queue = {"Type": "AWS::SQS::Queue"}
        template = {
            "Parameters": {"Which": {"Type": "String", "Default": "a"}},
            "Conditions": {
                "A": {"Fn::Equals": [{"Ref": "Which"}, "a"]},
                "B": {"Fn::Equals": [{"Ref": "Which"}, "b"]},
            },
            "Resources": {"A": {**queue, "Condition": "A"}, "B": {**queue, "Condition": "B"}},
        }
        found = self.changes(aws, template, template, Which="b")
        assert {key: change["Action"] for key, change in found.items()} == {
            "A": "Remove",
            "B": "Add",
        }


VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


class TestFlowLog:
    def flow_log(self, **properties: Any) -> dict[str, Any]:
        wanted = {
            "ResourceType": "VPC",
            "ResourceId": {"Ref": "Vpc"},
            "TrafficType": "ALL",
            "LogDestinationType": "s3",
            "LogDestination": "arn:aws:s3:::logs",
            **properties,
        }
        return one("AWS::EC2::FlowLog", wanted, Vpc=VPC)

    def test_a_tag_edit_keeps_it_and_another_destination_replaces_it(
        self, aws: EmbeddedAws
    ) -> None:
        ec2 = aws.client("ec2")
        aws.deploy("flow", self.flow_log())
        first = aws.outputs("flow")["Ref"]
        (found,) = ec2.describe_flow_logs(FlowLogIds=[first])["FlowLogs"]
        assert found["LogDestination"] == "arn:aws:s3:::logs"
        aws.deploy("flow", self.flow_log(Tags=tag("a")))
        assert aws.outputs("flow")["Ref"] == first
        aws.deploy("flow", self.flow_log(LogDestination="arn:aws:s3:::other"))
        second = aws.outputs("flow")["Ref"]
        assert second != first
        assert [one["FlowLogId"] for one in ec2.describe_flow_logs()["FlowLogs"]] == [second]
        aws.delete("flow")
        assert ec2.describe_flow_logs()["FlowLogs"] == []


BALANCER = {
    "Vpc": VPC,
    "Gateway": {"Type": "AWS::EC2::InternetGateway"},
    **{
        f"Subnet{number}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": f"10.0.{number}.0/24",
                "AvailabilityZone": f"us-east-1{'ab'[number]}",
            },
        }
        for number in (0, 1)
    },
    "Balancer": {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Subnets": [{"Ref": "Subnet0"}, {"Ref": "Subnet1"}]},
    },
}


WEB_ACL = {
    "Type": "AWS::WAFv2::WebACL",
    "Properties": {
        "Name": "acl",
        "Scope": "REGIONAL",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": {
            "SampledRequestsEnabled": True,
            "CloudWatchMetricsEnabled": True,
            "MetricName": "acl",
        },
    },
}


class TestWebAclAssociation:
    def test_it_stands_before_the_load_balancer_and_goes(self, aws: EmbeddedAws) -> None:
        properties = {
            "ResourceArn": {"Ref": "Balancer"},
            "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]},
        }
        body = one("AWS::WAFv2::WebACLAssociation", properties, Acl=WEB_ACL, **BALANCER)
        body["Outputs"]["Balancer"] = {"Value": {"Ref": "Balancer"}}
        assert aws.deploy("waf", body) == "CREATE_COMPLETE", aws.reasons("waf")
        balancer = aws.outputs("waf")["Balancer"]
        found = aws.client("wafv2").get_web_acl_for_resource(ResourceArn=balancer)
        assert found["WebACL"]["Name"] == "acl"
        assert aws.delete("waf") == "DELETE_COMPLETE"


class TestLoggingConfiguration:
    def logging(self, group: str, *headers: str) -> dict[str, Any]:
        arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}"
        properties = {
            "ResourceArn": {"Fn::GetAtt": ["Acl", "Arn"]},
            "LogDestinationConfigs": [arn],
            "RedactedFields": [{"SingleHeader": {"Name": header}} for header in headers],
        }
        return one("AWS::WAFv2::LoggingConfiguration", properties, Acl=WEB_ACL)

    def redacted(self, aws: EmbeddedAws, acl: str) -> list[str]:
        found = aws.client("wafv2").get_logging_configuration(ResourceArn=acl)
        fields = found["LoggingConfiguration"]["RedactedFields"]
        return [field["SingleHeader"]["Name"] for field in fields]

    def test_it_is_set_and_changed_and_goes(self, aws: EmbeddedAws) -> None:
        assert aws.deploy("logged", self.logging("aws-waf-logs-x", "cookie")) == "CREATE_COMPLETE"
        acl = aws.outputs("logged")["Ref"]
        assert self.redacted(aws, acl) == ["cookie"]
        aws.deploy("logged", self.logging("aws-waf-logs-x", "cookie", "authorization"))
        assert self.redacted(aws, acl) == ["cookie", "authorization"]
        assert aws.delete("logged") == "DELETE_COMPLETE"
        with pytest.raises(ClientError, match="WAFNonexistentItemException"):
            self.redacted(aws, acl)

    def test_a_group_of_another_name_is_refused(self, aws: EmbeddedAws) -> None:
        assert aws.deploy("misnamed", self.logging("/waf/x")) == "ROLLBACK_COMPLETE"
        assert "The ARN isn't valid" in aws.reasons("misnamed")


class TestRiskConfiguration:
    def attachment(self, action: str) -> dict[str, Any]:
        return one(
            "AWS::Cognito::UserPoolRiskConfigurationAttachment",
            {
                "UserPoolId": {"Ref": "Pool"},
                "ClientId": "ALL",
                "CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": action}},
            },
            Pool={"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": "p"}},
        )

    def action(self, aws: EmbeddedAws) -> str | None:
        cognito = aws.client("cognito-idp")
        (pool,) = cognito.list_user_pools(MaxResults=10)["UserPools"]
        found = cognito.describe_risk_configuration(UserPoolId=pool["Id"], ClientId="ALL")
        risk = found["RiskConfiguration"].get("CompromisedCredentialsRiskConfiguration")
        return risk["Actions"]["EventAction"] if risk else None

    def test_it_is_set_and_changed_and_goes(self, aws: EmbeddedAws) -> None:
        aws.deploy("risk", self.attachment("BLOCK"))
        assert self.action(aws) == "BLOCK"
        aws.deploy("risk", self.attachment("NO_ACTION"))
        assert self.action(aws) == "NO_ACTION"
        without = self.attachment("BLOCK")
        del without["Resources"]["R"], without["Outputs"]
        aws.deploy("risk", without)
        assert self.action(aws) is None


class TestScaling:
    def scaled(self, **changes: Any) -> dict[str, Any]:
        policy = {
            "PolicyName": "cpu",
            "PolicyType": "TargetTrackingScaling",
            "ScalingTargetId": {"Ref": "R"},
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": changes.get("target", "60"),
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "ECSServiceAverageCPUUtilization"
                },
            },
        }
        return one(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            {
                "ServiceNamespace": "ecs",
                "ScalableDimension": "ecs:service:DesiredCount",
                "ResourceId": "service/c/s",
                "MinCapacity": "1",
                "MaxCapacity": changes.get("maximum", "2"),
            },
            Policy={"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": policy},
        )

    def found(self, aws: EmbeddedAws) -> tuple[list[Any], list[Any]]:
        scaling = aws.client("application-autoscaling")
        return (
            scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"],
            scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"],
        )

    def test_range_and_policy_change_in_place_and_go(self, aws: EmbeddedAws) -> None:
        assert aws.deploy("scaling", self.scaled()) == "CREATE_COMPLETE"
        assert aws.outputs("scaling")["Ref"] == "service/c/s|ecs:service:DesiredCount|ecs"
        (target,), (policy,) = self.found(aws)
        assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 2)
        assert aws.deploy("scaling", self.scaled(maximum="5", target="70")) == "UPDATE_COMPLETE"
        (wider,), (moved,) = self.found(aws)
        assert wider["MaxCapacity"] == 5
        assert wider["ScalableTargetARN"] == target["ScalableTargetARN"]
        assert moved["PolicyARN"] == policy["PolicyARN"]
        assert moved["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70
        aws.delete("scaling")
        assert self.found(aws) == ([], [])

    def test_a_policy_without_its_target_is_refused(self, aws: EmbeddedAws) -> None:
        lonely = self.scaled()
        policy = lonely["Resources"]["Policy"]
        policy["Properties"]["ScalingTargetId"] = "service/x/y|ecs:service:DesiredCount|ecs"
        lonely = {"Resources": {"Policy": policy}}
        assert aws.deploy("lonely", lonely) == "ROLLBACK_COMPLETE"
        assert "No scalable target found" in aws.reasons("lonely")


class TestPipeline:
    def pipeline(self, branch: str = "main", **properties: Any) -> dict[str, Any]:
        source = {
            "Name": "Source",
            "ActionTypeId": {
                "Category": "Source",
                "Owner": "AWS",
                "Provider": "CodeStarSourceConnection",
                "Version": "1",
            },
            "Configuration": {"BranchName": branch, "DetectChanges": "false"},
            "OutputArtifacts": [{"Name": "Source"}],
        }
        return one(
            "AWS::CodePipeline::Pipeline",
            {
                "Name": "p",
                "RoleArn": "arn:aws:iam::000000000000:role/r",
                "PipelineType": "V2",
                "ExecutionMode": "QUEUED",
                "ArtifactStore": {"Type": "S3", "Location": "bucket"},
                "Stages": [{"Name": "Source", "Actions": [source]}],
                **properties,
            },
        )

    def test_each_update_is_a_version_of_the_same_pipeline(self, aws: EmbeddedAws) -> None:
        codepipeline = aws.client("codepipeline")
        aws.deploy("pipeline", self.pipeline(Tags=tag("a")))
        aws.deploy("pipeline", self.pipeline(branch="next"))
        found = codepipeline.get_pipeline(name="p")
        assert found["pipeline"]["version"] == 2
        (action,) = found["pipeline"]["stages"][0]["actions"]
        assert action["configuration"] == {"BranchName": "next", "DetectChanges": "false"}
        arn = found["metadata"]["pipelineArn"]
        keys = [one["key"] for one in codepipeline.list_tags_for_resource(resourceArn=arn)["tags"]]
        assert "Name" not in keys
        assert [one["name"] for one in codepipeline.list_pipelines()["pipelines"]] == ["p"]

    def test_a_taken_name_is_refused(self, aws: EmbeddedAws) -> None:
        assert aws.deploy("second-pipeline", self.pipeline()) == "ROLLBACK_COMPLETE"
        assert "'p' already exists" in aws.reasons("second-pipeline")
        aws.delete("pipeline")
        with pytest.raises(ClientError, match="PipelineNotFoundException"):
            aws.client("codepipeline").get_pipeline(name="p")


class TestBucket:
    def bucket(self, *rules: dict[str, Any]) -> dict[str, Any]:
        lifecycle = {"LifecycleConfiguration": {"Rules": list(rules)}} if rules else {}
        return one("AWS::S3::Bucket", {"BucketName": "kept-objects", **lifecycle})

    def test_its_lifecycle_is_kept_and_follows_an_update(self, aws: EmbeddedAws) -> None:
        s3 = aws.client("s3")
        expire = {"Id": "Expire", "Status": "Enabled", "ExpirationInDays": "30"}
        aws.deploy("bucket", self.bucket(expire))
        (rule,) = s3.get_bucket_lifecycle_configuration(Bucket="kept-objects")["Rules"]
        assert rule["Expiration"]["Days"] == 30
        aws.deploy("bucket", self.bucket())
        with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
            s3.get_bucket_lifecycle_configuration(Bucket="kept-objects")

    def test_with_an_object_it_is_not_deleted(self, aws: EmbeddedAws) -> None:
        s3 = aws.client("s3")
        s3.put_object(Bucket="kept-objects", Key="k", Body=b"x")
        assert aws.delete("bucket") == "DELETE_FAILED"
        assert "is not empty" in aws.reasons("bucket")
        s3.delete_object(Bucket="kept-objects", Key="k")
        assert aws.delete("bucket") == "DELETE_COMPLETE"

    def test_a_setting_that_would_be_dropped_is_refused(self, aws: EmbeddedAws) -> None:
        tiering = {"Status": "Enabled", "Transitions": []}
        assert aws.deploy("tiered", self.bucket(tiering)) == "ROLLBACK_COMPLETE"
        assert "settings that are not kept: Transitions" in aws.reasons("tiered")


class TestReplicationGroup:
    def group(self, nodes: int, failover: bool) -> dict[str, Any]:
        return one(
            "AWS::ElastiCache::ReplicationGroup",
            {
                "ReplicationGroupDescription": "d",
                "Engine": "redis",
                "CacheNodeType": "cache.t4g.micro",
                "NumCacheClusters": nodes,
                "AutomaticFailoverEnabled": failover,
            },
        )

    def test_failover_is_enabled_only_after_the_replica_exists(self, aws: EmbeddedAws) -> None:
        assert aws.deploy("redis", self.group(1, False)) == "CREATE_COMPLETE"
        assert aws.deploy("redis", self.group(2, True)) == "UPDATE_ROLLBACK_COMPLETE"
        assert "must have at least one read replica" in aws.reasons("redis")
        assert aws.deploy("redis", self.group(2, False)) == "UPDATE_COMPLETE"
        assert aws.deploy("redis", self.group(2, True)) == "UPDATE_COMPLETE"
        aws.delete("redis")

    def test_a_new_group_has_failover_at_once(self, aws: EmbeddedAws) -> None:
        assert aws.deploy("redis", self.group(2, True)) == "CREATE_COMPLETE"
        aws.delete("redis")


class TestTargetGroup:
    def test_its_full_name_is_what_request_scaling_wants(self, aws: EmbeddedAws) -> None:
        properties = {"VpcId": {"Ref": "Vpc"}, "Port": 80, "Protocol": "HTTP"}
        body = one("AWS::ElasticLoadBalancingV2::TargetGroup", properties, Vpc=VPC)
        body["Outputs"]["FullName"] = {"Value": {"Fn::GetAtt": ["R", "TargetGroupFullName"]}}
        aws.deploy("group", body)
        outputs = aws.outputs("group")
        assert outputs["FullName"].startswith("targetgroup/")
        assert outputs["Ref"].endswith(f":{outputs['FullName']}")
        properties["Tags"] = tag("a")
        aws.deploy("group", body)
        assert aws.outputs("group") == outputs


class TestOidcProvider:
    URL = "https://token.actions.githubusercontent.com"
    ARN = "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com"

    def provider(self, *audiences: str) -> dict[str, Any]:
        return one("AWS::IAM::OIDCProvider", {"Url": self.URL, "ClientIdList": [*audiences]})

    def test_it_is_made_changed_and_removed_and_there_is_one(self, aws: EmbeddedAws) -> None:
        iam = aws.client("iam")
        assert aws.deploy("oidc", self.provider("a"), tags={"Project": "x"}) == "CREATE_COMPLETE"
        assert aws.outputs("oidc") == {"Ref": self.ARN}
        found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=self.ARN)
        assert found["ClientIDList"] == ["a"]
        assert {"Key": "Project", "Value": "x"} in found["Tags"]
        assert aws.deploy("oidc-2", self.provider("a")) == "ROLLBACK_COMPLETE"
        assert "already exists" in aws.reasons("oidc-2")
        assert aws.deploy("oidc", self.provider("a", "b")) == "UPDATE_COMPLETE"
        found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=self.ARN)
        assert found["ClientIDList"] == ["a", "b"]
        aws.delete("oidc")
        assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


class TestRoleBoundary:
    BOUNDARY = "arn:aws:iam::000000000000:policy/boundary"

    def role(self, **properties: Any) -> dict[str, Any]:
        own = {"RoleName": "bound", "AssumeRolePolicyDocument": TASKS_ASSUME}
        return one("AWS::IAM::Role", {**own, **properties})

    def boundary(self, aws: EmbeddedAws) -> str | None:
        role = aws.client("iam").get_role(RoleName="bound")["Role"]
        found = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        return None if found is None else str(found)

    def test_it_comes_with_the_role_and_goes_by_an_update(self, aws: EmbeddedAws) -> None:
        aws.deploy("bound", self.role(PermissionsBoundary=self.BOUNDARY))
        assert self.boundary(aws) == self.BOUNDARY
        assert aws.deploy("bound", self.role()) == "UPDATE_COMPLETE"
        assert self.boundary(aws) is None
        assert (
            aws.deploy("bound", self.role(PermissionsBoundary=self.BOUNDARY)) == "UPDATE_COMPLETE"
        )
        assert self.boundary(aws) == self.BOUNDARY
        aws.delete("bound")


class TestSecurityGroup:
    WEB: ClassVar[dict[str, Any]] = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}

    @pytest.fixture
    def group(self, aws: EmbeddedAws) -> str:
        other = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "other"}}
        properties = {
            "GroupDescription": "web",
            "SecurityGroupIngress": [
                {**self.WEB, "CidrIp": "0.0.0.0/0", "Description": "anywhere"},
                {**self.WEB, "CidrIp": "10.0.0.0/8"},
                {
                    "IpProtocol": "-1",
                    "SourceSecurityGroupId": {"Fn::GetAtt": ["Other", "GroupId"]},
                },
            ],
            "SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}],
        }
        if "web" in aws.stack_names():
            aws.delete("web")
        aws.deploy("web", one("AWS::EC2::SecurityGroup", properties, Other=other))
        assert drifts(aws, "web") == [("IN_SYNC", []), ("IN_SYNC", [])]
        return aws.outputs("web")["Ref"]

    def test_a_rule_that_is_added_is_found(self, aws: EmbeddedAws, group: str) -> None:
        open_door = {
            **self.WEB,
            "FromPort": 22,
            "ToPort": 22,
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
        }
        aws.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[open_door])
        (changed,) = [one for one in drifts(aws, "web") if one[0] != "IN_SYNC"]
        assert changed == ("MODIFIED", ["/SecurityGroupIngress/3"])

    def test_a_rule_that_is_gone_is_found(self, aws: EmbeddedAws, group: str) -> None:
        outward = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "127.0.0.1/32"}]}
        aws.client("ec2").revoke_security_group_egress(GroupId=group, IpPermissions=[outward])
        (changed,) = [one for one in drifts(aws, "web") if one[0] != "IN_SYNC"]
        assert changed == ("MODIFIED", ["/SecurityGroupEgress/0"])

    def test_a_group_that_is_gone_is_found(self, aws: EmbeddedAws, group: str) -> None:
        aws.client("ec2").delete_security_group(GroupId=group)
        assert ("DELETED", []) in drifts(aws, "web")


def test_a_new_service_linked_role_is_dated_long_ago(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    role = iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]
    (listed,) = iam.list_roles(PathPrefix="/aws-service-role/")["Roles"]
    assert listed["CreateDate"] == role["CreateDate"]
    assert role["CreateDate"].year == 2020
