"""The templates in every environment, as the seed's command line creates them.

config/ has only dev so far; the environments' shape in the templates is held from the first day.
"""

from __future__ import annotations

from typing import Any

import pytest

from sentry_oms.names import ENVIRONMENTS
from tests.conftest import EmbeddedAws, template
from tests.unit.test_sqs_queues_template import body

QUEUES = "master-order-queue-{0}.fifo,okx-orders-queue-{0}.fifo"
TABLES = "oms_config_{0},oms_trading_data_{0}"
REPOSITORY = "123456789.dkr.ecr.us-east-1.amazonaws.com/oms-service"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789:secret:sentry/{0}"


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest, aws: EmbeddedAws) -> str:
    """An environment whose seven stacks were created with the seed's parameters and no other."""
    name = str(request.param)
    for stack, source, parameters in (
        ("vpc", "networking/vpc-nonprod.json", {}),
        ("dynamodb-config", "dynamodb/oms-config-table.json", {}),
        ("dynamodb-trading", "dynamodb/oms-trading-table.json", {}),
        ("sqs", body(environment=name), {}),
        ("secrets", "secrets/secrets-manager.json", {}),
        (
            "cluster-oms",
            "compute/ecs-cluster-oms.json",
            {
                "VPCStackName": f"sentry-vpc-{name}",
                "SQSQueueNames": QUEUES.format(name),
                "DynamoDBTableNames": TABLES.format(name),
            },
        ),
        (
            "task-oms",
            "compute/task-definition-oms.json",
            {
                "ECSClusterStackName": f"sentry-cluster-oms-{name}",
                "ECRRepositoryUri": REPOSITORY,
                "AppSecretArn": SECRET.format(name),
            },
        ),
    ):
        text = source if source.startswith("{") else template(source)
        status = aws.deploy(f"sentry-{stack}-{name}", text, Environment=name, **parameters)
        assert status == "CREATE_COMPLETE", aws.reasons(f"sentry-{stack}-{name}")
    return name


def nat_gateways(aws: EmbeddedAws, environment: str) -> list[dict[str, Any]]:
    vpc = aws.outputs(f"sentry-vpc-{environment}")["VpcId"]
    found = aws.client("ec2").describe_nat_gateways(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "state", "Values": ["available"]}]
    )
    return list(found["NatGateways"])


def test_prod_has_its_own_range_and_a_way_out_of_each_zone(
    environment: str, aws: EmbeddedAws
) -> None:
    prod = environment == "prod"
    cidr = aws.outputs(f"sentry-vpc-{environment}")["VpcCidr"]
    assert cidr.startswith("10.") if prod else cidr == "172.22.0.0/16"
    assert len(nat_gateways(aws, environment)) == (2 if prod else 1)


def test_prod_tables_are_protected_and_can_go_back_in_time(
    environment: str, aws: EmbeddedAws
) -> None:
    dynamodb = aws.client("dynamodb")
    for name in TABLES.format(environment).split(","):
        table = dynamodb.describe_table(TableName=name)["Table"]
        assert table["DeletionProtectionEnabled"] is (environment == "prod")
        backups = dynamodb.describe_continuous_backups(TableName=name)
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert recovery["PointInTimeRecoveryStatus"] == (
            "ENABLED" if environment == "prod" else "DISABLED"
        )


def test_prod_has_container_insights_and_a_year_of_logs(environment: str, aws: EmbeddedAws) -> None:
    (cluster,) = aws.client("ecs").describe_clusters(
        clusters=[f"sentry-oms-{environment}"], include=["SETTINGS"]
    )["clusters"]
    insights = {setting["name"]: setting["value"] for setting in cluster["settings"]}
    expected = "enabled" if environment == "prod" else "disabled"
    assert insights["containerInsights"] == expected
    (group,) = aws.client("logs").describe_log_groups(
        logGroupNamePrefix=f"/sentry/oms/{environment}"
    )["logGroups"]
    assert group["retentionInDays"] == {"dev": 14, "staging": 30, "prod": 365}[environment]


def test_nobody_enters_a_container_in_prod(environment: str, aws: EmbeddedAws) -> None:
    ecs = aws.client("ecs")
    (service,) = ecs.describe_services(
        cluster=f"sentry-oms-{environment}", services=[f"sentry-oms-service-{environment}"]
    )["services"]
    assert service["enableExecuteCommand"] is (environment != "prod")
    arn = service["taskDefinition"]
    (container,) = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"][
        "containerDefinitions"
    ]
    assert container.get("readonlyRootFilesystem", False) is (environment == "prod")


def test_prod_secrets_have_a_key_of_their_own(environment: str, aws: EmbeddedAws) -> None:
    secret = aws.client("secretsmanager").describe_secret(SecretId=f"sentry/{environment}")
    assert bool(secret.get("KmsKeyId")) is (environment == "prod")


