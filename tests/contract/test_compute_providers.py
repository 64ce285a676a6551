"""Providers and repairs of services, pipelines and IAM, tested through the services' APIs."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import EmbeddedAws
from tests.contract.stacks import deployed, one, refused, tag

ROLE_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
DENY_ALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
}
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


def task(**properties: Any) -> dict[str, Any]:
    return one("AWS::ECS::TaskDefinition", {**TASK, **properties})


def test_a_task_definition_has_its_nested_settings_and_a_revision_a_change(
    aws: EmbeddedAws,
) -> None:
    arn = deployed(aws, "task", task())
    assert arn.endswith("/f:1")
    found = aws.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    assert found["runtimePlatform"] == {
        "cpuArchitecture": "ARM64",
        "operatingSystemFamily": "LINUX",
    }
    (container,) = found["containerDefinitions"]
    assert container["portMappings"] == [{"containerPort": 8080}]
    assert container["secrets"] == [{"name": "KEY", "valueFrom": "arn:secret"}]
    assert container["healthCheck"] == {"command": ["CMD", "true"], "startPeriod": 60}
    assert container["linuxParameters"] == {"initProcessEnabled": True}
    assert container["logConfiguration"]["options"] == {"awslogs-group": "G"}
    assert container["dockerLabels"] == {"Team": "oms"}
    assert deployed(aws, "task", task(Tags=tag("a"))) == arn
    assert deployed(aws, "task", task(Memory="1024")).endswith("/f:2")
    misspelt = task(ContainerDefinitions=[{**CONTAINER, "Imagge": "x"}])
    assert "containerDefinitions takes no Imagge" in refused(aws, "misspelt", misspelt)


def test_a_service_has_its_settings_and_keeps_its_count(aws: EmbeddedAws) -> None:
    ecs = aws.client("ecs")

    def service(**properties: Any) -> dict[str, Any]:
        wanted = {
            "ServiceName": "s",
            "Cluster": {"Ref": "Cluster"},
            "TaskDefinition": {"Ref": "Task"},
            "DesiredCount": {"Fn::If": ["HasCount", {"Ref": "Count"}, {"Ref": "AWS::NoValue"}]},
            "PropagateTags": "SERVICE",
            **properties,
        }
        return {
            "Parameters": {"Count": {"Type": "Number", "Default": -1}},
            "Conditions": {"HasCount": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Count"}, -1]}]}},
            **one(
                "AWS::ECS::Service",
                wanted,
                Cluster={"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "c"}},
                Task={"Type": "AWS::ECS::TaskDefinition", "Properties": TASK},
            ),
        }

    def settings() -> tuple[Any, ...]:
        described = ecs.describe_services(cluster="c", services=["s"], include=["TAGS"])
        (found,) = described["services"]
        names = [one["value"] for one in found.get("tags", []) if one["key"] == "Name"]
        return found["desiredCount"], found["enableExecuteCommand"], found["propagateTags"], names

    deployed(aws, "service", service(EnableExecuteCommand=True), Count="0")
    assert settings() == (0, True, "SERVICE", [])
    (found,) = ecs.describe_services(cluster="c", services=["s"])["services"]
    events = aws.client("cloudformation").describe_stack_events(StackName="service")["StackEvents"]
    begin, end = events[-1]["Timestamp"], events[0]["Timestamp"]
    assert begin <= found["deployments"][0]["createdAt"] <= end
    ecs.update_service(cluster="c", service="s", desiredCount=5)
    deployed(aws, "service", service(Tags=tag("a"), EnableExecuteCommand=False))
    assert settings() == (5, False, "SERVICE", ["a"])
    deployed(aws, "service", service(EnableExecuteCommand=False))
    assert settings() == (5, False, "SERVICE", [])


def test_a_scalable_target_and_its_policy_change_in_place(aws: EmbeddedAws) -> None:
    scaling = aws.client("application-autoscaling")

    def scaled(maximum: str, target: str) -> dict[str, Any]:
        metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
        policy = {
            "PolicyName": "cpu",
            "PolicyType": "TargetTrackingScaling",
            "ScalingTargetId": {"Ref": "R"},
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": target,
                "PredefinedMetricSpecification": metric,
            },
        }
        return one(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            {
                "ServiceNamespace": "ecs",
                "ScalableDimension": "ecs:service:DesiredCount",
                "ResourceId": "service/c/s",
                "MinCapacity": "1",
                "MaxCapacity": maximum,
            },
            Policy={"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": policy},
        )

    def found() -> list[tuple[str, str, int, float]]:
        targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
        policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
        return [
            (
                target["ScalableTargetARN"],
                policy["PolicyARN"],
                target["MaxCapacity"],
                policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"],
            )
            for target, policy in zip(targets, policies, strict=True)
        ]

    id_ = deployed(aws, "scaling", scaled("2", "60"))
    assert id_ == "service/c/s|ecs:service:DesiredCount|ecs"
    ((*arns, maximum, value),) = found()
    assert (maximum, value) == (2, 60)
    deployed(aws, "scaling", scaled("5", "70"))
    assert found() == [(*arns, 5, 70)]
    aws.delete("scaling")
    assert found() == []

    lonely = scaled("2", "60")["Resources"]["Policy"]
    lonely["Properties"]["ScalingTargetId"] = id_
    reasons = refused(aws, "lonely", {"Resources": {"Policy": lonely}})
    assert "No scalable target found" in reasons


def test_a_pipeline_has_a_version_an_update_and_a_name_of_its_own(aws: EmbeddedAws) -> None:
    codepipeline = aws.client("codepipeline")

    def pipeline(branch: str, **properties: Any) -> dict[str, Any]:
        kind = {"Category": "Source", "Owner": "AWS", "Provider": "CodeStarSourceConnection"}
        source = {
            "Name": "Source",
            "ActionTypeId": {**kind, "Version": "1"},
            "Configuration": {"BranchName": branch, "DetectChanges": "false"},
            "OutputArtifacts": [{"Name": "Source"}],
        }
        wanted = {
            "Name": "p",
            "RoleArn": "arn:aws:iam::000000000000:role/r",
            "PipelineType": "V2",
            "ArtifactStore": {"Type": "S3", "Location": "bucket"},
            "Stages": [{"Name": "Source", "Actions": [source]}],
        }
        return one("AWS::CodePipeline::Pipeline", {**wanted, **properties})

    deployed(aws, "pipeline", pipeline("main", Tags=tag("a")))
    deployed(aws, "pipeline", pipeline("next"))
    found = codepipeline.get_pipeline(name="p")
    assert found["pipeline"]["version"] == 2
    (action,) = found["pipeline"]["stages"][0]["actions"]
    assert action["configuration"] == {"BranchName": "next", "DetectChanges": "false"}
    arn = found["metadata"]["pipelineArn"]
    tags = codepipeline.list_tags_for_resource(resourceArn=arn)["tags"]
    assert "Name" not in [one["key"] for one in tags]
    assert [one["name"] for one in codepipeline.list_pipelines()["pipelines"]] == ["p"]
    assert "'p' already exists" in refused(aws, "second-pipeline", pipeline("main"))
    aws.delete("pipeline")
    with pytest.raises(ClientError, match="PipelineNotFoundException"):
        codepipeline.get_pipeline(name="p")


def test_an_oidc_provider_changes_in_place_and_has_a_url_of_its_own(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    url = "https://token.actions.githubusercontent.com"

    def provider(*audiences: str) -> dict[str, Any]:
        return one("AWS::IAM::OIDCProvider", {"Url": url, "ClientIdList": [*audiences]})

    assert aws.deploy("oidc", provider("a"), tags={"Project": "x"}) == "CREATE_COMPLETE"
    arn = aws.outputs("oidc")["Ref"]
    assert arn == f"arn:aws:iam::000000000000:oidc-provider/{url.removeprefix('https://')}"
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert found["ClientIDList"] == ["a"]
    assert {"Key": "Project", "Value": "x"} in found["Tags"]
    assert "already exists" in refused(aws, "oidc-2", provider("a"))
    assert deployed(aws, "oidc", provider("a", "b")) == arn
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert found["ClientIDList"] == ["a", "b"]
    aws.delete("oidc")
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


def test_the_boundary_of_a_role_is_set_and_removed(aws: EmbeddedAws) -> None:
    boundary = "arn:aws:iam::000000000000:policy/boundary"
    own = {"RoleName": "bound", "AssumeRolePolicyDocument": ROLE_POLICY}
    for properties in ({"PermissionsBoundary": boundary}, {}, {"PermissionsBoundary": boundary}):
        deployed(aws, "bound", one("AWS::IAM::Role", {**own, **properties}))
        found = aws.client("iam").get_role(RoleName="bound")["Role"].get("PermissionsBoundary", {})
        assert found.get("PermissionsBoundaryArn") == properties.get("PermissionsBoundary")


def test_a_new_service_linked_role_has_an_old_date(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    role = iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]
    (listed,) = iam.list_roles(PathPrefix="/aws-service-role/")["Roles"]
    assert listed["CreateDate"] == role["CreateDate"]
    assert role["CreateDate"].year == 2020


BUILD = {
    "Name": "taken",
    "ServiceRole": "arn:aws:iam::000000000000:role/r",
    "Source": {"Type": "NO_SOURCE", "BuildSpec": "version: 0.2"},
    "Artifacts": {"Type": "NO_ARTIFACTS"},
    "Environment": {
        "Type": "ARM_CONTAINER",
        "ComputeType": "BUILD_GENERAL1_SMALL",
        "Image": "i",
    },
}


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("AWS::SQS::Queue", {"QueueName": "taken"}),
        ("AWS::Logs::LogGroup", {"LogGroupName": "/taken"}),
        ("AWS::ECS::Cluster", {"ClusterName": "taken"}),
        ("AWS::CodeBuild::Project", BUILD),
        ("AWS::SecretsManager::Secret", {"Name": "taken", "SecretString": "x"}),
        ("AWS::KMS::Alias", {"AliasName": "alias/taken", "TargetKeyId": {"Ref": "Key"}}),
        ("AWS::IAM::Role", {"RoleName": "taken", "AssumeRolePolicyDocument": ROLE_POLICY}),
        ("AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "taken", "PolicyDocument": DENY_ALL}),
    ],
)
def test_a_taken_name_is_refused(aws: EmbeddedAws, type_: str, properties: dict[str, Any]) -> None:
    kind = type_.rpartition("::")[2]
    key = {"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}}}
    body = one(type_, properties, **(key if kind == "Alias" else {}))
    deployed(aws, f"first-{kind}", body)
    reasons = refused(aws, f"second-{kind}", body)
    assert f"{kind} " in reasons
    assert "already exists" in reasons
