"""What is wrong in the input is named in one line, the exit code is not 0, and nothing is made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import EmbeddedAws, Project, failures, first_port

TASK = "config/dev/task-oms.yaml"
CLUSTER = "config/dev/cluster-oms.yaml"


@pytest.fixture
def project(new_project: Callable[[], Project]) -> Project:
    """A project of its own for each test."""
    return new_project()


@pytest.fixture(autouse=True)
def nothing_is_made(aws: EmbeddedAws) -> Iterator[None]:
    """Every case here is refused before any stack is."""
    yield
    assert aws.stack_names() == []


def refused(project: Project, *arguments: str, **environ: str) -> str:
    """The one line in which Sceptre refuses the command."""
    done = project.sceptre(*arguments, **environ)
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout
    findings = re.findall(r"^\S+:\d+ OMS\d+ .*$", done.stdout, flags=re.MULTILINE)
    if findings:
        (finding,) = findings
        assert done.stdout.splitlines()[-1] == (
            "1 finding: nothing was changed. docs/CHECKS.md has each code."
        )
        return str(finding)
    failed = failures(done.stdout)
    if failed:
        ((stack, cause),) = failed.items()
        return f"{stack}: {cause}"
    # Sceptre logs what it does with a time in front; what is left is the message.
    lines = [line for line in done.stdout.splitlines() if not line.startswith("[")]
    assert len(lines) == 1, done.stdout
    # Sceptre prints its errors as JSON strings.
    return str(json.loads(lines[0]) if lines[0].startswith('"') else lines[0])


def only(project: Project, stack: str, parameters: str) -> None:
    """Leave one stack, with one parameter, so that nothing else can be at fault."""
    for file in (project.directory / "config/dev").glob("*.yaml"):
        if file.stem not in {"config", "sqs", stack}:
            file.unlink()
    (project.directory / f"config/dev/{stack}.yaml").write_text(
        "template: {path: dynamodb/oms-config-table.json}\n"
        f"stack_name: sentry-{stack}-dev\n"
        "stack_timeout: 5\n"
        f"parameters:\n  Environment: {parameters}\n"
    )


def test_a_stack_output_of_a_missing_stack_file(project: Project) -> None:
    project.edit(CLUSTER, "vpc.yaml::StackName", "vcp.yaml::StackName")
    said = refused(project, "launch", "-y", "dev")
    assert "dev/cluster-oms: Dependency dev/vcp.yaml not found" in said


def test_a_missing_output(project: Project) -> None:
    project.edit(CLUSTER, "vpc.yaml::StackName", "vpc.yaml::StakName")
    said = refused(project, "launch", "-y", "dev")
    assert said.startswith("config/dev/cluster-oms.yaml:")
    assert "parameters.VPCStackName: dev/vpc.yaml has no output 'StakName'" in said


def test_a_target_that_was_never_launched(project: Project) -> None:
    said = refused(project, "diff", "--no-placeholders", "dev/cluster-oms")
    assert said.startswith("dev/cluster-oms: !stack_output dev/")
    assert "does not exist yet: launch dev/" in said


@pytest.mark.parametrize(
    ("exchanges", "fault"),
    [
        ("[bitget, Okx]", "sceptre_user_data: exchanges.1: 'Okx' is not a valid name"),
        ("[bitget, b_x]", "exchanges.1: 'b_x' is not a valid name: use a-z, 0-9"),
        ("[bitget, 7]", "exchanges.1: Input should be a valid string"),
        ("[bitget, bitget]", "exchange 'bitget' is listed twice"),
        (f"[{'x' * 60}]", "is longer than the 80 characters that SQS allows"),
        ("[a-1, a1]", "belongs to two queues: choose names that differ in more than hyphens"),
        ("bitget", "exchanges: Input should be a valid"),
    ],
)
def test_an_exchange_that_cannot_be(project: Project, exchanges: str, fault: str) -> None:
    project.edit("config/config.yaml", "[bitget, bingx, okx]", exchanges)
    assert fault in refused(project, "launch", "-y", "dev/sqs")


def test_a_queue_that_collides_with_an_exchanges(project: Project) -> None:
    project.edit("config/dev/sqs.yaml", "- name: clients-events", "- name: okx-orders")
    assert "queue 'okx-orders' is defined twice" in refused(project, "launch", "-y", "dev/sqs")


def test_a_misspelt_field_of_a_queue(project: Project) -> None:
    project.edit("config/dev/sqs.yaml", "fifo: true", "fiffo: true")
    said = refused(project, "launch", "-y", "dev/sqs")
    assert "sceptre_user_data: queues.0.fiffo: Extra inputs are not permitted" in said


def test_a_pattern_that_matches_nothing(project: Project) -> None:
    project.edit(CLUSTER, '"*-orders"', '"*-ordres"')
    said = refused(project, "launch", "-y", "dev")
    assert said.startswith("config/dev/cluster-oms.yaml:")
    assert "'*-ordres' matches no queue of dev/sqs.yaml: master-order" in said


def test_a_secret_that_is_missing(project: Project) -> None:
    only(project, "t", "!secret_arn nowhere")
    said = refused(project, "launch", "-y", "dev/t")
    assert said == (
        "dev/t: !secret_arn name: there is no secret 'nowhere' in us-east-1: "
        "create it, or correct the name"
    )


def test_a_secret_that_is_scheduled_for_deletion(project: Project, aws: EmbeddedAws) -> None:
    secrets = aws.client("secretsmanager")
    secrets.create_secret(Name="leaving", SecretString="x")
    secrets.delete_secret(SecretId="leaving", RecoveryWindowInDays=7)
    only(project, "t", "!secret_arn {name: leaving}")
    said = refused(project, "launch", "-y", "dev/t")
    assert said.startswith("dev/t: !secret_arn name: 'leaving' is scheduled for deletion: restore")


def test_a_repository_name_that_ecr_refuses(project: Project) -> None:
    project.edit(TASK, "- !ecr_repository sentry/oms-", "- !ecr_repository Sentry/oms-")
    said = refused(project, "--ignore-dependencies", "create", "-y", "dev/task-oms.yaml")
    assert said.startswith("config/dev/task-oms.yaml:")
    assert "hooks.before_create.0.name: !ecr_repository: String should match pattern" in said


def test_a_repository_that_is_missing(project: Project) -> None:
    only(project, "t", "!ecr_repository_uri sentry/nowhere")
    said = refused(project, "launch", "-y", "dev/t")
    assert "dev/t: !ecr_repository_uri name: there is no repository 'sentry/nowhere'" in said


def test_no_credentials(project: Project) -> None:
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    assert "credentials were not found" in refused(project, "launch", "-y", "dev/vpc", **nobody)


def test_an_endpoint_that_does_not_answer(project: Project) -> None:
    nowhere = f"http://127.0.0.1:{first_port() + 999}"
    said = refused(project, "launch", "-y", "dev/vpc", AWS_ENDPOINT_URL=nowhere)
    assert said == f'Could not connect to the endpoint URL: "{nowhere}/"'


def test_an_environment_that_does_not_exist(project: Project) -> None:
    said = refused(project, "launch", "-y", "prd")
    assert said == "'prd' is not in config: its environments are dev, prod, staging"


def test_a_stack_that_does_not_exist(project: Project) -> None:
    said = refused(project, "diff", "dev/task-omz")
    assert said.startswith("'dev/task-omz' is not in config: the stacks of dev are alb, ")


def test_tags_that_need_what_ignore_dependencies_leaves_out(project: Project) -> None:
    said = refused(project, "--ignore-dependencies", "launch", "-y", "dev/cluster-oms")
    assert said.endswith("which --ignore-dependencies leaves out: run without it")
