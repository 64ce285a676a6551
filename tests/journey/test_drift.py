"""Somebody changed something by hand: what the person on call, and the job of the night, see.

The commands are those of docs/DRIFT.md, run as they stand there.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest

from tests.conftest import ROOT, EmbeddedAws, Project
from tests.journey.test_operations import Shell
from tests.plan_examples import add_an_exchange

PAGE = (ROOT / "docs/DRIFT.md").read_text()
(ASK, PUT_BACK, NIGHTLY) = (
    dedent(block)
    for block in re.findall(r"^ *```bash\n(.*?)^ *```", PAGE, flags=re.MULTILINE | re.DOTALL)
)
DETECT, SHOW = (line.split("#")[0].strip() for line in ASK.splitlines())
SCHEMA = json.loads((ROOT / "docs/schemas/run-report-1.json").read_text())
QUEUE = "master-order-queue-prod.fifo"


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """prod, launched."""
    project = new_project()
    project.succeed("launch", "-y", "prod")
    return project


@pytest.fixture(scope="module")
def shell(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(project, tmp_path_factory.mktemp("bin"))


@pytest.fixture(autouse=True)
def without_faults(aws: EmbeddedAws) -> Iterator[None]:
    yield
    aws.control()


def drift(project: Project, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run ``sceptre drift``, with what a program reads apart from what a person does."""
    return project.program("sceptre", "--output", "json", "drift", *arguments, **environ)


def answers(stdout: str) -> dict[str, Any]:
    """The documents that Sceptre prints, by the stacks' names on AWS."""
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


THE_QUEUE = (
    "drifted: prod/sqs: MasterOrderQueue (AWS::SQS::Queue) "
    "/VisibilityTimeout is 30, launched as 180"
)


