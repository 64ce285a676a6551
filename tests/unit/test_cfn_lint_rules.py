"""The rules that .cfnlintrc appends to cfn-lint."""

from __future__ import annotations

import json
import os
import re
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
"""Rules of cfn-lint that call the rules of each resource type."""


@cache
def plugin() -> Rules:
    """Return the plugin's rules and those that call them; the others would take seconds a test."""
    every = Runner(ConfigMixIn([])).rules
    return Rules({code: every[code] for code in every if code in WALKING or code[1] == "9"})


def reported(template: Template) -> set[str]:
    """Return the codes of the plugin's findings in a template."""
    config = ConfigMixIn([], regions=["us-east-1"])
    matches = run_template_by_data(template, config, plugin())
    return {match.rule.id for match in matches} - {*WALKING}


def folded(edit: Refused, project: Project) -> Template:
    """Return the edited template as its stack deploys it."""
    (project.directory / "templates" / edit.file).write_text(json.dumps(edit.template))
    with patch.dict(os.environ, VARIABLES):
        read = read_environment(project.directory, edit.stack.partition("/")[0])
    return read.deployed[edit.stack]


@pytest.mark.parametrize("edit", REFUSED, ids=lambda edit: f"{edit.rule} {edit.name}")
def test_a_rule_reports_an_edit_that_aws_refuses(edit: Refused, tmp_path: Path) -> None:
    template = folded(edit, Project(tmp_path, {})) if edit.stack else edit.template
    assert edit.rule in reported(template)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_valid_templates_have_no_findings(path: Path) -> None:
    assert reported(json.loads(path.read_text())) == set()


def test_every_rule_has_an_edit() -> None:
    assert {edit.rule for edit in REFUSED} == {*plugin()} - {*WALKING}


def test_a_health_check_command_may_lack_cmd() -> None:
    """ECS accepts it: https://github.com/aws/aws-cdk/issues/34389."""
    template = json.loads((ROOT / "templates/compute/task-definition-oms.json").read_text())
    (container,) = template["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"]
    container["HealthCheck"]["Command"] = ["/healthcheck"]
    assert reported(template) == set()


def test_cfn_lint_by_hand_runs_the_plugin(tmp_path: Path) -> None:
    planted = tmp_path / "planted.json"
    timeout = '"HealthCheckTimeoutSeconds": '
    planted.write_text((ROOT / ALB).read_text().replace(f"{timeout}5", f"{timeout}50", 1))
    done = subprocess.run(
        [str(BIN / "cfn-lint"), str(planted)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    (reported,) = re.findall(r"^E9.*\n(.*)", done.stdout, re.MULTILINE)
    assert reported.startswith(f"{planted}:")