def test_prod_state_outlives_its_stacks_and_dev_state_does_not(
    environment: str, aws: EmbeddedAws
) -> None:
    for stack in ("task-oms", "cluster-oms", "secrets", "sqs", "dynamodb-trading"):
        assert aws.delete(f"sentry-{stack}-{environment}") == "DELETE_COMPLETE"
    queues = aws.client("sqs").list_queues(QueueNamePrefix="okx-orders").get("QueueUrls", [])
    kept = any(f"okx-orders-queue-{environment}" in url for url in queues)
    assert kept is (environment == "prod")
    tables = aws.client("dynamodb").list_tables()["TableNames"]
    assert (f"oms_trading_data_{environment}" in tables) is (environment == "prod")
    secrets = [one["Name"] for one in aws.client("secretsmanager").list_secrets()["SecretList"]]
    assert (f"sentry/{environment}" in secrets) is (environment == "prod")


def redis_nodes(aws: EmbeddedAws, stack: str) -> tuple[int, str]:
    """Nodes of the stack's Redis, and whether failover is enabled."""
    (resource,) = aws.client("cloudformation").describe_stack_resources(
        StackName=stack, LogicalResourceId="ReplicationGroup"
    )["StackResources"]
    (group,) = aws.client("elasticache").describe_replication_groups(
        ReplicationGroupId=resource["PhysicalResourceId"]
    )["ReplicationGroups"]
    (nodes,) = group["NodeGroups"]
    return len(nodes["NodeGroupMembers"]), group["AutomaticFailover"]


def test_multi_az_is_switched_on_and_off_in_two_launches_each(aws: EmbeddedAws) -> None:
    vpc, redis = "sentry-vpc-switched-staging", "sentry-redis-switched-staging"
    seen = []
    for value in ("false", "prepare", "true", "prepare", "false"):
        for stack, source, more in (
            (vpc, "networking/vpc-nonprod.json", {}),
            (redis, "data/elasticache-redis.json", {"VPCStackName": vpc}),
        ):
            parameters = {"Environment": "staging", "MultiAZ": value, **more}
            status = aws.deploy(stack, template(source), **parameters)
            assert status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), aws.reasons(stack)
        addresses = aws.outputs(vpc)["NatPublicIps"].split(",")
        gateways = len(nat_gateways(aws, "switched-staging"))
        seen.append((value, len(addresses), gateways, *redis_nodes(aws, redis)))
        if value == "prepare":
            prepared = addresses
        elif value == "true":
            assert addresses == prepared
    steps = [
        ("false", 1, 1, 1, "disabled"),
        ("prepare", 2, 1, 2, "disabled"),
        ("true", 2, 2, 2, "enabled"),
    ]
    assert seen == [*steps, steps[1], steps[0]]


def test_redis_refuses_failover_and_the_second_node_in_one_update(aws: EmbeddedAws) -> None:
    body = template("data/elasticache-redis.json")
    vpc, redis = "sentry-vpc-switched-staging", "sentry-redis-switched-staging"
    parameters = {"Environment": "staging", "VPCStackName": vpc, "MultiAZ": "true"}
    assert aws.deploy(redis, body, **parameters) == "UPDATE_ROLLBACK_COMPLETE"
    assert "must have at least one read replica" in aws.reasons(redis)
    assert redis_nodes(aws, redis) == (1, "disabled")


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"Environment": "prod", "VpcCidr": "172.22.0.0/16"}, "belongs to dev and staging"),
        ({"Environment": "dev", "VpcCidr": "192.168.0.0/16"}, "VpcCidr"),
        ({"Environment": "dev", "VpcCidr": "10.256.0.0/16"}, "VpcCidr"),
        ({"Environment": "qa"}, "Environment"),
        ({"Environment": "dev", "AvailabilityZone2": "us-east-1a"}, "zone"),
    ],
)
def test_a_network_that_cannot_be_is_refused(
    aws: EmbeddedAws, parameters: dict[str, str], refusal: str
) -> None:
    client = aws.client("cloudformation")
    with pytest.raises(client.exceptions.ClientError, match=refusal):
        aws.deploy("refused", template("networking/vpc-nonprod.json"), **parameters)
    assert "refused" not in aws.stack_names()


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"ImageTag": "none"}, "DesiredCount must be 0"),
        ({"Cpu": "512"}, "together"),
        ({"Cpu": "256", "Memory": "4096"}, "With Cpu 256"),
        ({"Cpu": "300", "Memory": "512"}, "Cpu"),
        ({"Exchanges": "okx,Bad"}, "Exchanges"),
    ],
)
def test_a_task_that_cannot_run_is_refused(
    aws: EmbeddedAws, parameters: dict[str, str], refusal: str
) -> None:
    client = aws.client("cloudformation")
    with pytest.raises(client.exceptions.ClientError, match=refusal):
        aws.deploy(
            "refused",
            template("compute/task-definition-oms.json"),
            Environment="dev",
            ECSClusterStackName="none",
            ECRRepositoryUri=REPOSITORY,
            AppSecretArn=SECRET.format("dev"),
            **parameters,
        )
    assert "refused" not in aws.stack_names()
