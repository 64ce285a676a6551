"""The make targets that the workflows run.

The tests depend on their order: on an empty account first, then with dev launched.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import BIN, ROOT, VARIABLES, EmbeddedAws, Project
from tests.plan_examples import CHANGES, add_an_exchange, put_back

QUEUE = "clients-events-queue-{}"


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """A checkout with its Makefile and its virtual environment."""
    project = new_project()
    (project.directory / ".venv").symlink_to(BIN.parent)
    (project.directory / "Makefile").symlink_to(ROOT / "Makefile")
    return project


@pytest.fixture
def changed(project: Project) -> Iterator[Project]:
    """The project, restored afterwards."""
    with put_back(project):
        yield project


def make(project: Project, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        # The environment counts as installed, whatever its sources' dates.
        ["make", "--old-file=.venv/.installed", *arguments],
        cwd=project.directory,
        env={**project.environ, "CI": "true", **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def launch(project: Project, environment: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the run report."""
    path = project.directory / f"launch-{environment}.json"
    done = make(project, "ci-launch", f"ENV={environment}", OMS_REPORT=str(path))
    return done.returncode, json.loads(path.read_text())


def plan(project: Project) -> tuple[int, str]:
    """Return the exit code and the comment."""
    done = make(project, "ci-plan", "ENVS=dev staging prod")
    return done.returncode, (project.directory / "plan.md").read_text()


def drift(project: Project, environment: str) -> tuple[str, str]:
    """Return what the issue is made of: the exit code, if not 0, and the lines."""
    output = project.directory / "output"
    output.write_text("")
    done = make(project, "ci-drift", f"ENV={environment}", GITHUB_OUTPUT=str(output))
    assert done.returncode == 0, done.stdout
    lines = (project.directory / f"drift-{environment}.txt").read_text()
    return output.read_text().removeprefix("code=").strip(), lines


def test_a_plan_of_an_empty_account_is_green_and_changes_nothing(
    project: Project, aws: EmbeddedAws
) -> None:
    code, comment = plan(project)
    assert code == 0
    assert comment.startswith("<!-- oms plan dev, staging, prod -->\n")
    for environment in ("dev", "staging", "prod"):
        assert f"### plan {environment}: 16 stacks are new" in comment
    assert aws.stack_names() == []


def test_variables_that_are_not_set_fail_the_check(project: Project) -> None:
    """The workflows pass ``unset`` for them. None launches bootstrap, which needs one more."""
    missing = dict.fromkeys(VARIABLES.keys() - {"OMS_INFRASTRUCTURE_REPOSITORY"}, "unset")
    done = make(project, "ci-check", "ENV=prod", **missing)
    assert done.returncode != 0
    errors = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    found = {
        name
        for name in ("CodeStarConnectionArn", "GitHubRepoFullName", "AlarmTopic", "CertificateArn")
        if any(name in line and "'unset'" in line for line in errors)
    }
    assert len(found) == len(missing), found


def test_a_launch_is_checked_and_writes_its_report(project: Project) -> None:
    assert make(project, "ci-check", "ENV=dev").returncode == 0
    code, report = launch(project, "dev")
    assert code == 0
    assert report["succeeded"]
    assert len(report["stacks"]) == 16


def test_a_plan_with_changes_is_green(changed: Project) -> None:
    add_an_exchange(changed)
    code, comment = plan(changed)
    assert code == 0
    assert "### plan dev: 3 stacks change, 13 unchanged" in comment


def test_a_plan_with_a_loss_is_red_and_shows_it_first(changed: Project) -> None:
    CHANGES["plan-table-replaced.md"](changed)
    code, comment = plan(changed)
    assert code != 0
    row = "| dev/dynamodb-config | Table (AWS::DynamoDB::Table) `oms_config_dev` | **replace** |"
    assert comment.index(":red_circle:") < comment.index(row) < comment.index("<details>")


def test_a_plan_with_an_invalid_environment_is_red_and_shows_the_others(changed: Project) -> None:
    changed.edit("config/prod/config.yaml", "oms_count: 2", "oms_cpu: 300")
    code, comment = plan(changed)
    assert code != 0
    assert "prod was not planned" in comment
    assert "### plan dev: 16 stacks unchanged" in comment


def test_an_invalid_environment_is_not_launched(changed: Project, aws: EmbeddedAws) -> None:
    changed.edit("config/dev/config.yaml", "environment: dev", "environment: dev\noms_cpu: 300")
    aws.control()
    assert make(changed, "ci-launch", "ENV=dev").returncode != 0
    assert not {"CreateStack", "UpdateStack"} & aws.calls().keys()


def test_a_failed_launch_is_red_and_its_report_says_how_to_resume(
    project: Project, aws: EmbeddedAws
) -> None:
    aws.client("sqs").create_queue(QueueName=QUEUE.format("staging"))
    code, report = launch(project, "staging")
    assert code != 0
    assert not report["succeeded"]
    failed = [one["name"] for one in report["stacks"] if one["state"] == "failed"]
    assert failed == ["staging/sqs"]
    assert "sceptre launch" in report["resume"]


def test_the_issue_gets_the_exit_code_and_the_lines_of_drift(
    project: Project, aws: EmbeddedAws
) -> None:
    assert drift(project, "dev")[0] == ""
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE.format("dev"))["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
    code, lines = drift(project, "dev")
    assert code == "2"
    assert "VisibilityTimeout" in lines
    assert drift(project, "prd")[0] == "1"
