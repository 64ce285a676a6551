"""Launch dev, add and remove an exchange, run its services, delete it and launch it again.

The tests depend on their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from sentry_oms import names
from tests.conftest import EmbeddedAws, Project, failures, push_image
from tests.plan_examples import add_an_exchange

STACKS = [
    "alb",
    "cluster-gateway",
    "cluster-oms",
    "cognito",
    "dynamodb-config",
    "dynamodb-trading",
    "pipeline-frontend",
    "pipeline-oms",
    "pipeline-websocket",
    "redis",
    "secrets",
    "sqs",
    "task-frontend",
    "task-oms",
    "task-websocket",
    "vpc",
]
REPOSITORIES = {"sentry/admin-front-end-dev", "sentry/oms-dev", "sentry/websocket-dev"}
QUEUES = [
    "master-order-queue-dev.fifo",
    "order-execution-polling-queue-dev",
    "clients-events-queue-dev",
    *(
        f"{exchange}-{kind}-queue-dev.fifo"
        for exchange in ("bitget", "bingx", "okx")
        for kind in ("orders", "filled-orders")
    ),
]
ORDERS, DEAD_ORDERS = "okx-orders-queue-dev.fifo", "okx-orders-dlq-dev.fifo"
NO_WAIT = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 0}
TAG = "a" * 40

pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """A project that was launched once."""
    project = new_project()
    project.succeed("launch", "-y", "dev")
    return project


def url(aws: EmbeddedAws, queue: str) -> str:
    return str(aws.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"])


def queue_names(aws: EmbeddedAws) -> set[str]:
    return {url.rpartition("/")[2] for url in aws.client("sqs").list_queues()["QueueUrls"]}


def dead_letter(queue: str) -> str:
    return queue.replace("-queue-", "-dlq-")


def policy_resources(aws: EmbeddedAws, role: str, service: str) -> set[str]:
    """Return the name in each ARN of a service in a role's policies."""
    iam = aws.client("iam")
    policies = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    arn = rf"arn:aws:{service}:[^:]*:[^:]*:(?:[a-z]+[:/])?([^']+)'"
    return set(re.findall(arn, str(policies)))


def physical_ids(aws: EmbeddedAws) -> dict[tuple[str, str], str]:
    cloudformation = aws.client("cloudformation")
    return {
        (name, resource["LogicalResourceId"]): resource["PhysicalResourceId"]
        for name in aws.stack_names()
        for resource in cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    }


