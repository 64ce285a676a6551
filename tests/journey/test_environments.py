"""dev, staging and prod side by side in one account."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from hooks.protect_state import policy
from sentry_oms.names import ENVIRONMENTS
from tests.conftest import EmbeddedAws, Project, template
from tests.plan_examples import put_back

STACKS = 16


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    for environment in ENVIRONMENTS:
        project.succeed("launch", "-y", environment)
    return project


def stacks(aws: EmbeddedAws, environment: str) -> dict[str, Any]:
    names = [name for name in aws.stack_names() if name.endswith(f"-{environment}")]
    return {name: aws.stack(name) for name in names}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_stack_of_each_is_complete(
    project: Project, aws: EmbeddedAws, environment: str
) -> None:
    found = stacks(aws, environment)
    assert len(found) == STACKS
    assert {stack["StackStatus"] for stack in found.values()} == {"CREATE_COMPLETE"}
    assert project.differing(environment) == {}


@pytest.mark.usefixtures("project")
def test_each_has_its_network(aws: EmbeddedAws) -> None:
    ec2 = aws.client("ec2")
    found = {}
    for environment in ENVIRONMENTS:
        vpc = aws.outputs(f"sentry-vpc-{environment}")
        here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        gateways = ec2.describe_nat_gateways(Filters=here)["NatGateways"]
        url = aws.outputs(f"sentry-alb-{environment}")["LoadBalancerUrl"]
        found[environment] = (vpc["VpcCidr"], len(gateways), url.partition(":")[0])
    assert found == {
        "dev": ("172.22.0.0/16", 1, "http"),
        "staging": ("172.22.0.0/16", 1, "https"),
        "prod": ("10.30.0.0/16", 2, "https"),
    }


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_only_prod_has_backups_insights_and_a_key_and_no_shell(
    aws: EmbeddedAws, environment: str
) -> None:
    prod = environment == "prod"
    dynamodb, ecs = aws.client("dynamodb"), aws.client("ecs")
    for name in (f"oms_config_{environment}", f"oms_trading_data_{environment}"):
        table = dynamodb.describe_table(TableName=name)["Table"]
        backups = dynamodb.describe_continuous_backups(TableName=name)
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert table["DeletionProtectionEnabled"] is prod
        assert (recovery["PointInTimeRecoveryStatus"] == "ENABLED") is prod
    cluster = f"sentry-oms-{environment}"
    (found,) = ecs.describe_clusters(clusters=[cluster], include=["SETTINGS"])["clusters"]
    insights = {setting["name"]: setting["value"] for setting in found["settings"]}
    assert (insights["containerInsights"] == "enabled") is prod
    service_name = f"sentry-oms-service-{environment}"
    (service,) = ecs.describe_services(cluster=cluster, services=[service_name])["services"]
    assert service["enableExecuteCommand"] is not prod
    logs = aws.client("logs").describe_log_groups(logGroupNamePrefix=f"/sentry/oms/{environment}")
    (group,) = logs["logGroups"]
    assert group["retentionInDays"] == {"dev": 14, "staging": 30, "prod": 365}[environment]
    secret = aws.client("secretsmanager").describe_secret(SecretId=f"sentry/{environment}")
    assert bool(secret.get("KmsKeyId")) is prod


@pytest.mark.usefixtures("project")
def test_every_stack_of_prod_is_protected_and_none_of_dev(aws: EmbeddedAws) -> None:
    cloudformation = aws.client("cloudformation")
    for environment in ("dev", "prod"):
        prod = environment == "prod"
        for name, stack in stacks(aws, environment).items():
            body = cloudformation.get_stack_policy(StackName=name).get("StackPolicyBody")
            assert stack["EnableTerminationProtection"] is prod, name
            assert json.loads(body or "null") == (policy() if prod else None), name


@pytest.mark.usefixtures("project")
def test_the_embedded_aws_stays_small(aws: EmbeddedAws) -> None:
    assert psutil.Process(aws.record.pid).memory_info().rss < 700 * 2**20


def test_a_plan_names_the_stacks_whose_policy_denies_a_new_tag(
    project: Project, aws: EmbeddedAws
) -> None:
    aws.control()
    with put_back(project):
        project.edit("config/config.yaml", "CostCenter: sentry-oms", "CostCenter: trading")
        done = project.program("oms", "plan", "staging")
    assert done.returncode == 1, done.stdout + done.stderr
    refusals = done.stdout.partition("CloudFormation will refuse\n")[2].partition("\n\n")[0]
    assert "staging/secrets modify AppSecret (AWS::SecretsManager::Secret" in refusals
    assert "staging/redis modify AuthSecret (AWS::SecretsManager::Secret" in refusals
    assert refusals.count("the stack policy denies Update:Modify") == 2
    assert "UpdateStack" not in aws.calls()


def test_a_deletion_of_dev_leaves_the_others(project: Project, aws: EmbeddedAws) -> None:
    before = {name: stacks(aws, name) for name in ("staging", "prod")}
    project.succeed("delete", "-y", "dev")
    assert stacks(aws, "dev") == {}
    # The table of the launch lock belongs to no stack.
    tables = {*aws.client("dynamodb").list_tables()["TableNames"]} - {"sentry-launches-dev"}
    assert tables == {
        f"{table}{environment}"
        for table in ("oms_config_", "oms_trading_data_", "sentry-launches-")
        for environment in ("prod", "staging")
    }
    assert {name: stacks(aws, name) for name in ("staging", "prod")} == before


def test_prod_without_a_certificate_is_refused(project: Project, aws: EmbeddedAws) -> None:
    before = stacks(aws, "prod")
    done = project.sceptre("launch", "-y", "prod", CERTIFICATE_ARN="")
    assert done.returncode == 1
    assert stacks(aws, "prod") == before


TASK = {
    "Environment": "dev",
    "ECSClusterStackName": "none",
    "ECRRepositoryUri": "123456789.dkr.ecr.us-east-1.amazonaws.com/oms-service",
    "AppSecretArn": "arn:aws:secretsmanager:us-east-1:123456789:secret:sentry/dev",
}


@pytest.mark.parametrize(
    ("path", "parameters", "refusal"),
    [
        (
            "networking/vpc-nonprod.json",
            {"Environment": "prod", "VpcCidr": "172.22.0.0/16"},
            "belongs to dev and staging",
        ),
        ("networking/vpc-nonprod.json", {"Environment": "qa"}, "Environment"),
        (
            "networking/vpc-nonprod.json",
            {"Environment": "dev", "AvailabilityZone2": "us-east-1a"},
            "zone",
        ),
        ("compute/task-definition-oms.json", {**TASK, "ImageTag": "none"}, "DesiredCount must be"),
        ("compute/task-definition-oms.json", {**TASK, "Cpu": "512"}, "together"),
        (
            "compute/task-definition-oms.json",
            {**TASK, "Cpu": "256", "Memory": "4096"},
            "With Cpu 256",
        ),
    ],
)
def test_a_template_refuses_impossible_parameters(
    aws: EmbeddedAws, path: str, parameters: dict[str, str], refusal: str
) -> None:
    with pytest.raises(ClientError, match=refusal):
        aws.deploy("refused", template(path), **parameters)
