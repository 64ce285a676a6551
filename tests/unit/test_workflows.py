"""The events, commands, permissions and roles of the workflows, as far as no linter knows them."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

FILES = {path.name: path.read_text() for path in (ROOT / ".github/workflows").glob("*.yml")}
# BaseLoader reads every scalar as text, and `on` as a key rather than true.
WORKFLOWS: dict[str, Any] = {name: yaml.load(text, yaml.BaseLoader) for name, text in FILES.items()}
JOBS: dict[tuple[str, str], dict[str, Any]] = {
    (file, name): job
    for file, workflow in WORKFLOWS.items()
    for name, job in workflow["jobs"].items()
}
STEPS: dict[tuple[str, str], list[dict[str, Any]]] = {
    place: job.get("steps", []) for place, job in JOBS.items()
}
LAUNCH = ("launch-environment.yml", "launch")

TARGET = re.compile(r'make ([a-z-]+)( [A-Z]+=(\w+|"[\w $]+"))*')
"""The only command of a step: a target of our Makefile with its variables."""

READ, ASSUME = {"contents": "read"}, {"id-token": "write"}
PLAN_ROLE = "vars.PLAN_ROLE_ARN"

RIGHTS: dict[tuple[str, str], tuple[dict[str, str], str | None]] = {
    ("check.yml", "lint"): (READ, None),
    ("check.yml", "test"): (READ, None),
    ("plan.yml", "plan"): (READ | ASSUME | {"pull-requests": "write"}, PLAN_ROLE),
    ("plan.yml", "fork"): ({}, None),
    ("launch.yml", "dev"): (READ | ASSUME, "vars.LAUNCH_DEV_ROLE_ARN"),
    ("launch.yml", "staging"): (READ | ASSUME, "vars.LAUNCH_STAGING_ROLE_ARN"),
    ("launch.yml", "prod"): (READ | ASSUME, "vars.LAUNCH_PROD_ROLE_ARN"),
    LAUNCH: (READ | ASSUME, "inputs.role"),
    ("drift.yml", "drift"): (READ | ASSUME | {"issues": "write"}, PLAN_ROLE),
}
"""The permissions of each job's token, and the role that the job assumes or passes on."""

ON: dict[str, Any] = {
    "check.yml": {"pull_request": "", "push": {"branches": ["main"]}},
    "plan.yml": {"pull_request": ""},
    "launch.yml": {"push": {"branches": ["main"]}, "release": {"types": ["released"]}},
    "drift.yml": {"schedule": [{"cron": "17 3 * * *"}], "workflow_dispatch": ""},
}
"""The events that start each workflow. GitHub sends no ``released`` for a pre-release.

Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads#release
"""


def role(job: dict[str, Any]) -> str | None:
    given = [job.get("with", {}), *(step.get("with", {}) for step in job.get("steps", []))]
    roles = [one[key] for one in given for key in ("role", "role-to-assume") if key in one]
    assert len(roles) < 2
    return roles[0].removeprefix("${{ ").removesuffix(" }}") if roles else None


def test_the_permissions_and_the_role_of_each_job() -> None:
    found = {
        (file, name): (job.get("permissions", WORKFLOWS[file].get("permissions")), role(job))
        for (file, name), job in JOBS.items()
    }
    assert found == RIGHTS


def test_the_events_of_each_workflow() -> None:
    events = {name: workflow["on"] for name, workflow in WORKFLOWS.items()}
    assert list(events.pop("launch-environment.yml")) == ["workflow_call"]
    assert events == ON


RUNS = sorted({step["run"] for steps in STEPS.values() for step in steps if "run" in step})


@pytest.mark.parametrize("run", RUNS)
def test_every_command_is_a_make_target(run: str) -> None:
    target = TARGET.fullmatch(run)
    assert target
    subprocess.run(
        ["make", "--dry-run", target[1]], cwd=ROOT, stdout=subprocess.DEVNULL, check=True
    )


@pytest.mark.parametrize(
    "end", ["; curl x", " | tee log", "\ncurl x", " ENV=$(curl x)", " ENV=${{ x }}"]
)
def test_a_target_with_another_command_is_found(end: str) -> None:
    assert TARGET.fullmatch("make lint")
    assert not TARGET.fullmatch(f"make lint{end}")


def test_every_supported_python_is_tested() -> None:
    declared = re.findall(r"Python :: (3\.\d+)$", (ROOT / "setup.cfg").read_text(), re.MULTILINE)
    assert JOBS["check.yml", "test"]["strategy"]["matrix"]["python"] == declared


def test_no_workflow_reads_a_secret() -> None:
    assert not [name for name, text in FILES.items() if "secrets" in text]


def test_a_pull_request_of_a_fork_gets_a_notice_instead_of_a_plan() -> None:
    condition = "${{ github.event.pull_request.head.repo.full_name == github.repository }}"
    assert JOBS["plan.yml", "plan"]["if"] == condition
    assert JOBS["plan.yml", "fork"]["if"] == condition.replace("==", "!=")


def test_a_failed_plan_is_a_comment_too() -> None:
    *_, comment = STEPS["plan.yml", "plan"]
    assert comment["if"] == "${{ !cancelled() && hashFiles('plan.md') != '' }}"
    assert comment["with"] == {"header": "plan", "path": "plan.md"}


def test_prod_is_launched_after_staging() -> None:
    assert JOBS["launch.yml", "prod"]["needs"] == "staging"


def test_a_launch_is_checked_before_it_gets_credentials_and_keeps_its_report() -> None:
    names = [step.get("name", step.get("uses", "").partition("@")[0]) for step in STEPS[LAUNCH]]
    assert names[-4:] == [
        "Check",
        "aws-actions/configure-aws-credentials",
        "Launch",
        "Keep the report",
    ]
    keep = STEPS[LAUNCH][-1]
    assert keep["if"] == "${{ always() }}"
    assert keep["with"]["path"] == "${{ env.OMS_REPORT }}"


def test_each_launch_but_devs_runs_in_its_github_environment() -> None:
    """The token names the branch of dev's job, and the environment of the others."""
    assert JOBS[LAUNCH]["environment"] == (
        "${{ inputs.environment != 'dev' && inputs.environment || '' }}"
    )
    assert JOBS[LAUNCH]["concurrency"] == {
        "group": "launch-${{ inputs.environment }}",
        "cancel-in-progress": "false",
    }


def test_a_missing_variable_is_passed_as_unset_and_none_as_empty() -> None:
    named = re.findall(r"^([A-Z_]+)=", (ROOT / ".variables").read_text(), re.MULTILINE)
    # Only bootstrap needs the repository of this project, and no workflow launches it.
    others = ("OMS_LOCAL", "OMS_INFRASTRUCTURE")
    passed = {
        name: f"${{{{ vars.{name} != 'none' && (vars.{name} || 'unset') || '' }}}}"
        for name in named
        if not name.startswith(others)
    }
    assert "ALARM_TOPIC_ARN" in passed
    with_credentials = [place for place, job in JOBS.items() if role(job) and STEPS[place]]
    assert len(with_credentials) == 3
    for place in with_credentials:
        assert passed.items() <= JOBS[place]["env"].items()
