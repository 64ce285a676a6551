"""The offline check: each broken project is named by code and place, and AWS is never asked."""

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
from sceptre.context import SceptreContext
from sceptre.plan import actions
from sceptre.plan.plan import SceptrePlan

from sentry_oms.checks import RULES, Finding, check_environment, check_stacks
from sentry_oms.checks.rule import rule
from sentry_oms.checks.tags import OPERATIONS
from sentry_oms.names import BOOTSTRAP
from sentry_oms.offline.reading import environments, read_environment
from tests.broken.projects import PROJECTS, Broken
from tests.conftest import BIN, ROOT, VARIABLES, Project
from tools.docs import checks as page

ENVIRONMENTS = environments(ROOT)
ON_STACKS = {rule.code for rule in RULES if not rule.phase.needs_environment}


@pytest.fixture(autouse=True)
def nothing_is_asked_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
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
    """The stacks that Sceptre would hand to its executor."""
    plan = SceptrePlan(SceptreContext(str(project.directory), path))
    plan.resolve("launch")
    yield from plan


@pytest.mark.parametrize("environment", [*ENVIRONMENTS, BOOTSTRAP])
def test_the_project_itself_has_no_mistake(environment: str) -> None:
    assert check_environment(ROOT, environment) == []


@pytest.mark.parametrize("broken", PROJECTS, ids=lambda broken: f"{broken.code} {broken.name}")
def test_a_mistake_is_named_by_its_code_and_place(
    project: Project, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken.edit(project)
    if broken.unset:
        monkeypatch.delenv(broken.unset)
    findings = check_environment(project.directory, broken.environment)
    said = "\n".join(map(str, findings))
    assert {one.code for one in findings} == {broken.code, *broken.also}, said
    (finding,) = (one for one in findings if one.code == broken.code)
    assert (finding.code, finding.file, finding.field) == (broken.code, broken.file, broken.field)
    if broken.text:
        line = (project.directory / finding.file).read_text().splitlines()[finding.line - 1]
        assert broken.text in line, f"{finding.line}: {line}"
    assert finding.message
    assert finding.remedy
    assert "\n" not in str(finding)


@pytest.mark.parametrize(
    "broken",
    {one.code: one for one in reversed(PROJECTS) if one.code in ON_STACKS}.values(),
    ids=lambda broken: f"{broken.code} {broken.name}",
)
def test_a_launch_finds_what_is_wrong_in_its_stacks(
    project: Project, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken.edit(project)
    if broken.unset:
        monkeypatch.delenv(broken.unset)
    findings = check_stacks(stacks(project, broken.environment))
    assert [finding.code for finding in findings] == [broken.code]


def test_a_launch_of_healthy_stacks_finds_nothing(project: Project) -> None:
    assert check_stacks(stacks(project)) == []
    assert check_stacks(stacks(project, "dev/task-oms.yaml")) == []
    assert check_stacks([]) == []


def test_only_the_stacks_given_are_checked(project: Project) -> None:
    project.edit("config/dev/cognito.yaml", "stack_timeout: 10\n", "")
    (pipeline,) = (one for one in stacks(project) if one.name == "dev/pipeline-frontend")
    assert check_stacks([pipeline]) == []


def test_a_variable_that_is_set_to_nothing_is_set(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    assert check_environment(project.directory, "dev") == []


def test_mistakes_in_several_files_are_named_at_once(project: Project) -> None:
    project.edit("config/dev/vpc.yaml", "{{ region }}a", "{{ regoin }}a")
    project.edit("config/dev/secrets.yaml", "stack_tags:", "stack_tgas:")
    project.edit("config/dev/redis.yaml", "!stack_output", "!stack_outpt")
    assert [(one.file, one.code) for one in check_environment(project.directory, "dev")] == [
        ("config/dev/redis.yaml", "OMS002"),
        ("config/dev/secrets.yaml", "OMS005"),
        ("config/dev/vpc.yaml", "OMS001"),
    ]


def test_the_points_of_hooks_are_those_of_sceptre() -> None:
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
    (missing, _) = check_environment(project.directory, "dev")
    assert missing.code == "OMS007"


class TestCatalogue:
    def test_every_rule_has_a_code_of_its_own(self) -> None:
        codes = [rule.code for rule in RULES]
        assert codes == sorted(set(codes))
        assert all(re.fullmatch(r"OMS\d{3}", code) for code in codes)

    @pytest.mark.parametrize("code", ["OMS001", "OMS050", "OMS066"])
    def test_a_code_belongs_to_one_rule(self, code: str) -> None:
        register = rule(code, cause="", remedy="")
        with pytest.raises(ValueError, match=f"{code} is the code of another rule"):
            register(lambda _: iter(()))

    def test_its_page_is_fresh(self) -> None:
        assert (ROOT / "docs/CHECKS.md").read_text() == page.render(), "make generated"

    def test_every_rule_has_a_broken_project(self) -> None:
        assert {rule.code for rule in RULES} == {broken.code for broken in PROJECTS}


class TestCommand:
    """``oms check`` in a process of its own, with no credentials and no way out."""

    def check(
        self, project: Project, *arguments: str, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(BIN / "oms"), "check", *arguments],
            cwd=project.directory,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                # What did call AWS would fail here, and say so.
                "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
                **VARIABLES,
                **environ,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def test_a_healthy_environment(self, project: Project) -> None:
        done = self.check(project, "dev")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"dev: 16 stacks, {len(RULES)} rules, no findings\n"

    def test_a_mistake_is_one_line(self, project: Project) -> None:
        project.edit("config/config.yaml", 'oms_cpu: ""', 'oms_cpu: "300"')
        done = self.check(project, "dev")
        assert (done.returncode, done.stderr) == (1, "")
        first, last = done.stdout.splitlines()
        assert re.match(
            r"config/dev/task-oms\.yaml:\d+ OMS042 parameters\.Cpu: '300' is not allowed: "
            r"use one of nothing, 256, ",
            first,
        )
        assert last.endswith(f"{len(RULES)} rules, 1 finding")

    def test_json_is_a_list_of_findings(self, project: Project) -> None:
        assert json.loads(self.check(project, "dev", "--format", "json").stdout) == []
        project.edit("config/dev/sqs.yaml", "stack_timeout: 15\n", "")
        done = self.check(project, "dev", "--format", "json")
        (finding,) = json.loads(done.stdout)
        assert done.returncode == 1
        assert Finding(**finding).code == "OMS012"

    def test_github_gets_workflow_commands(self, project: Project) -> None:
        assert self.check(project, "dev", "--format", "github").stdout == ""
        project.edit("config/dev/redis.yaml", "{{ multi_az }}", '"100%, a:b"')
        done = self.check(project, "dev", "--format", "github")
        assert done.returncode == 1
        assert re.match(
            r"::error file=config/dev/redis\.yaml,line=\d+,title=OMS042::"
            r"parameters\.MultiAZ: '100%25, a:b' is not allowed",
            done.stdout,
        )

    def test_a_template_that_fails_says_nothing_of_its_own(self, project: Project) -> None:
        project.edit("config/dev/sqs.yaml", "fifo: true", "fiffo: true")
        done = self.check(project, "dev")
        assert (len(done.stdout.splitlines()), done.stderr) == (2, "")

    def test_an_unknown_environment_is_one_line(self, project: Project) -> None:
        done = self.check(project, "prd")
        assert done.returncode == 1
        assert done.stdout == ""
        assert (
            done.stderr == "oms: 'prd' is not in config: its environments are dev, prod, staging\n"
        )
