"""The workflows' own commands, in the order and under the conditions that they write, on the
embedded AWS. GitHub, its actions and its approvals are stand-ins."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.actions import github_script
from tests.actions.github_script import Asked
from tests.actions.runner import FAILURE, SKIPPED, SUCCESS, Ran, Runner, StepFailedError
from tests.conftest import BIN, ROOT, VARIABLES, EmbeddedAws, Project
from tests.plan_examples import CHANGES, add_an_exchange, put_back

REPOSITORY = "org/infrastructure"
ROLE = "arn:aws:iam::000000000000:role/{}"
ROLES = {
    "PLAN_ROLE_ARN": ROLE.format("plan"),
    "LAUNCH_DEV_ROLE_ARN": ROLE.format("launch-dev"),
    "LAUNCH_STAGING_ROLE_ARN": ROLE.format("launch-staging"),
    "LAUNCH_PROD_ROLE_ARN": ROLE.format("launch-prod"),
}
# GitHub holds no empty variable.
GIVEN = {name: value or "none" for name, value in VARIABLES.items()} | ROLES

INSTALLS = frozenset({"make install PYTHON=python"})
SESSION = re.compile(r"[\w+=,.@-]{2,64}")
"""What STS takes for a session's name."""


class Actions:
    """What stands in for GitHub's actions, and what they were given."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.roles: list[str] = []
        self.comments: list[str] = []
        self.artifacts: dict[str, Any] = {}
        self.scripts: list[Asked] = []

    @property
    def all(self) -> dict[str, Callable[[Mapping[str, str], Mapping[str, str]], None]]:
        """Each by its name."""
        return {
            "actions/checkout": self.checkout,
            "actions/setup-python": lambda _given, _env: None,
            "actions/github-script": self.script,
            "actions/upload-artifact": self.upload,
            "aws-actions/configure-aws-credentials": self.assume,
            "marocchino/sticky-pull-request-comment": self.comment,
        }

    def checkout(self, given: Mapping[str, str], _: Mapping[str, str]) -> None:
        assert given == {"persist-credentials": "false"}

    def assume(self, given: Mapping[str, str], _: Mapping[str, str]) -> None:
        if not given["role-to-assume"]:
            raise StepFailedError("Could not load credentials from any providers")
        assert SESSION.fullmatch(given["role-session-name"])
        assert given["aws-region"] == "us-east-1"
        self.roles.append(given["role-to-assume"].rpartition("/")[2])

    def comment(self, given: Mapping[str, str], _: Mapping[str, str]) -> None:
        assert given["header"] == "plan"
        self.comments.append((self.directory / given["path"]).read_text())

    def upload(self, given: Mapping[str, str], _: Mapping[str, str]) -> None:
        path = self.directory / given["path"]
        if path.is_file():
            self.artifacts[given["name"]] = json.loads(path.read_text())
        else:
            assert given["if-no-files-found"] == "ignore"

    def script(self, given: Mapping[str, str], env: Mapping[str, str]) -> None:
        asked = github_script.run(given["script"], self.directory, env)
        self.scripts.append(asked)
        if asked.failed:
            raise StepFailedError(asked.failed)


class Repository:
    """A checkout whose workflows run where an embedded AWS is the account."""

    def __init__(self, project: Project, aws: EmbeddedAws) -> None:
        self.project = project
        self.aws = aws
        (project.directory / ".venv").symlink_to(BIN.parent)
        (project.directory / ".github").symlink_to(ROOT / ".github")

    def run(
        self, workflow: str, event_name: str, event: Mapping[str, Any], **variables: str
    ) -> tuple[dict[str, Ran], Actions]:
        """Run a workflow as GitHub would at an event; what became of its jobs."""
        actions = Actions(self.project.directory)
        environ = {key: val for key, val in self.aws.environ.items() if key not in GIVEN}
        github = {
            "repository": REPOSITORY,
            "event_name": event_name,
            "event": event,
            "run_id": "7",
            "run_attempt": "1",
        }
        given = {name: value for name, value in {**GIVEN, **variables}.items() if value}
        runner = Runner(self.project.directory, environ, github, given, actions.all, INSTALLS)
        with cleared(self.project.directory):
            return runner.run(workflow), actions

    def pull_request(self, of: str = REPOSITORY, **variables: str) -> tuple[Ran, Ran, Actions]:
        """The jobs of a plan, for a repository's own branch and for a fork."""
        event = {"pull_request": {"number": 3, "head": {"repo": {"full_name": of}}}}
        jobs, actions = self.run("plan.yml", "pull_request", event, **variables)
        return jobs["plan"], jobs["fork"], actions

    def push(self, **variables: str) -> tuple[dict[str, Ran], Actions]:
        return self.run("launch.yml", "push", {}, **variables)

    def night(self) -> tuple[Ran, Actions]:
        jobs, actions = self.run("drift.yml", "schedule", {})
        return jobs["drift"], actions

    def release(self, **variables: str) -> tuple[dict[str, Ran], Actions]:
        return self.run("launch.yml", "release", {}, **variables)


