"""The workflows as they are written: what they run, with which rights, and as whom."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest

from tests.actions.workflow import WORKFLOWS, Job, everywhere, jobs, read
from tests.conftest import ROOT

COMMANDS = re.compile(r"make |\.venv/bin/(sceptre|oms) ")
"""What a ``run:`` may begin with."""

REDIRECTED = (
    r'( 2> drift-\w+\.txt)?( \|\| (test \$\? -eq 2|echo "code=\$\?" >> "\$GITHUB_OUTPUT"))?'
)
PLAIN = re.compile(rf'[\w./=" $-]+?{REDIRECTED}')
"""Words, and of the shell no more than where it writes, and what a code means."""

PINNED = re.compile(r"uses: ([\w-]+/[\w-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$")

ASKS, LAUNCHES = "vars.PLAN_ROLE_ARN", "inputs.role"
READ, ASSUME = {"contents": "read"}, {"id-token": "write"}

JOBS: dict[tuple[str, str], tuple[dict[str, str], str | None]] = {
    ("check.yml", "lint"): (READ, None),
    ("check.yml", "test"): (READ, None),
    ("plan.yml", "plan"): (READ | ASSUME | {"pull-requests": "write"}, ASKS),
    ("plan.yml", "fork"): ({}, None),
    ("launch.yml", "dev"): (READ | ASSUME, "vars.LAUNCH_DEV_ROLE_ARN"),
    ("launch.yml", "staging"): (READ | ASSUME, "vars.LAUNCH_STAGING_ROLE_ARN"),
    ("launch.yml", "prod"): (READ | ASSUME, "vars.LAUNCH_PROD_ROLE_ARN"),
    ("launch-environment.yml", "launch"): (READ | ASSUME, LAUNCHES),
    ("drift.yml", "drift"): (READ | ASSUME | {"issues": "write"}, ASKS),
}
"""Of each job: what its token may do, and the role that it assumes."""

ON: dict[str, Any] = {
    "check.yml": {"pull_request": "", "push": {"branches": ["main"]}},
    "plan.yml": {"pull_request": ""},
    "launch.yml": {"push": {"branches": ["main"]}, "release": {"types": ["released"]}},
    "drift.yml": {"schedule": [{"cron": "17 3 * * *"}], "workflow_dispatch": ""},
}


def role(job: Job) -> str | None:
    """The expression of the role that a job assumes, or passes to whom it calls."""
    given = [job.written["with"]["role"]] if job.called else []
    given += [step.given["role-to-assume"] for step in job.steps if "role-to-assume" in step.given]
    assert len(given) < 2
    return given[0].removeprefix("${{ ").removesuffix(" }}") if given else None


def test_each_job_has_these_rights_and_this_role() -> None:
    assert {(file, job.name): (job.permissions, role(job)) for file, job in everywhere()} == JOBS


def test_a_job_may_ask_for_a_token_only_where_it_assumes_a_role() -> None:
    for file, job in everywhere():
        assert ("id-token" in job.permissions) == (role(job) is not None), file


def test_each_begins_at_these_events() -> None:
    begins = {path.name: read(path)["on"] for path in WORKFLOWS.glob("*.yml")}
    called = begins.pop("launch-environment.yml")
    assert list(called) == ["workflow_call"]
    assert begins == ON


def test_a_pre_release_launches_nothing() -> None:
    """Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads#release"""
    sent_for_a_pre_release = {"created", "edited", "prereleased", "published"}
    begins = {path.name: read(path)["on"] for path in WORKFLOWS.glob("*.yml")}
    types = {name: set(on["release"]["types"]) for name, on in begins.items() if "release" in on}
    assert types.keys() == {"launch.yml"}
    assert not types["launch.yml"] & sent_for_a_pre_release


def test_all_that_is_run_is_a_command_of_ours() -> None:
    ran = [step.run for _, job in everywhere() for step in job.steps if step.run]
    assert ran
    for run in ran:
        assert is_ours(run), run


def is_ours(run: str) -> bool:
    return bool(COMMANDS.match(run) and PLAIN.fullmatch(run))


@pytest.mark.parametrize(
    "run",
    [
        "aws cloudformation delete-stack",
        "make lint; curl x",
        "make lint && curl x",
        "make lint | tee log",
        "make lint\ncurl x",
        "make $(curl x)",
        "make `curl x`",
        "make ${{ github.head_ref }}",
        ".venv/bin/oms plan dev || true",
        ".venv/bin/sceptre launch -y dev 2> /dev/null",
    ],
)
def test_another_command_is_none_of_ours(run: str) -> None:
    assert not is_ours(run)


def test_every_action_is_pinned_by_commit_and_names_its_version() -> None:
    versions: dict[str, set[str]] = {}
    for path in WORKFLOWS.glob("*.yml"):
        for line in path.read_text().splitlines():
            if "uses:" in line and "uses: ./" not in line:
                pinned = PINNED.search(line)
                assert pinned, f"{path.name}: {line}"
                versions.setdefault(pinned[1], set()).add(f"{pinned[2]} {pinned[3]}")
    assert versions
    assert {name: len(found) for name, found in versions.items()} == dict.fromkeys(versions, 1)


def test_what_make_is_asked_for_is_what_readme_gives() -> None:
    targets = {
        step.run.split()[1]
        for _, job in everywhere()
        for step in job.steps
        if step.run.startswith("make ")
    }
    assert targets == {"install", "lint", "test"}
    readme = (ROOT / "README.md").read_text()
    assert "make test " in readme
    assert "make lint " in readme
    assert "make test\n" in (ROOT / ".ci/run").read_text()
    for target in targets:
        done = subprocess.run(
            ["make", "--dry-run", target, "PYTHON=python"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_every_supported_python_is_tested() -> None:
    declared = re.findall(r"Python :: (3\.\d+)$", (ROOT / "setup.cfg").read_text(), re.MULTILINE)
    assert jobs("check.yml")["test"].written["strategy"]["matrix"]["python"] == declared


def test_nothing_is_secret_and_nothing_of_a_fork_gets_rights() -> None:
    for path in WORKFLOWS.glob("*.yml"):
        text = path.read_text()
        assert "secrets" not in text
        assert "pull_request_target" not in text


def test_dev_is_launched_without_an_environment_and_the_others_in_theirs() -> None:
    """So that AWS sees the branch of dev's job, and of the others the environment."""
    (job,) = jobs("launch-environment.yml").values()
    assert (
        job.written["environment"]
        == "${{ inputs.environment != 'dev' && inputs.environment || '' }}"
    )
    assert job.written["concurrency"] == {
        "group": "launch-${{ inputs.environment }}",
        "cancel-in-progress": "false",
    }


def test_each_required_variable_is_passed_and_none_is_taken_for_unset() -> None:
    named = re.findall(r"^([A-Z_]+)=", (ROOT / ".variables").read_text(), re.MULTILINE)
    # The repository of this project is asked for by bootstrap alone, which no workflow launches.
    own = {name for name in named if name.startswith(("OMS_LOCAL", "OMS_INFRASTRUCTURE"))}
    documented = set(named) - own
    assert "ALARM_TOPIC_ARN" in documented
    for file, job in everywhere():
        if any("aws-region" in step.given for step in job.steps):
            env = job.written["env"]
            assert documented <= env.keys(), file
            for name in documented:
                assert env[name] == (
                    f"${{{{ vars.{name} != 'none' && (vars.{name} || 'unset') || '' }}}}"
                )
