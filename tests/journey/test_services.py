"""What signs users in, balances, runs and deploys, seen through each service's own API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sentry_oms import names
from tests.conftest import EmbeddedAws, Project, failures, push_image

pytestmark = pytest.mark.usefixtures("project")

TAG = "a" * 40


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project], aws: EmbeddedAws) -> Project:
    """A project that was launched, got its images, and was launched again."""
    project = new_project()
    project.succeed("launch", "-y", "dev")
    for one in names.SERVICES:
        push_image(aws, names.repository_name(one.image, "dev"), TAG)
    project.succeed("launch", "-y", "dev")
    return project


def service(aws: EmbeddedAws, one: names.Service) -> dict[str, Any]:
    (found,) = aws.client("ecs").describe_services(
        cluster=names.cluster_name(one.cluster, "dev"),
        services=[names.service_name(one.service, "dev")],
    )["services"]
    return dict(found)


def test_the_pool_takes_software_tokens_and_nobody_signs_up(aws: EmbeddedAws) -> None:
    cognito = aws.client("cognito-idp")
    pool_id = aws.outputs("sentry-cognito-dev")["UserPoolId"]
    pool = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    factors = cognito.get_user_pool_mfa_config(UserPoolId=pool_id)
    assert factors["MfaConfiguration"] == "OPTIONAL"
    assert factors["SoftwareTokenMfaConfiguration"] == {"Enabled": True}
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 14
    groups = cognito.list_groups(UserPoolId=pool_id)["Groups"]
    assert {group["GroupName"] for group in groups} == {"admin", "trader", "viewer"}


def test_the_client_has_no_secret_and_its_flows(aws: EmbeddedAws) -> None:
    outputs = aws.outputs("sentry-cognito-dev")
    client = aws.client("cognito-idp").describe_user_pool_client(
        UserPoolId=outputs["UserPoolId"], ClientId=outputs["UserPoolClientId"]
    )["UserPoolClient"]
    assert "ClientSecret" not in client
    assert set(client["ExplicitAuthFlows"]) == {
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    }
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_redis_speaks_tls_and_asks_for_its_token(aws: EmbeddedAws) -> None:
    (group,) = aws.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    assert group["TransitEncryptionEnabled"] is True
    assert group["AtRestEncryptionEnabled"] is True
    assert group["AuthTokenEnabled"] is True
    secrets = aws.client("secretsmanager")
    token = secrets.get_secret_value(SecretId="sentry/dev/redis")["SecretString"]
    assert (len(token), token.isalnum()) == (64, True)


def test_the_load_balancer_sends_websockets_to_their_own_service(aws: EmbeddedAws) -> None:
    elb = aws.client("elbv2")
    outputs = aws.outputs("sentry-alb-dev")
    groups = elb.describe_target_groups()["TargetGroups"]
    assert {group["TargetGroupArn"]: group["Port"] for group in groups} == {
        outputs["FrontendTargetGroupArn"]: 8080,
        outputs["WebSocketTargetGroupArn"]: 8081,
    }
    (listener,) = elb.describe_listeners(LoadBalancerArn=outputs["LoadBalancerArn"])["Listeners"]
    assert (listener["Port"], listener["Protocol"]) == (80, "HTTP")
    rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    targets = {
        tuple(rule["Conditions"][0].get("Values", [])) if rule["Conditions"] else (): rule[
            "Actions"
        ][0]["TargetGroupArn"]
        for rule in rules
    }
    assert targets[("/ws/*",)] == outputs["WebSocketTargetGroupArn"]
    assert targets[()] == outputs["FrontendTargetGroupArn"]
    assert outputs["ALBSecurityGroupId"] == aws.outputs("sentry-vpc-dev")["ALBSecurityGroupId"]


def test_the_gateway_lets_the_load_balancer_in_and_nobody_else(aws: EmbeddedAws) -> None:
    group_id = aws.outputs("sentry-cluster-gateway-dev")["ServiceSecurityGroupId"]
    (group,) = aws.client("ec2").describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    balancer = aws.outputs("sentry-vpc-dev")["ALBSecurityGroupId"]
    assert {(rule["FromPort"], rule["ToPort"]) for rule in group["IpPermissions"]} == {
        (8080, 8080),
        (8081, 8081),
    }
    for rule in group["IpPermissions"]:
        assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [balancer]
        assert not rule["IpRanges"]


@pytest.mark.parametrize("one", names.SERVICES, ids=lambda one: one.service)
def test_a_service_runs_its_image_and_is_rolled_back_when_it_fails(
    aws: EmbeddedAws, one: names.Service
) -> None:
    found = service(aws, one)
    assert found["desiredCount"] == 1
    breaker = found["deploymentConfiguration"]["deploymentCircuitBreaker"]
    assert breaker["enable"] is True
    assert breaker["rollback"] is True
    task = aws.client("ecs").describe_task_definition(taskDefinition=found["taskDefinition"])
    (container,) = task["taskDefinition"]["containerDefinitions"]
    assert container["name"] == one.service
    assert container["image"].endswith(f"/{names.repository_name(one.image, 'dev')}:{TAG}")


def test_services_stand_behind_their_target_groups(aws: EmbeddedAws) -> None:
    outputs = aws.outputs("sentry-alb-dev")
    behind = {
        one.service: [
            (balancer["targetGroupArn"], balancer["containerPort"])
            for balancer in service(aws, one)["loadBalancers"]
        ]
        for one in names.SERVICES
    }
    assert behind == {
        "frontend-admin": [(outputs["FrontendTargetGroupArn"], 8080)],
        "oms": [],
        "websocket": [(outputs["WebSocketTargetGroupArn"], 8081)],
    }


def test_each_service_with_an_image_scales_by_a_measure_of_its_own(aws: EmbeddedAws) -> None:
    scaling = aws.client("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert {target["ResourceId"] for target in targets} == {
        f"service/{names.cluster_name(one.cluster, 'dev')}/{names.service_name(one.service, 'dev')}"
        for one in names.SERVICES
    }
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    tracked = {
        policy["ResourceId"].rpartition("/")[2]: policy["TargetTrackingScalingPolicyConfiguration"]
        for policy in policies
    }
    requests = tracked["sentry-frontend-admin-service-dev"]["PredefinedMetricSpecification"]
    assert requests["PredefinedMetricType"] == "ALBRequestCountPerTarget"
    outputs = aws.outputs("sentry-alb-dev")
    assert requests["ResourceLabel"] == (
        f"{outputs['LoadBalancerFullName']}/{outputs['FrontendTargetGroupFullName']}"
    )
    assert requests["ResourceLabel"].split("/")[3] == "targetgroup"
    cpu = tracked["sentry-websocket-service-dev"]["PredefinedMetricSpecification"]
    assert cpu["PredefinedMetricType"] == "ECSServiceAverageCPUUtilization"
    backlog = tracked["sentry-oms-service-dev"]["CustomizedMetricSpecification"]["Metrics"]
    queue = backlog[0]["MetricStat"]["Metric"]["Dimensions"][0]["Value"]
    assert queue == names.queue_name("master-order", "dev", fifo=True)


def test_redis_reaches_those_who_use_it_by_name_and_secret(aws: EmbeddedAws) -> None:
    arn = aws.outputs("sentry-redis-dev")["AuthSecretArn"]
    for one in names.SERVICES:
        task = aws.client("ecs").describe_task_definition(
            taskDefinition=service(aws, one)["taskDefinition"]
        )["taskDefinition"]
        (container,) = task["containerDefinitions"]
        secrets = {secret["name"]: secret["valueFrom"] for secret in container["secrets"]}
        assert secrets.get("REDIS_AUTH") == (None if one.service == "frontend-admin" else arn)


@pytest.mark.parametrize("one", names.SERVICES, ids=lambda one: one.service)
def test_a_pipeline_builds_and_deploys_one_service_on_a_push_to_its_directory(
    aws: EmbeddedAws, one: names.Service
) -> None:
    codepipeline = aws.client("codepipeline")
    name = one.service.removesuffix("-admin")
    pipeline = codepipeline.get_pipeline(name=f"sentry-pipeline-{name}-dev")["pipeline"]
    assert [stage["name"] for stage in pipeline["stages"]] == ["Source", "Build", "Deploy"]
    (push,) = pipeline["triggers"][0]["gitConfiguration"]["push"]
    assert push["branches"] == {"includes": ["main"]}
    assert push["filePaths"] == {"includes": [f"{one.image}/**"]}
    (deploy,) = pipeline["stages"][2]["actions"]
    assert deploy["configuration"] == {
        "ClusterName": names.cluster_name(one.cluster, "dev"),
        "ServiceName": names.service_name(one.service, "dev"),
        "FileName": "imagedefinitions.json",
    }
    (project,) = aws.client("codebuild").batch_get_projects(names=[f"sentry-build-{name}-dev"])[
        "projects"
    ]
    assert project["environment"]["type"] == "ARM_CONTAINER"


def test_the_account_has_the_role_that_ecs_needs_of_its_own(aws: EmbeddedAws) -> None:
    roles = aws.client("iam").list_roles(PathPrefix="/aws-service-role/ecs.amazonaws.com/")
    assert len(roles["Roles"]) == 1


class TestValidateCognito:
    """These come last: they spoil the pool."""

    dependents = ("task-frontend", "task-websocket", "pipeline-frontend")

    def refused(self, project: Project, aws: EmbeddedAws) -> str:
        stacks = [f"sentry-{stack}-dev" for stack in self.dependents]
        before = [aws.stack(stack) for stack in stacks]
        done = project.sceptre("launch", "-y", "dev")
        assert done.returncode == 1
        assert [aws.stack(stack) for stack in stacks] == before
        failed = failures(done.stdout)
        assert set(failed) == {"dev/task-frontend", "dev/task-websocket"}
        (cause,) = set(failed.values())
        return cause

    def test_a_pool_that_was_weakened_stops_who_depends_on_it(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        cognito = aws.client("cognito-idp")
        outputs = aws.outputs("sentry-cognito-dev")
        pool = outputs["UserPoolId"]
        cognito.set_user_pool_mfa_config(
            UserPoolId=pool,
            MfaConfiguration="OFF",
            SoftwareTokenMfaConfiguration={"Enabled": False},
        )
        cognito.update_user_pool_client(
            UserPoolId=pool,
            ClientId=outputs["UserPoolClientId"],
            ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"],
        )
        project.edit("config/config.yaml", 'frontend_cpu: ""', "frontend_cpu: 512")
        project.edit("config/config.yaml", 'frontend_memory: ""', "frontend_memory: 1024")
        said = self.refused(project, aws)
        assert "its MFA is OFF and must be at least OPTIONAL" in said
        assert "does not accept software tokens (TOTP)" in said
        assert "its client lacks the flows ALLOW_USER_SRP_AUTH" in said

    def test_a_pool_that_is_gone_stops_who_depends_on_it(
        self, project: Project, aws: EmbeddedAws
    ) -> None:
        pool = aws.outputs("sentry-cognito-dev")["UserPoolId"]
        aws.client("cognito-idp").delete_user_pool(UserPoolId=pool)
        assert "the pool does not exist" in self.refused(project, aws)
