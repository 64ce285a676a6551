"""The offline check reports each broken project by code, file, field and line, without AWS."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from click.testing import CliRunner, Result
from sceptre.context import SceptreContext
from sceptre.plan import actions
from sceptre.plan.plan import SceptrePlan

from sentry_oms.checks import RULES, Finding, check_environment, check_project, check_stacks
from sentry_oms.checks.rule import rule
from sentry_oms.checks.tags import OPERATIONS
from sentry_oms.cli import main
from sentry_oms.names import BOOTSTRAP
from sentry_oms.offline.reading import environments, read_environment
from tests.broken import config, templates, wiring
from tests.broken.edits import Broken
from tests.conftest import BIN, ROOT, VARIABLES, Project
from tools.docs import checks as page

ENVIRONMENTS = environments(ROOT)
ON_STACKS = {rule.code for rule in RULES if not rule.phase.needs_environment}
BROKEN = {**config.BROKEN, **templates.BROKEN, **wiring.BROKEN}


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any) -> None:
        raise AssertionError(f"{arguments[1]} was called")

    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, {})


def stacks(project: Project, path: str = "dev") -> Iterator[Any]:
    """Return the stacks that Sceptre passes to its executor."""
    plan = SceptrePlan(SceptreContext(str(project.directory), path))
    plan.resolve("launch")
    yield from plan


@pytest.mark.parametrize("environment", [*ENVIRONMENTS, BOOTSTRAP])
def test_the_project_itself_has_no_findings(environment: str) -> None:
    assert check_environment(ROOT, environment) == []


@pytest.mark.parametrize(("name", "broken"), BROKEN.items(), ids=BROKEN)
def test_a_mistake_is_reported_by_code_and_place(
    project: Project, name: str, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken.edit(project)
    if broken.unset:
        monkeypatch.delenv(broken.unset)
    read = read_environment(project.directory, broken.environment)
    findings = check_project(read)
    code = name.split()[0]
    codes = {code, *broken.also}
    assert {one.code for one in findings} == codes, "\n".join(map(str, findings))
    (finding,) = (one for one in findings if one.code == code)
    assert (finding.file, finding.field) == (broken.file, broken.field)
    expected = broken.field.rpartition(".")[2] if broken.line is None else broken.line
    if expected:
        line = (project.directory / finding.file).read_text().splitlines()[finding.line - 1]
        assert expected in line, f"{finding.line}: {line}"
    assert finding.message
    assert finding.remedy
    assert "\n" not in str(finding)
    if code in ON_STACKS and not read.unreadable:
        before_launch = check_stacks(file.stack for file in read.stacks)
        assert {one.code for one in before_launch} == codes & ON_STACKS


def test_every_rule_has_a_broken_project() -> None:
    assert {rule.code for rule in RULES} == {name.split()[0] for name in BROKEN}


def test_a_launch_of_healthy_stacks_has_no_findings(project: Project) -> None:
    assert check_stacks(stacks(project)) == []
    assert check_stacks(stacks(project, "dev/task-oms.yaml")) == []
    assert check_stacks([]) == []


def test_only_the_given_stacks_are_checked(project: Project) -> None:
    project.edit("config/dev/cognito.yaml", "stack_timeout: 10\n", "")
    found = {one.name: one for one in stacks(project)}
    assert check_stacks([found["dev/pipeline-frontend"]]) == []
    assert [one.code for one in check_stacks(found.values())] == ["OMS012"]


def test_an_empty_variable_is_set(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    assert check_environment(project.directory, "dev") == []


def test_mistakes_in_several_files_are_reported_together(project: Project) -> None:
    project.edit("config/dev/vpc.yaml", "{{ region }}a", "{{ regoin }}a")
    project.edit("config/dev/secrets.yaml", "stack_tags:", "stack_tgas:")
    project.edit("config/dev/redis.yaml", "!stack_output", "!stack_outpt")
    assert [(one.file, one.code) for one in check_environment(project.directory, "dev")] == [
        ("config/dev/redis.yaml", "OMS002"),
        ("config/dev/secrets.yaml", "OMS005"),
        ("config/dev/vpc.yaml", "OMS001"),
    ]


def test_hook_points_are_sceptres() -> None:
    source = inspect.getsource(actions)
    names = re.findall(r"@add_stack_hooks\w*(?:\(.*\))?\n\s+def (\w+)", source)
    aliases = re.findall(r"@add_stack_hooks_with_aliases\(\[(\w+)\.__name__\]\)", source)
    assert {*names, *aliases} == {*OPERATIONS}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_stack_with_alarms_passes_the_alarm_topic(environment: str) -> None:
    files = read_environment(ROOT, environment).stacks
    with_alarms = [file for file in files if "AlarmTopicArn" in file.section("Parameters")]
    assert len(with_alarms) == 12
    assert [file.name for file in with_alarms if "AlarmTopicArn" not in file.parameters] == []


def test_a_template_that_two_stacks_share_needs_one_reader(project: Project) -> None:
    config = project.directory / "config/dev"
    text = (config / "cognito.yaml").read_text()
    (config / "cognito-b.yaml").write_text(text.replace("sentry-cognito-", "sentry-cognito-b-"))
    assert {one.code for one in check_environment(project.directory, "dev")} == {"OMS007"}


def test_another_project_gets_only_what_aws_or_sceptre_would_refuse(project: Project) -> None:
    project.edit("config/config.yaml", "house_rules: true", "house_rules: false")
    project.edit("config/config.yaml", "state_protection: none", "state_protecton: none")
    project.edit("config/dev/redis.yaml", "stack_timeout: 45", "")
    for file in sorted((project.directory / "config/dev").glob("*.yaml")):
        file.write_text(file.read_text().replace("{{ state_protection }}", "none"))
    assert check_environment(project.directory, "dev") == []
    project.edit("config/dev/redis.yaml", "{{ multi_az }}", "maybe")
    assert {one.code for one in check_environment(project.directory, "dev")} == {"OMS042"}


@pytest.mark.parametrize("code", ["OMS001", "OMS050", "OMS066"])
def test_a_code_is_not_used_again(code: str) -> None:
    register = rule(code, cause="", remedy="")
    with pytest.raises(ValueError, match=code):
        register(lambda _: iter(()))


def test_the_page_of_the_rules_is_up_to_date() -> None:
    assert (ROOT / "docs/CHECKS.md").read_text() == page.render(), "run `make generated`"


def check(project: Project, environment: str, style: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.directory)
        return CliRunner().invoke(main, ["check", environment, "--format", style])


@pytest.mark.parametrize(
    ("style", "healthy", "broken"),
    [
        (
            "text",
            f"dev: 16 stacks, {len(RULES)} rules, no findings\n",
            r"config/dev/redis\.yaml:\d+ OMS042 parameters\.MultiAZ: '100%, a:b' ",
        ),
        ("json", "[]\n", r'\[\n  {\n    "file": "config/dev/redis\.yaml",\n    "line": \d+,\n'),
        (
            "github",
            "",
            r"::error file=config/dev/redis\.yaml,line=\d+,title=OMS042::"
            "parameters.MultiAZ: '100%25, a:b' ",
        ),
    ],
)
def test_the_command_prints_findings_in_three_formats(
    project: Project, style: str, healthy: str, broken: str
) -> None:
    done = check(project, "dev", style)
    assert (done.exit_code, done.output) == (0, healthy)
    project.edit("config/dev/redis.yaml", "{{ multi_az }}", '"100%, a:b"')
    done = check(project, "dev", style)
    assert done.exit_code == 1
    assert re.match(broken, done.output)
    if style == "json":
        (finding,) = json.loads(done.output)
        assert Finding(**finding).code == "OMS042"


def test_the_command_refuses_an_unknown_environment(project: Project) -> None:
    done = check(project, "prd", "text")
    assert done.exit_code == 1
    assert re.fullmatch(r"oms: 'prd' .* dev, prod, staging\n", done.output)


def test_the_command_needs_no_credentials_and_logs_nothing(project: Project) -> None:
    """Sceptre would log the failed template on standard error."""
    project.edit("config/dev/sqs.yaml", "fifo: true", "fiffo: true")
    done = subprocess.run(
        [str(BIN / "oms"), "check", "dev"],
        cwd=project.directory,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            **VARIABLES,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert len(done.stdout.splitlines()) == 2