def service(aws: EmbeddedAws, one: names.Service) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a service and its container definition."""
    ecs = aws.client("ecs")
    (found,) = ecs.describe_services(
        cluster=names.cluster_name(one.cluster, "dev"),
        services=[names.service_name(one.service, "dev")],
    )["services"]
    task = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])
    (container,) = task["taskDefinition"]["containerDefinitions"]
    return found, container


def test_every_stack_is_complete_and_has_its_name_and_tags(aws: EmbeddedAws) -> None:
    assert sorted(aws.stack_names()) == [f"sentry-{stack}-dev" for stack in STACKS]
    for stack in STACKS:
        found = aws.stack(f"sentry-{stack}-dev")
        assert found["StackStatus"] == "CREATE_COMPLETE"
        assert {tag["Key"]: tag["Value"] for tag in found["Tags"]} == {
            "Project": "sentry-oms",
            "Environment": "dev",
            "Stack": stack,
            "Owner": "platform",
            "CostCenter": "sentry-oms",
            "ManagedBy": "sceptre",
        }


def test_a_second_launch_changes_nothing_in_46_calls(project: Project, aws: EmbeddedAws) -> None:
    before = [aws.stack(name) for name in aws.stack_names()]
    aws.control()
    said = project.succeed("launch", "-y", "dev")
    calls = aws.calls()
    assert said.count(" unchanged\n") == len(STACKS)
    assert calls["DescribeStacks"] == len(STACKS)
    # Two of them take and release the lock.
    assert sum(calls.values()) <= 46, calls
    assert [aws.stack(name) for name in aws.stack_names()] == before


def test_a_diff_after_the_launch_is_empty(project: Project, aws: EmbeddedAws) -> None:
    aws.control()
    assert project.differing() == {}
    calls = aws.calls()
    assert calls["DescribeStacks"] == len(STACKS)
    assert sum(calls.values()) <= 85, calls


def test_each_queue_has_a_dead_letter_queue(aws: EmbeddedAws) -> None:
    assert queue_names(aws) == {*QUEUES, *map(dead_letter, QUEUES)}


def test_orders_arrive_once_in_order_and_fail_into_the_dead_letter_queue(aws: EmbeddedAws) -> None:
    sqs = aws.client("sqs")
    for body, order in (("first", "1"), ("second", "2"), ("first again", "1")):
        sqs.send_message(
            QueueUrl=url(aws, ORDERS),
            MessageBody=body,
            MessageGroupId="btc",
            MessageDeduplicationId=order,
        )
    for _ in range(5):
        received = sqs.receive_message(QueueUrl=url(aws, ORDERS), VisibilityTimeout=0, **NO_WAIT)
        assert [message["Body"] for message in received["Messages"]] == ["first", "second"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url(aws, ORDERS), **NO_WAIT)
    found = sqs.receive_message(QueueUrl=url(aws, DEAD_ORDERS), **NO_WAIT)
    assert [message["Body"] for message in found["Messages"]] == ["first", "second"]


def test_values_of_other_stacks_reach_the_task_and_its_roles(aws: EmbeddedAws) -> None:
    _, container = service(aws, names.SERVICES[1])
    environment = {one["name"]: one["value"] for one in container["environment"]}
    assert environment["EXCHANGES"] == "bitget,bingx,okx"
    assert environment["TRADING_TABLE"] == "oms_trading_data_dev"
    secret = aws.client("secretsmanager").describe_secret(SecretId="sentry/dev")["ARN"]
    assert {"name": "APP_SECRET", "valueFrom": secret} in container["secrets"]
    assert container["image"].endswith("/sentry/oms-dev:none")
    assert policy_resources(aws, "sentry-oms-task-dev", "sqs") == set(QUEUES)
    tables = policy_resources(aws, "sentry-oms-task-dev", "dynamodb")
    assert {name.partition("/")[0] for name in tables} == {"oms_config_dev", "oms_trading_data_dev"}
    secrets = policy_resources(aws, "sentry-oms-execution-dev", "secretsmanager")
    assert {name.removesuffix("-??????") for name in secrets} == {"sentry/dev", "sentry/dev/redis"}
    repositories = policy_resources(aws, "sentry-oms-execution-dev", "ecr")
    assert repositories == {"sentry/oms-dev"}


def test_a_changed_cpu_is_the_only_difference_of_its_stack(
    new_project: Callable[[], Project],
) -> None:
    changed = new_project()
    changed.edit("config/config.yaml", 'oms_cpu: ""', "oms_cpu: 1024")
    (said,) = changed.differing("dev/task-oms").values()
    assert "root.parameters['Cpu']" in said
    assert said.count("root") == 1
    assert "No template difference" in said


def test_an_exchange_is_added_and_removed(project: Project, aws: EmbeddedAws) -> None:
    kept = "bingx-orders-queue-dev.fifo"
    aws.client("sqs").send_message(
        QueueUrl=url(aws, kept), MessageBody="x", MessageGroupId="g", MessageDeduplicationId="1"
    )
    resources = physical_ids(aws)
    added = ["kraken-orders-queue-dev.fifo", "kraken-filled-orders-queue-dev.fifo"]

    add_an_exchange(project)
    said = project.differing()
    assert sorted(said) == ["sentry-cluster-oms-dev", "sentry-sqs-dev", "sentry-task-oms-dev"]
    assert "KrakenOrdersQueue" in said["sentry-sqs-dev"]
    assert "kraken-orders-queue-dev.fifo" in said["sentry-cluster-oms-dev"]
    assert "root.parameters['Exchanges']" in said["sentry-task-oms-dev"]
    project.succeed("launch", "-y", "dev")
    assert queue_names(aws) == {*QUEUES, *added, *map(dead_letter, [*QUEUES, *added])}
    assert policy_resources(aws, "sentry-oms-task-dev", "sqs") == {*QUEUES, *added}
    now = physical_ids(aws)
    # Each change of a task definition is a new revision.
    assert {key for key, value in resources.items() if now.get(key) != value} == {
        ("sentry-task-oms-dev", "TaskDefinition")
    }

    project.edit("config/config.yaml", ", kraken]", "]")
    project.succeed("launch", "-y", "dev")
    assert queue_names(aws) == {*QUEUES, *map(dead_letter, QUEUES)}
    assert policy_resources(aws, "sentry-oms-task-dev", "sqs") == set(QUEUES)
    assert project.differing() == {}
    assert len(aws.client("sqs").receive_message(QueueUrl=url(aws, kept))["Messages"]) == 1


def test_services_run_their_images_behind_the_load_balancer_and_scale(
    project: Project, aws: EmbeddedAws
) -> None:
    for one in names.SERVICES:
        push_image(aws, names.repository_name(one.image, "dev"), TAG)
    project.succeed("launch", "-y", "dev")
    balancer, token = (
        aws.outputs("sentry-alb-dev"),
        aws.outputs("sentry-redis-dev")["AuthSecretArn"],
    )
    groups = {
        "frontend-admin": [(balancer["FrontendTargetGroupArn"], 8080)],
        "oms": [],
        "websocket": [(balancer["WebSocketTargetGroupArn"], 8081)],
    }
    for one in names.SERVICES:
        found, container = service(aws, one)
        assert found["desiredCount"] == 1
        assert container["image"].endswith(f"/{names.repository_name(one.image, 'dev')}:{TAG}")
        secrets = {secret["name"]: secret["valueFrom"] for secret in container["secrets"]}
        assert secrets.get("REDIS_AUTH") == (None if one.service == "frontend-admin" else token)
        behind = [
            (each["targetGroupArn"], each["containerPort"]) for each in found["loadBalancers"]
        ]
        assert behind == groups[one.service]
    scaling = aws.client("application-autoscaling")
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    tracked = {
        policy["ResourceId"].rpartition("/")[2]: policy["TargetTrackingScalingPolicyConfiguration"]
        for policy in policies
    }
    assert tracked.keys() == {names.service_name(one.service, "dev") for one in names.SERVICES}
    requests = tracked["sentry-frontend-admin-service-dev"]["PredefinedMetricSpecification"]
    assert requests["ResourceLabel"] == (
        f"{balancer['LoadBalancerFullName']}/{balancer['FrontendTargetGroupFullName']}"
    )
    roles = aws.client("iam").list_roles(PathPrefix="/aws-service-role/ecs.amazonaws.com/")
    assert len(roles["Roles"]) == 1


def test_everything_is_deleted_in_reverse_order_and_comes_back(
    project: Project, aws: EmbeddedAws
) -> None:
    s3, sqs = aws.client("s3"), aws.client("sqs")
    for bucket in s3.list_buckets()["Buckets"]:
        s3.put_object(Bucket=bucket["Name"], Key="run/source.zip", Body=b"x")
    for queue in sqs.list_queues()["QueueUrls"]:
        sqs.purge_queue(QueueUrl=queue)
    said = project.succeed("delete", "-y", "dev")
    gone = re.findall(r"\] (\S+) deleted in ", said)
    assert gone.index("dev/task-oms") < gone.index("dev/cluster-oms") < gone.index("dev/vpc")
    assert aws.stack_names() == []
    assert s3.list_buckets()["Buckets"] == []
    kept = aws.client("ecr").describe_repositories()["repositories"]
    assert {one["repositoryName"] for one in kept} == REPOSITORIES
    project.succeed("launch", "-y", "dev")
    assert len(aws.stack_names()) == len(STACKS)


def refused_by_the_pool(project: Project, aws: EmbeddedAws) -> str:
    """Launch dev, whose dependents of the user pool must fail untouched, and return the cause."""
    stacks = [
        f"sentry-{one}-dev" for one in ("task-frontend", "task-websocket", "pipeline-frontend")
    ]
    before = [aws.stack(stack) for stack in stacks]
    done = project.sceptre("launch", "-y", "dev")
    assert done.returncode == 1
    assert [aws.stack(stack) for stack in stacks] == before
    failed = failures(done.stdout)
    assert set(failed) == {"dev/task-frontend", "dev/task-websocket"}
    (cause,) = set(failed.values())
    return cause


def test_a_weakened_or_deleted_user_pool_stops_its_dependents(
    project: Project, aws: EmbeddedAws
) -> None:
    cognito, outputs = aws.client("cognito-idp"), aws.outputs("sentry-cognito-dev")
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
    said = refused_by_the_pool(project, aws)
    assert "its MFA is OFF" in said
    assert "TOTP" in said
    assert "ALLOW_USER_SRP_AUTH" in said
    cognito.delete_user_pool(UserPoolId=pool)
    assert "the pool does not exist" in refused_by_the_pool(project, aws)
