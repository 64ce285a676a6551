"""Invalid input is named in one line; the exit code is not 0 and no stack is created."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import EmbeddedAws, Project, failures, first_port

CLUSTER = "config/dev/cluster-oms.yaml"


@pytest.fixture
def project(new_project: Callable[[], Project]) -> Project:
    return new_project()


@pytest.fixture(autouse=True)
def no_stack_is_created(aws: EmbeddedAws) -> Iterator[None]:
    yield
    assert aws.stack_names() == []


def refused(project: Project, *arguments: str, **environ: str) -> str:
    """Run a command that fails, and return its only finding, failed stack or error."""
    done = project.sceptre(*arguments, **environ)
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout
    findings = re.findall(r"^\S+:\d+ OMS\d+ .*$", done.stdout, flags=re.MULTILINE)
    if findings:
        (finding,) = findings
        assert "nothing was changed" in done.stdout.splitlines()[-1]
        return str(finding)
    failed = failures(done.stdout)
    if failed:
        ((stack, cause),) = failed.items()
        return f"{stack}: {cause}"
    # Sceptre's log lines begin with the time; it prints an error as a JSON string.
    (line,) = (line for line in done.stdout.splitlines() if not line.startswith("["))
    return str(json.loads(line) if line.startswith('"') else line)


@pytest.mark.parametrize(
    ("path", "old", "new", "finding"),
    [
        (CLUSTER, "vpc.yaml::StackName", "vpc.yaml::StakName", "has no output 'StakName'"),
        (CLUSTER, '"*-orders"', '"*-ordres"', "'*-ordres' matches no queue of dev/sqs.yaml"),
        ("config/dev/sqs.yaml", "fifo: true", "fiffo: true", "queues.0.fiffo: Extra inputs"),
    ],
)
def test_a_mistake_in_config(project: Project, path: str, old: str, new: str, finding: str) -> None:
    project.edit(path, old, new)
    said = refused(project, "launch", "-y", "dev")
    assert said.startswith("config/")
    assert finding in said


def test_a_missing_stack_file(project: Project) -> None:
    project.edit(CLUSTER, "vpc.yaml::StackName", "vcp.yaml::StackName")
    said = refused(project, "launch", "-y", "dev")
    assert "dev/cluster-oms: Dependency dev/vcp.yaml not found" in said


def test_a_dependency_that_was_never_launched(project: Project) -> None:
    said = refused(project, "diff", "--no-placeholders", "dev/cluster-oms")
    assert said.startswith("dev/cluster-oms: !stack_output dev/")
    assert "does not exist yet: launch dev/" in said


def test_a_missing_secret(project: Project) -> None:
    (project.directory / "config/dev/t.yaml").write_text(
        "template: {path: dynamodb/oms-config-table.json}\n"
        "stack_name: sentry-t-dev\n"
        "stack_timeout: 5\n"
        "parameters:\n  Environment: !secret_arn nowhere\n"
    )
    said = refused(project, "launch", "-y", "dev/t")
    assert said.startswith("dev/t: !secret_arn name: there is no secret 'nowhere' in us-east-1")


def test_no_credentials(project: Project) -> None:
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    assert "credentials were not found" in refused(project, "launch", "-y", "dev/vpc", **nobody)


@pytest.mark.parametrize("command", ["sceptre launch -y dev", "sceptre status dev"])
def test_an_endpoint_that_refuses_connections(project: Project, command: str) -> None:
    nowhere = f"http://127.0.0.1:{first_port() + 999}"
    done = project.program(*command.split(), AWS_ENDPOINT_URL=nowhere)
    (line,) = (done.stdout + done.stderr).splitlines()
    assert done.returncode == 1
    assert f"AWS can't be reached at {nowhere}: " in line
    assert "make launch" in line


def test_an_unknown_environment(project: Project) -> None:
    said = refused(project, "launch", "-y", "prd")
    assert said == "'prd' is not in config: its environments are dev, prod, staging"


def test_an_unknown_stack(project: Project) -> None:
    said = refused(project, "diff", "dev/task-omz")
    assert said.startswith("'dev/task-omz' is not in config: the stacks of dev are alb, ")


def test_ignored_dependencies_that_a_tag_needs(project: Project, aws: EmbeddedAws) -> None:
    # A hook would create the role and wait until it can be assumed.
    aws.client("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    said = refused(project, "--ignore-dependencies", "launch", "-y", "dev/cluster-oms")
    assert "--ignore-dependencies" in said
