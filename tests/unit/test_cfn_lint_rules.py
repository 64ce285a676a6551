"""The rules that .cfnlintrc appends to cfn-lint: each reports its edits, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.rules import Rules
from cfnlint.runner import Runner
from cfnlint.runner.template import run_template_by_data

from sentry_oms.cloudformation.templates import Template
from sentry_oms.offline.reading import read_environment
from tests.broken.refused import REFUSED, Refused
from tests.conftest import BIN, ROOT, VARIABLES, Project

ALB = "templates/networking/alb-frontend.json"
TEMPLATES = sorted((ROOT / "templates").glob("*/*.json"))

WALKING = ("E1001", "E1101", "E3001", "E3002")
"""cfn-lint's rules that walk a template and call the rules of a resource's type."""


@cache
def plugin() -> Rules:
    """Return the plugin's rules and those that call them: the rest would take seconds a test."""
    every = Runner(ConfigMixIn([])).rules
    return Rules({code: every[code] for code in every if code in WALKING or code[1] == "9"})


def reported(template: Template) -> set[str]:
    """Return the plugin's rules that report something in a template."""
    config = ConfigMixIn([], regions=["us-east-1"])
    matches = run_template_by_data(template, config, plugin())
    return {match.rule.id for match in matches} - {*WALKING}


def by_hand(template: str | Path) -> str:
    """Return what cfn-lint prints when a person runs it in the repository."""
    done = subprocess.run(
        [str(BIN / "cfn-lint"), str(template)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.stdout


def folded(edit: Refused, project: Project) -> Template:
    """Return the edited template as its stack gets it."""
    (project.directory / "templates" / edit.file).write_text(json.dumps(edit.template))
    with patch.dict(os.environ, VARIABLES):
        read = read_environment(project.directory, edit.stack.partition("/")[0])
    return read.deployed[edit.stack]


@pytest.mark.parametrize("edit", REFUSED, ids=lambda edit: f"{edit.rule} {edit.name}")
def test_a_rule_reports_what_aws_refuses(edit: Refused, tmp_path: Path) -> None:
    template = folded(edit, Project(tmp_path, {})) if edit.stack else edit.template
    assert edit.rule in reported(template)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_rule_reports_a_sound_template(path: Path) -> None:
    assert reported(json.loads(path.read_text())) == set()


def test_every_rule_has_an_edit() -> None:
    assert {edit.rule for edit in REFUSED} == {*plugin()} - {*WALKING}


def test_a_health_check_may_name_a_program_alone() -> None:
    """ECS runs it without CMD: https://github.com/aws/aws-cdk/issues/34389."""
    template = json.loads((ROOT / "templates/compute/task-definition-oms.json").read_text())
    (container,) = template["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"]
    container["HealthCheck"]["Command"] = ["/healthcheck"]
    assert reported(template) == set()


def test_cfn_lint_by_hand_reports_a_fault_that_only_the_plugin_knows(tmp_path: Path) -> None:
    text = (ROOT / ALB).read_text()
    planted = tmp_path / "planted.json"
    timeout = '"HealthCheckTimeoutSeconds": '
    planted.write_text(text.replace(f"{timeout}5", f"{timeout}50", 1))
    said, sound = by_hand(planted), by_hand(ALB)
    assert "E9002 50 is greater than or equal to the maximum of 15" in said
    assert "E9" not in sound
