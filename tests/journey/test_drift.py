"""Changes made by hand are detected, shown and put back with the commands of docs/DRIFT.md."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.conftest import ROOT, EmbeddedAws, Project
from tests.journey.shell import Shell, bash_blocks
from tests.plan_examples import add_an_exchange, put_back

PAGE = (ROOT / "docs/DRIFT.md").read_text()
ASK, PUT_BACK, NIGHTLY = bash_blocks(PAGE)
DETECT, SHOW = (line.split("#")[0].strip() for line in ASK.splitlines())
SCHEMA = json.loads((ROOT / "docs/schemas/run-report-1.json").read_text())
QUEUE = "master-order-queue-prod.fifo"
THE_QUEUE = "MasterOrderQueue (AWS::SQS::Queue) /VisibilityTimeout is 30, launched as 180"


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """prod, launched."""
    project = new_project()
    project.succeed("launch", "-y", "prod")
    return project


@pytest.fixture(scope="module")
def shell(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(project, tmp_path_factory.mktemp("bin"))


def drift(project: Project, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return project.program("sceptre", "--output", "json", "drift", *arguments, **environ)


def answers(stdout: str) -> dict[str, Any]:
    """Return the JSON documents that Sceptre prints, by the name of the stack."""
    decoder, found, at = json.JSONDecoder(), {}, 0
    while at < len(stdout.rstrip()):
        document, at = decoder.raw_decode(stdout, at)
        found.update(document)
        at += len(stdout[at:]) - len(stdout[at:].lstrip())
    return found


def set_timeout(aws: EmbeddedAws, seconds: int) -> None:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})


@pytest.fixture
def changed_queue(aws: EmbeddedAws) -> Iterator[None]:
    set_timeout(aws, 30)
    yield
    set_timeout(aws, 180)
    aws.control()


def test_drift_lasts_until_it_is_put_back(shell: Shell, aws: EmbeddedAws) -> None:
    set_timeout(aws, 30)
    found = shell.try_(DETECT)
    assert found.returncode == 2
    assert THE_QUEUE in found.stdout
    shown = shell.try_(SHOW)
    assert shown.returncode == 2
    assert "PropertyPath: /VisibilityTimeout" in shown.stdout
    assert "launch: 16 unchanged" in shell.type("sceptre launch -y prod")
    assert shell.try_(DETECT).returncode == 2
    shell.type(PUT_BACK)
    assert "drift: 16 as launched" in shell.type(DETECT)


def test_an_intended_change_is_written_into_config_and_launched(
    project: Project, aws: EmbeddedAws
) -> None:
    set_timeout(aws, 30)
    with put_back(project):
        name = "- name: master-order\n"
        project.edit("config/prod/sqs.yaml", name, f"{name}      visibility_timeout: 30\n")
        add_an_exchange(project)
        project.succeed("launch", "-y", "prod")
        first, *_, last = drift(project, "detect", "prod").stderr.splitlines()
        assert first == "drift: 16 as launched"
        assert re.fullmatch(r"Not compared: \d+ resources of types without .*", last)
    project.succeed("launch", "-y", "prod")


def test_a_table_a_rule_and_a_retention_that_were_changed_are_found(
    project: Project, aws: EmbeddedAws
) -> None:
    dynamodb, logs, ec2 = aws.client("dynamodb"), aws.client("logs"), aws.client("ec2")
    group = aws.outputs("sentry-vpc-prod")["ALBSecurityGroupId"]
    door = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    rule = [{**door, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    dynamodb.update_table(TableName="oms_config_prod", DeletionProtectionEnabled=False)
    logs.put_retention_policy(logGroupName="/sentry/oms/prod", retentionInDays=1)
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rule)
    done = drift(project, "detect", "prod")
    dynamodb.update_table(TableName="oms_config_prod", DeletionProtectionEnabled=True)
    logs.put_retention_policy(logGroupName="/sentry/oms/prod", retentionInDays=365)
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=rule)
    found = dict(re.findall(r"^    drifted: (\S+): (.*)$", done.stderr, flags=re.MULTILINE))
    assert found.keys() == {"prod/dynamodb-config", "prod/cluster-oms", "prod/vpc"}
    assert found["prod/dynamodb-config"] == (
        "Table (AWS::DynamoDB::Table) /DeletionProtectionEnabled is false, launched as true"
    )
    assert found["prod/cluster-oms"].endswith("/RetentionInDays is 1, launched as 365")
    assert '"FromPort": 22' in found["prod/vpc"]


@pytest.mark.usefixtures("changed_queue")
@pytest.mark.parametrize("command", [["detect"], ["show", "-D"]])
def test_stdout_is_the_answer_of_stock_sceptre(project: Project, command: list[str]) -> None:
    def lasting(stdout: str) -> dict[str, Any]:
        """Leave out what differs each time."""
        return answers(re.sub(r'"(Timestamp|StackDriftDetectionId)": "[^"]+"', r'"\1": ""', stdout))

    ours = drift(project, *command, "prod")
    with put_back(project):
        project.edit("config/config.yaml", "executor: ready_queue", "# executor: ready_queue")
        stock = drift(project, *command, "prod")
    assert (stock.returncode, ours.returncode) == (0, 2)
    assert "drift:" not in stock.stderr
    assert lasting(ours.stdout) == lasting(stock.stdout)
    assert len(lasting(ours.stdout)) == 16


@pytest.mark.usefixtures("changed_queue")
def test_the_nightly_command_writes_an_answer_a_text_and_a_report(
    shell: Shell, project: Project, aws: EmbeddedAws
) -> None:
    aws.control()
    assert shell.try_(f"OMS_REPORT=report.json {NIGHTLY}").returncode == 2
    assert aws.calls() == {
        "DescribeStacks": 16,
        "DetectStackDrift": 16,
        "DescribeStackDriftDetectionStatus": 16,
        "DescribeStackResourceDrifts": 1,
        "GetTemplate": 1,
        "ListStackResources": 16,
    }
    answer, text, report = (
        (project.directory / name).read_text() for name in ("drift.json", "drift.md", "report.json")
    )
    assert answers(answer)["sentry-sqs-prod"]["StackDriftStatus"] == "DRIFTED"
    assert re.search(r"^```\n(drift: .*?)^```", PAGE, re.MULTILINE | re.DOTALL)[1] == text
    run = json.loads(report)
    jsonschema.Draft7Validator(SCHEMA).validate(run)
    drifted = [one for one in run["stacks"] if one["drift"]["status"] != "as launched"]
    assert [one["name"] for one in drifted] == ["prod/sqs"]
    (resource,) = drifted[0]["drift"]["resources"]
    assert resource["differences"] == [
        {"path": "/VisibilityTimeout", "expected": "180", "actual": "30", "meant": None}
    ]


def test_missing_and_ignored_stacks_are_named(project: Project) -> None:
    done = drift(project, "detect", "staging", CODESTAR_CONNECTION_ARN="")
    assert done.returncode == 1
    assert done.stderr.startswith("drift: 13 not known, 3 left out\n")
    assert "staging/sqs: sentry-sqs-staging does not exist" in done.stderr
    assert answers(done.stdout)["sentry-sqs-staging"]["DetectionStatus"] == "STACK_DOES_NOT_EXIST"


@pytest.mark.usefixtures("changed_queue")
def test_a_stack_that_can_not_be_checked_does_not_hide_the_others(
    project: Project, aws: EmbeddedAws
) -> None:
    denied = {"code": "AccessDenied", "message": "no rights", "status": 403}
    aws.control(
        faults=[{"action": "DetectStackDrift", "containing": "sentry-redis-prod", **denied}],
        statuses={"sentry-alb-prod": "UPDATE_FAILED"},
    )
    done = drift(project, "detect", "prod")
    aws.control(statuses={"sentry-alb-prod": "UPDATE_COMPLETE"})
    assert done.returncode == 1
    assert done.stderr.startswith("drift: 2 not known, 1 drifted, 13 as launched\n")
    assert re.search(r"prod/redis: .*\(AccessDenied\)", done.stderr)
    assert re.search(r"prod/alb: .*UPDATE_FAILED", done.stderr)
    assert THE_QUEUE in done.stderr
    assert "sentry-redis-prod" not in answers(done.stdout)


HIDDEN = "correct-horse-battery"
VALUES = {
    "NoEcho": {"Ref": "Hidden"},
    "Resolved": "{{resolve:secretsmanager:drift:SecretString}}",
    "Plain": "written",
}
SECRETS = {
    "Parameters": {"Hidden": {"Type": "String", "NoEcho": True}},
    "Resources": {
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": "drift", "SecretString": f"{HIDDEN}-resolved"},
        },
        **{
            name: {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Name": name, "Type": "String", "Value": value},
                "DependsOn": "Secret",
            }
            for name, value in VALUES.items()
        },
    },
}


def test_secrets_are_masked(tmp_path: Path, aws: EmbeddedAws) -> None:
    config = {"project_code": "x", "region": "us-east-1", "executor": "ready_queue"}
    stack = {
        "template": {"path": "secrets.json"},
        "stack_name": "x-secrets",
        "stack_timeout": 5,
        "parameters": {"Hidden": HIDDEN},
    }
    files = {
        "config/config.yaml": json.dumps(config),
        "config/g/secrets.yaml": json.dumps(stack),
        "templates/secrets.json": json.dumps(SECRETS),
    }
    project = Project(tmp_path, dict(aws.environ), files)
    project.succeed("launch", "-y", "g")
    for name in VALUES:
        aws.client("ssm").put_parameter(Name=name, Value="by hand", Overwrite=True)
    for command in ("detect", "show"):
        done = drift(project, command, "g", OMS_REPORT=str(tmp_path / "report.json"))
        assert done.returncode == 2
        differs = "(AWS::SSM::Parameter) /Value is"
        assert f"g/secrets: NoEcho {differs} ****, launched as ****\n" in done.stderr
        assert f"g/secrets: Resolved {differs} ****, launched as ****\n" in done.stderr
        assert f"g/secrets: Plain {differs} by hand, launched as written\n" in done.stderr
        assert HIDDEN not in done.stderr
        assert HIDDEN not in (tmp_path / "report.json").read_text()