@contextmanager
def cleared(directory: Path) -> Iterator[None]:
    """Take away what a run leaves, as each job has a checkout of its own."""
    before = set(directory.iterdir())
    yield
    for path in set(directory.iterdir()) - before:
        path.unlink()


@pytest.fixture(scope="module")
def repository(new_project: Callable[[], Project], aws: EmbeddedAws) -> Repository:
    return Repository(new_project(), aws)


@pytest.fixture
def changed(repository: Repository) -> Iterator[Project]:
    """The project, which is as it was afterwards."""
    with put_back(repository.project):
        yield repository.project


def test_a_pull_request_reads_what_an_empty_account_would_get(repository: Repository) -> None:
    plan, fork, actions = repository.pull_request()
    assert (plan.conclusion, fork.conclusion) == (SUCCESS, SKIPPED), plan.said
    assert actions.roles == ["plan"]
    (comment,) = actions.comments
    assert comment.startswith("<!-- oms plan dev, staging, prod -->\n")
    for environment in ("dev", "staging", "prod"):
        assert f"### plan {environment}: 16 stacks are new" in comment
    assert repository.aws.stack_names() == []


def test_a_fork_is_told_what_to_do_and_nothing_is_asked(repository: Repository) -> None:
    plan, fork, actions = repository.pull_request(of="fork/infrastructure")
    assert (plan.conclusion, fork.conclusion) == (SKIPPED, SUCCESS)
    assert actions.roles == []
    (said,) = actions.scripts
    (notice,) = said.notices
    assert "A maintainer who has read the change pushes its branch" in notice


def test_without_its_role_nothing_is_planned(repository: Repository) -> None:
    plan, _, actions = repository.pull_request(PLAN_ROLE_ARN="")
    assert plan.conclusion == FAILURE
    assert plan.outcomes["Plan dev, staging and prod"] == SKIPPED
    assert actions.comments == []


# Of bootstrap no workflow knows, nor of what it alone asks for.
@pytest.mark.parametrize("name", sorted(set(VARIABLES) - {"OMS_INFRASTRUCTURE_REPOSITORY"}))
def test_a_variable_that_is_not_set_is_refused_and_not_taken_for_none(
    repository: Repository, name: str
) -> None:
    plan, _, actions = repository.pull_request(**{name: ""})
    assert plan.conclusion == FAILURE
    (comment,) = actions.comments
    assert "prod was not planned" in comment
    assert "'unset'" in comment


def test_main_is_what_dev_runs(repository: Repository) -> None:
    jobs, actions = repository.push()
    assert jobs["dev"].conclusion == SUCCESS, jobs["dev"].said
    assert jobs["dev"].environment == ""
    assert {jobs["staging"].conclusion, jobs["prod"].conclusion} == {SKIPPED}
    assert actions.roles == ["launch-dev"]
    report = actions.artifacts["launch-dev-1"]
    assert report["succeeded"]
    assert len(report["stacks"]) == 16
    assert len(repository.aws.stack_names()) == 16


def test_the_comment_says_what_is_lost_first_and_the_job_is_red(
    repository: Repository, changed: Project
) -> None:
    CHANGES["plan-table-replaced.md"](changed)
    plan, _, actions = repository.pull_request()
    assert plan.conclusion == FAILURE
    assert plan.outcomes["Comment"] == SUCCESS
    (comment,) = actions.comments
    assert "`exit 3: changes, and state is lost`" in comment
    row = "| dev/dynamodb-config | Table (AWS::DynamoDB::Table) `oms_config_dev` | **replace** |"
    assert comment.index(":red_circle:") < comment.index(row) < comment.index("<details>")


def test_other_changes_are_green(repository: Repository, changed: Project) -> None:
    add_an_exchange(changed)
    plan, _, actions = repository.pull_request()
    assert plan.conclusion == SUCCESS, plan.said
    assert "### plan dev: 3 stacks change, 13 unchanged" in actions.comments[0]


