"""A person launches dev, looks at what exists, changes something, and takes it down again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import EmbeddedAws, Project, push_image

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
LEAVES = {"pipeline-frontend", "pipeline-oms", "pipeline-websocket"}
QUEUES = {
    "master-order": True,
    "order-execution-polling": False,
    "clients-events": False,
    **{
        f"{x}-{kind}": True
        for x in ("bitget", "bingx", "okx")
        for kind in ("orders", "filled-orders")
    },
}

pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """A project that was launched once."""
    project = new_project()
    project.succeed("launch", "-y", "dev")
    return project


def policy_documents(iam: Any, role: str) -> list[dict[str, Any]]:
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]


def resources(documents: list[dict[str, Any]], service: str) -> set[str]:
    return {
        resource
        for document in documents
        for statement in document["Statement"]
        for resource in (
            statement["Resource"]
            if isinstance(statement["Resource"], list)
            else [statement["Resource"]]
        )
        if resource.startswith(f"arn:aws:{service}:")
    }


def test_every_stack_is_complete_and_named_by_the_seeds_rule(aws: EmbeddedAws) -> None:
    assert sorted(aws.stack_names()) == [f"sentry-{stack}-dev" for stack in STACKS]
    assert {aws.stack(name)["StackStatus"] for name in aws.stack_names()} == {"CREATE_COMPLETE"}


def test_every_stack_carries_the_tags(aws: EmbeddedAws) -> None:
    for stack in STACKS:
        tags = {t["Key"]: t["Value"] for t in aws.stack(f"sentry-{stack}-dev")["Tags"]}
        assert tags == {
            "Project": "sentry-oms",
            "Environment": "dev",
            "Stack": stack,
            "Owner": "platform",
            "CostCenter": "sentry-oms",
            "ManagedBy": "sceptre",
        }


def test_a_second_launch_changes_nothing_and_says_so(project: Project, aws: EmbeddedAws) -> None:
    before = [aws.stack(name) for name in aws.stack_names()]
    said = project.succeed("launch", "-y", "dev")
    assert said.count(" unchanged\n") == len(STACKS)
    assert f"launch: {len(STACKS)} unchanged, in " in said
    assert [aws.stack(name) for name in aws.stack_names()] == before


def test_a_diff_after_the_launch_is_empty(project: Project) -> None:
    said = project.succeed("diff", "dev")
    assert said.count("No difference to deployed stack") == len(STACKS)
    assert project.differing() == {}


def test_each_stack_is_described_once(project: Project, aws: EmbeddedAws) -> None:
    for command in (["launch", "-y", "dev"], ["diff", "dev"]):
        aws.control()
        project.succeed(*command)
        assert aws.calls()["DescribeStacks"] == len(STACKS)


def test_a_launch_that_changes_nothing_asks_little(project: Project, aws: EmbeddedAws) -> None:
    """Each stack described and tried, three services looked at, one pool, one secret."""
    aws.control()
    project.succeed("launch", "-y", "dev")
    assert sum(aws.calls().values()) <= 44, aws.calls()
    aws.control()
    project.succeed("diff", "dev")
    assert sum(aws.calls().values()) <= 85, aws.calls()


def test_the_network_has_two_zones_and_one_way_out(aws: EmbeddedAws) -> None:
    ec2 = aws.client("ec2")
    outputs = aws.outputs("sentry-vpc-dev")
    here = [{"Name": "vpc-id", "Values": [outputs["VpcId"]]}]
    (vpc,) = ec2.describe_vpcs(VpcIds=[outputs["VpcId"]])["Vpcs"]
    assert vpc["CidrBlock"] == "172.22.0.0/16"
    subnets = {s["SubnetId"]: s for s in ec2.describe_subnets(Filters=here)["Subnets"]}
    public = outputs["PublicSubnetIds"].split(",")
    private = outputs["PrivateSubnetIds"].split(",")
    assert sorted(subnets) == sorted(public + private)
    for pair in (public, private):
        assert sorted(subnets[one]["AvailabilityZone"] for one in pair) == [
            "us-east-1a",
            "us-east-1b",
        ]
    gateways = ec2.describe_nat_gateways(Filters=here)["NatGateways"]
    assert [(g["State"], g["SubnetId"] in public) for g in gateways] == [("available", True)]
    default_routes = {
        association["SubnetId"]: next(
            route.get("NatGatewayId") or route.get("GatewayId")
            for route in table["Routes"]
            if route.get("DestinationCidrBlock") == "0.0.0.0/0"
        )
        for table in ec2.describe_route_tables(Filters=here)["RouteTables"]
        for association in table["Associations"]
        if association.get("SubnetId")
    }
    assert {default_routes[one] for one in private} == {gateways[0]["NatGatewayId"]}
    assert all(default_routes[one].startswith("igw-") for one in public)


def test_nine_queues_with_their_types_and_dead_letter_queues(aws: EmbeddedAws) -> None:
    sqs = aws.client("sqs")
    urls = {url.rpartition("/")[2] for url in sqs.list_queues()["QueueUrls"]}
    expected = {
        f"{name}-{kind}-dev{'.fifo' if fifo else ''}"
        for name, fifo in QUEUES.items()
        for kind in ("queue", "dlq")
    }
    assert urls == expected
    for name, fifo in QUEUES.items():
        suffix = ".fifo" if fifo else ""
        attributes = queue_attributes(sqs, f"{name}-queue-dev{suffix}")
        dead_letter = queue_attributes(sqs, f"{name}-dlq-dev{suffix}")
        assert attributes.get("FifoQueue", "false") == str(fifo).lower()
        assert json.loads(attributes["RedrivePolicy"]) == {
            "deadLetterTargetArn": dead_letter["QueueArn"],
            "maxReceiveCount": 5,
        }
        assert json.loads(dead_letter["RedriveAllowPolicy"]) == {
            "redrivePermission": "byQueue",
            "sourceQueueArns": [attributes["QueueArn"]],
        }
        assert dead_letter["MessageRetentionPeriod"] == str(14 * 24 * 3600)
        for one in (attributes, dead_letter):
            assert one["SqsManagedSseEnabled"] == "true"
            (statement,) = json.loads(one["Policy"])["Statement"]
            assert statement["Effect"] == "Deny"
            assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def queue_attributes(sqs: Any, name: str) -> dict[str, str]:
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    return dict(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])


def test_orders_arrive_in_order_once_and_fail_into_the_dead_letter_queue(aws: EmbeddedAws) -> None:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="okx-orders-queue-dev.fifo")["QueueUrl"]
    for body, order in (("first", "1"), ("second", "2"), ("first again", "1")):
        sqs.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId="btc", MessageDeduplicationId=order
        )
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    assert [message["Body"] for message in received["Messages"]] == ["first", "second"]

    for _ in range(4):
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0)
    dead = sqs.get_queue_url(QueueName="okx-orders-dlq-dev.fifo")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10, WaitTimeSeconds=0)
    assert [message["Body"] for message in found["Messages"]] == ["first", "second"]


def test_two_tables_with_their_settings(aws: EmbeddedAws) -> None:
    dynamodb = aws.client("dynamodb")
    config = dynamodb.describe_table(TableName="oms_config_dev")["Table"]
    trading = dynamodb.describe_table(TableName="oms_trading_data_dev")["Table"]
    for table in (config, trading):
        assert table["KeySchema"] == [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ]
        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert table["SSEDescription"]["Status"] == "ENABLED"
        assert table["DeletionProtectionEnabled"] is False
        backups = dynamodb.describe_continuous_backups(TableName=table["TableName"])
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert recovery["PointInTimeRecoveryStatus"] == "DISABLED"
    assert [index["IndexName"] for index in trading["GlobalSecondaryIndexes"]] == ["GSI1"]
    assert trading["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    ttl = dynamodb.describe_time_to_live(TableName="oms_trading_data_dev")["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "ttl")


def test_the_application_secret_has_a_generated_key(aws: EmbeddedAws) -> None:
    value = aws.client("secretsmanager").get_secret_value(SecretId="sentry/dev")["SecretString"]
    key = json.loads(value)["app_secret_key"]
    assert len(key) == 64
    assert key.isalnum()


def test_the_cluster_and_the_service_stand_without_an_image(aws: EmbeddedAws) -> None:
    ecs = aws.client("ecs")
    (cluster,) = ecs.describe_clusters(clusters=["sentry-oms-dev"])["clusters"]
    assert cluster["capacityProviders"] == ["FARGATE"]
    (service,) = ecs.describe_services(
        cluster="sentry-oms-dev", services=["sentry-oms-service-dev"]
    )["services"]
    assert (service["status"], service["desiredCount"]) == ("ACTIVE", 0)
    assert service["enableExecuteCommand"] is True
    assert service["propagateTags"] == "SERVICE"
    breaker = service["deploymentConfiguration"]["deploymentCircuitBreaker"]
    assert breaker["enable"] is True
    assert breaker["rollback"] is True
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    assert network["assignPublicIp"] == "DISABLED"
    assert network["subnets"] == aws.outputs("sentry-vpc-dev")["PrivateSubnetIds"].split(",")


def test_the_task_definition_says_what_the_container_needs(aws: EmbeddedAws) -> None:
    arn = aws.outputs("sentry-task-oms-dev")["TaskDefinitionArn"]
    task = aws.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    assert task["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    assert (task["cpu"], task["memory"]) == ("512", "1024")
    (container,) = task["containerDefinitions"]
    environment = {e["name"]: e["value"] for e in container["environment"]}
    assert environment["EXCHANGES"] == "bitget,bingx,okx"
    assert environment["QUEUE_SUFFIX"] == "-queue-dev"
    assert environment["TRADING_TABLE"] == "oms_trading_data_dev"
    secret = aws.client("secretsmanager").describe_secret(SecretId="sentry/dev")["ARN"]
    assert {"name": "APP_SECRET", "valueFrom": secret} in container["secrets"]
    assert container["image"].endswith("/sentry/oms-dev:none")
    assert container["stopTimeout"] == 120


def test_the_roles_name_exactly_their_queues_tables_and_secrets(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    task = policy_documents(iam, "sentry-oms-task-dev")
    assert resources(task, "sqs") == {
        f"arn:aws:sqs:*:*:{name}-queue-dev{'.fifo' if fifo else ''}"
        for name, fifo in QUEUES.items()
    }
    tables = {"oms_config_dev", "oms_trading_data_dev"}
    assert {arn.split("/")[1] for arn in resources(task, "dynamodb")} == tables
    execution = policy_documents(iam, "sentry-oms-execution-dev")
    assert {arn.partition(":secret:")[2] for arn in resources(execution, "secretsmanager")} == {
        "sentry/dev",
        "sentry/dev-??????",
        "sentry/dev/redis",
        "sentry/dev/redis-??????",
    }
    assert {arn.partition(":repository/")[2] for arn in resources(execution, "ecr")} == {
        "sentry/oms-dev"
    }


def test_the_repositories_scan_what_is_pushed_and_keep_its_tag(aws: EmbeddedAws) -> None:
    repositories = aws.client("ecr").describe_repositories()["repositories"]
    assert {one["repositoryName"] for one in repositories} == REPOSITORIES
    for one in repositories:
        assert one["imageScanningConfiguration"] == {"scanOnPush": True}
        assert one["imageTagMutability"] == "IMMUTABLE"


def test_a_changed_cpu_is_the_only_difference_of_its_stack(
    new_project: Callable[[], Project],
) -> None:
    changed = new_project()
    changed.edit("config/config.yaml", 'oms_cpu: ""', "oms_cpu: 1024")
    difference = changed.differing("dev/task-oms")
    assert list(difference) == ["sentry-task-oms-dev"]
    said = difference["sentry-task-oms-dev"]
    assert "root.parameters['Cpu']" in said
    assert said.count("root") == 1
    assert "No template difference" in said


def test_everything_goes_in_reverse_order_and_comes_back(
    project: Project, aws: EmbeddedAws
) -> None:
    s3 = aws.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        s3.put_object(Bucket=bucket["Name"], Key="run/source.zip", Body=b"x")
    for repository in REPOSITORIES:
        push_image(aws, repository, "1" * 40)
    sqs = aws.client("sqs")
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