@pytest.mark.usefixtures("changed_queue")
def test_what_the_page_shows_is_what_is_said(project: Project) -> None:
    """The page's block of an answer, with the queue of this module."""
    shown = re.search(r"^```\n(drift: .*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert shown
    assert drift(project, "detect", "prod").stderr == shown[1]


def test_a_queue_that_was_changed_by_hand_is_found_until_it_is_put_back(
    shell: Shell, aws: EmbeddedAws
) -> None:
    assert "drift: 16 as launched" in shell.type(DETECT)
    set_timeout(aws, 30)
    found = shell.try_(DETECT)
    assert found.returncode == 2
    assert THE_QUEUE in found.stdout
    shown = shell.try_(SHOW)
    assert shown.returncode == 2
    assert "PropertyPath: /VisibilityTimeout" in shown.stdout
    assert "IN_SYNC" not in shown.stdout
    assert "launch: 16 unchanged" in shell.type("sceptre launch -y prod")
    assert shell.try_(DETECT).returncode == 2
    shell.type(PUT_BACK)
    assert "drift: 16 as launched" in shell.type(DETECT)


def test_what_should_stay_is_written_into_config_and_launched(
    project: Project, aws: EmbeddedAws
) -> None:
    written = "- name: master-order\n      visibility_timeout: 30\n"
    set_timeout(aws, 30)
    project.edit("config/prod/sqs.yaml", "- name: master-order\n", written)
    project.succeed("launch", "-y", "prod/sqs")
    assert drift(project, "detect", "prod").returncode == 0
    project.edit("config/prod/sqs.yaml", written, "- name: master-order\n")
    project.succeed("launch", "-y", "prod/sqs")


def test_a_table_a_rule_and_a_retention_that_were_changed_by_hand_are_found(
    project: Project, aws: EmbeddedAws
) -> None:
    dynamodb, logs, ec2 = aws.client("dynamodb"), aws.client("logs"), aws.client("ec2")
    group = aws.outputs("sentry-vpc-prod")["ALBSecurityGroupId"]
    (retention,) = [
        one["retentionInDays"]
        for one in logs.describe_log_groups(logGroupNamePrefix="/sentry/oms/prod")["logGroups"]
    ]
    door = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    open_door = [{**door, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    dynamodb.update_table(TableName="oms_config_prod", DeletionProtectionEnabled=False)
    logs.put_retention_policy(logGroupName="/sentry/oms/prod", retentionInDays=1)
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=open_door)
    done = drift(project, "detect", "prod")
    dynamodb.update_table(TableName="oms_config_prod", DeletionProtectionEnabled=True)
    logs.put_retention_policy(logGroupName="/sentry/oms/prod", retentionInDays=retention)
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=open_door)
    assert done.returncode == 2
    found = [line.strip() for line in done.stderr.splitlines() if line.startswith("    drifted: ")]
    assert len(found) == 3
    by_stack = {line.split(": ")[1]: line for line in found}
    assert by_stack["prod/dynamodb-config"] == (
        "drifted: prod/dynamodb-config: Table (AWS::DynamoDB::Table) /DeletionProtectionEnabled "
        "is false, launched as true"
    )
    assert by_stack["prod/cluster-oms"].endswith(
        f"(AWS::Logs::LogGroup) /RetentionInDays is 1, launched as {retention}"
    )
    assert "(AWS::EC2::SecurityGroup) /SecurityGroupIngress/" in by_stack["prod/vpc"]
    assert '"FromPort": 22' in by_stack["prod/vpc"]


@pytest.mark.usefixtures("changed_queue")
@pytest.mark.parametrize("command", [["detect"], ["show"], ["show", "-D"]])
def test_what_a_program_reads_is_sceptres_own_answer(project: Project, command: list[str]) -> None:
    ours = drift(project, *command, "prod")
    project.edit("config/config.yaml", "executor: ready_queue", "# executor: ready_queue")
    stock = drift(project, *command, "prod")
    project.edit("config/config.yaml", "# executor: ready_queue", "executor: ready_queue")
    assert (stock.returncode, ours.returncode) == (0, 2)
    assert "drift:" not in stock.stderr
    assert lasting(ours.stdout) == lasting(stock.stdout)
    assert len(lasting(ours.stdout)) == 16


def lasting(stdout: str) -> dict[str, Any]:
    """The answers without what is another each time that it is asked."""
    text = re.sub(r'"(Timestamp|StackDriftDetectionId)": "[^"]+"', r'"\1": ""', stdout)
    return answers(text)


@pytest.mark.usefixtures("changed_queue")
def test_the_night_has_a_text_a_program_and_a_report(shell: Shell, project: Project) -> None:
    command = f"OMS_REPORT=report.json {NIGHTLY}"
    assert shell.try_(command).returncode == 2
    written = {name: project.directory / name for name in ("drift.json", "drift.md", "report.json")}
    found = answers(written["drift.json"].read_text())
    assert found["sentry-sqs-prod"]["StackDriftStatus"] == "DRIFTED"
    assert f"\n\n    {THE_QUEUE}\n\n" in written["drift.md"].read_text()
    report = json.loads(written["report.json"].read_text())
    jsonschema.Draft7Validator(SCHEMA).validate(report)
    stacks = {one["name"]: one["drift"] for one in report["stacks"]}
    assert [name for name, one in stacks.items() if one["status"] != "as launched"] == ["prod/sqs"]
    (resource,) = stacks["prod/sqs"]["resources"]
    assert resource["differences"] == [
        {"path": "/VisibilityTimeout", "expected": "180", "actual": "30", "meant": None}
    ]


def test_a_launch_and_an_update_of_dev_leave_nothing_drifted(project: Project) -> None:
    project.succeed("launch", "-y", "dev")
    assert drift(project, "detect", "dev").stderr == "drift: 16 as launched\n"
    add_an_exchange(project)
    project.succeed("launch", "-y", "dev")
    assert drift(project, "detect", "dev").stderr == "drift: 16 as launched\n"


def test_a_report_that_can_not_be_written_stops_it(project: Project, aws: EmbeddedAws) -> None:
    aws.control()
    done = drift(project, "detect", "prod", OMS_REPORT="nowhere/report.json")
    assert done.returncode == 1
    assert "OMS_REPORT: nowhere/report.json can't be written" in done.stdout
    assert aws.calls() == {}


def test_sixteen_stacks_are_asked_at_once(project: Project, aws: EmbeddedAws) -> None:
    aws.control()
    drift(project, "detect", "prod")
    assert aws.calls() == {
        "DescribeStacks": 16,
        "DetectStackDrift": 16,
        "DescribeStackDriftDetectionStatus": 16,
    }


def test_stacks_that_do_not_exist_are_said_not_to(project: Project) -> None:
    done = drift(project, "detect", "staging")
    assert done.returncode == 1
    assert done.stderr.startswith("drift: 16 not known\n")
    assert (
        "    not known: staging/sqs: sentry-sqs-staging does not exist: "
        "sceptre launch staging/sqs creates it\n"
    ) in done.stderr
    assert answers(done.stdout)["sentry-sqs-staging"]["DetectionStatus"] == "STACK_DOES_NOT_EXIST"


def test_without_a_connection_there_are_no_pipelines_to_ask_for(project: Project) -> None:
    done = drift(project, "detect", "staging", CODESTAR_CONNECTION_ARN="")
    assert done.stderr.startswith("drift: 13 not known, 3 left out\n")


@pytest.mark.usefixtures("changed_queue")
def test_a_stack_that_can_not_be_checked_does_not_hide_the_others(
    project: Project, aws: EmbeddedAws
) -> None:
    refusal = {"action": "DetectStackDrift", "containing": "sentry-redis-prod"}
    denied = {"code": "AccessDenied", "message": "no rights", "status": 403}
    aws.control(faults=[{**refusal, **denied}])
    done = drift(project, "detect", "prod")
    assert done.returncode == 1
    assert done.stderr.startswith("drift: 1 not known, 1 drifted, 14 as launched\n")
    assert "    not known: prod/redis: An error occurred (AccessDenied)" in done.stderr
    assert THE_QUEUE in done.stderr
    found = answers(done.stdout)
    assert len(found) == 15
    assert "sentry-redis-prod" not in found


def test_a_stack_in_a_state_without_drift_detection_says_which(
    project: Project, aws: EmbeddedAws
) -> None:
    aws.control(statuses={"sentry-redis-prod": "UPDATE_FAILED"})
    done = drift(project, "detect", "prod")
    aws.control(statuses={"sentry-redis-prod": "UPDATE_COMPLETE"})
    assert done.returncode == 1
    assert "not known: prod/redis: " in done.stderr
    assert "UPDATE_FAILED" in done.stderr


def test_throttling_is_waited_for(project: Project, aws: EmbeddedAws) -> None:
    throttled = {"code": "Throttling", "message": "Rate exceeded", "times": 3}
    status = {"action": "DescribeStackDriftDetectionStatus", **throttled}
    aws.control(faults=[{"action": "DetectStackDrift", **throttled}, status])
    assert drift(project, "detect", "prod").returncode == 0
    assert aws.calls()["DetectStackDrift"] == 19


HIDDEN = "correct-horse-battery"
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
            for name, value in {
                "NoEcho": {"Ref": "Hidden"},
                "Resolved": "{{resolve:secretsmanager:drift:SecretString}}",
                "Plain": "written",
            }.items()
        },
    },
}


def test_no_secret_is_said_or_written(tmp_path: Path, aws: EmbeddedAws) -> None:
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
    for name in ("NoEcho", "Resolved", "Plain"):
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
    project.succeed("delete", "-y", "g")