def test_what_can_not_be_planned_is_red_and_the_others_are_in_the_comment(
    repository: Repository, changed: Project
) -> None:
    changed.edit("config/prod/config.yaml", "oms_count: 2", "oms_cpu: 300")
    plan, _, actions = repository.pull_request()
    assert plan.conclusion == FAILURE
    (comment,) = actions.comments
    assert "prod was not planned" in comment
    assert "### plan dev: 16 stacks unchanged" in comment


def test_a_launch_that_is_refused_changes_nothing(repository: Repository, changed: Project) -> None:
    changed.edit("config/dev/config.yaml", "environment: dev", "environment: dev\noms_cpu: 300")
    jobs, actions = repository.push()
    assert jobs["dev"].outcomes["Check"] == FAILURE
    assert jobs["dev"].outcomes["Launch"] == SKIPPED
    assert "::error " in jobs["dev"].said
    assert actions.roles == []
    assert actions.artifacts == {}


def test_a_release_whose_staging_fails_leaves_its_report_and_reaches_no_prod(
    repository: Repository, aws: EmbeddedAws
) -> None:
    aws.client("sqs").create_queue(QueueName="clients-events-queue-staging")
    jobs, actions = repository.release()
    assert jobs["staging"].conclusion == FAILURE
    assert (jobs["dev"].conclusion, jobs["prod"].conclusion) == (SKIPPED, SKIPPED)
    assert actions.roles == ["launch-staging"]
    report = actions.artifacts["launch-staging-1"]
    assert not report["succeeded"]
    failed = [one for one in report["stacks"] if one["state"] == "failed"]
    assert [one["name"] for one in failed] == ["staging/sqs"]
    assert "sceptre launch" in report["resume"]
    assert not [name for name in aws.stack_names() if name.endswith("-prod")]


def test_a_release_launches_staging_and_then_prod(repository: Repository, aws: EmbeddedAws) -> None:
    sqs = aws.client("sqs")
    sqs.delete_queue(
        QueueUrl=sqs.get_queue_url(QueueName="clients-events-queue-staging")["QueueUrl"]
    )
    aws.delete("sentry-sqs-staging")
    jobs, actions = repository.release()
    assert jobs["prod"].conclusion == SUCCESS, jobs["staging"].said + jobs["prod"].said
    assert jobs["dev"].conclusion == SKIPPED
    assert (jobs["staging"].environment, jobs["prod"].environment) == ("staging", "prod")
    assert actions.roles == ["launch-staging", "launch-prod"]
    assert actions.artifacts["launch-staging-1"]["succeeded"]
    assert actions.artifacts["launch-prod-1"]["succeeded"]
    assert len([name for name in aws.stack_names() if name.endswith("-prod")]) == 16


def test_without_drift_the_night_is_green(repository: Repository) -> None:
    drift, actions = repository.night()
    assert drift.conclusion == SUCCESS, drift.said
    assert actions.roles == ["plan"]
    assert actions.scripts == [Asked([], [], None)]


@pytest.mark.parametrize(
    ("code", "opened", "failed"),
    [(2, ["create"], "prod: drift"), (1, [], "prod: not known, it ended with 1")],
)
def test_what_the_night_makes_of_an_exit_code(
    repository: Repository, code: int, opened: list[str], failed: str
) -> None:
    """A command that ends as it is told stands in for Sceptre's, for prod alone."""
    venv = repository.project.directory / ".venv"
    real = venv.readlink()
    venv.unlink()
    (venv / "bin").mkdir(parents=True)
    script = venv / "bin/sceptre"
    script.write_text(
        f'#!/bin/sh\n[ "$*" = "drift detect prod" ] || exit 0\necho "a line" >&2\nexit {code}\n'
    )
    script.chmod(0o755)
    try:
        drift, actions = repository.night()
    finally:
        shutil.rmtree(venv)
        venv.symlink_to(real)
    assert drift.conclusion == FAILURE
    (asked,) = actions.scripts
    assert [name for name, _ in asked.calls] == opened
    assert all("~~~~\na line\n~~~~" in given["body"] for _, given in asked.calls)
    assert asked.failed == failed


def test_drift_opens_an_issue_and_the_night_is_red(
    repository: Repository, aws: EmbeddedAws
) -> None:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="clients-events-queue-prod")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
    drift, actions = repository.night()
    assert drift.conclusion == FAILURE
    ((name, given),) = actions.scripts[0].calls
    assert name == "create"
    assert "### dev: no drift" in given["body"]
    assert "### prod: drift\n\n~~~~\n" in given["body"]
    assert "VisibilityTimeout" in given["body"]
    assert actions.scripts[0].failed == "prod: drift"
