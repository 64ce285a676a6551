"""What the workflows run: their make targets, on the embedded AWS."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import BIN, ROOT, VARIABLES, EmbeddedAws, Project
from tests.plan_examples import CHANGES, add_an_exchange, put_back

QUEUE = "clients-events-queue-{}"


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """A checkout with its Makefile, whose dev is launched."""
    project = new_project()
    (project.directory / ".venv").symlink_to(BIN.parent)
    (project.directory / "Makefile").symlink_to(ROOT / "Makefile")
    return project


@pytest.fixture
def changed(project: Project) -> Iterator[Project]:
    """The project, restored afterwards."""
    with put_back(project):
        yield project


def make(
    project: Project, target: str, *variables: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a target as a workflow's step does; stdout holds all of its log."""
    return subprocess.run(
        # The environment is not set up anew, whatever changed in the project since.
        ["make", "--old-file=.venv/.installed", target, *variables],
        cwd=project.directory,
        env={**project.environ, "CI": "true", **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def plan(project: Project) -> tuple[int, str]:
    """The exit code of a plan, and the comment that it writes."""
    done = make(project, "ci-plan", "ENVS=dev staging prod")
    comment = project.directory / "plan.md"
    text = comment.read_text()
    comment.unlink()
    return done.returncode, text


def drift(project: Project, environment: str) -> tuple[str, str]:
    """What a detection of drift leaves for the issue: its exit code, if not 0, and its lines."""
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


# No workflow launches bootstrap, which alone asks for the repository of this project.
@pytest.mark.parametrize("name", sorted(set(VARIABLES) - {"OMS_INFRASTRUCTURE_REPOSITORY"}))
def test_a_variable_that_is_not_set_fails_the_check(project: Project, name: str) -> None:
    done = make(project, "ci-check", "ENV=prod", **{name: "unset"})
    assert done.returncode != 0
    assert "::error " in done.stdout
    assert "'unset'" in done.stdout


def test_a_launch_is_checked_and_leaves_its_report(project: Project) -> None:
    assert make(project, "ci-check", "ENV=dev").returncode == 0
    done = make(project, "ci-launch", "ENV=dev", OMS_REPORT="launch-dev.json")
    assert done.returncode == 0, done.stdout
    report = json.loads((project.directory / "launch-dev.json").read_text())
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
    assert "`exit 3: changes, and state is lost`" in comment
    row = "| dev/dynamodb-config | Table (AWS::DynamoDB::Table) `oms_config_dev` | **replace** |"
    assert comment.index(":red_circle:") < comment.index(row) < comment.index("<details>")


def test_a_plan_of_an_invalid_environment_is_red_and_shows_the_others(changed: Project) -> None:
    changed.edit("config/prod/config.yaml", "oms_count: 2", "oms_cpu: 300")
    code, comment = plan(changed)
    assert code != 0
    assert "prod was not planned" in comment
    assert "### plan dev: 16 stacks unchanged" in comment


def test_an_invalid_environment_fails_the_check_and_is_not_launched(
    changed: Project, aws: EmbeddedAws
) -> None:
    changed.edit("config/dev/config.yaml", "environment: dev", "environment: dev\noms_cpu: 300")
    done = make(changed, "ci-check", "ENV=dev")
    assert done.returncode != 0
    assert "::error " in done.stdout
    aws.control()
    assert make(changed, "ci-launch", "ENV=dev").returncode != 0
    assert not {"CreateStack", "UpdateStack"} & aws.calls().keys()


def test_a_launch_that_fails_is_red_and_its_report_says_how_to_resume(
    project: Project, aws: EmbeddedAws
) -> None:
    aws.client("sqs").create_queue(QueueName=QUEUE.format("staging"))
    done = make(project, "ci-launch", "ENV=staging", OMS_REPORT="launch-staging.json")
    assert done.returncode != 0
    report = json.loads((project.directory / "launch-staging.json").read_text())
    assert not report["succeeded"]
    failed = [one["name"] for one in report["stacks"] if one["state"] == "failed"]
    assert failed == ["staging/sqs"]
    assert "sceptre launch" in report["resume"]


def test_without_drift_the_issue_is_told_of_none(project: Project) -> None:
    code, lines = drift(project, "dev")
    assert code == "", lines


def test_drift_is_told_with_its_lines(project: Project, aws: EmbeddedAws) -> None:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE.format("dev"))["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
    code, lines = drift(project, "dev")
    assert code == "2"
    assert "VisibilityTimeout" in lines


def test_an_environment_that_cannot_be_asked_is_told_as_unknown(project: Project) -> None:
    code, _ = drift(project, "prd")
    assert code == "1"
