"""A template with a value of another type gives findings and no traceback."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from sentry_oms.checks import check_environment
from tests.broken.edits import put
from tests.conftest import VARIABLES, Project

CLUSTER = "templates/compute/ecs-cluster-oms.json"
PIPELINE = "templates/cicd/codepipeline-oms.json"
TASK = "templates/compute/task-definition-oms.json"


@pytest.mark.parametrize(
    ("template", "path", "value"),
    [
        (CLUSTER, "ExecutionRole.RoleName", {}),
        (PIPELINE, "Pipeline.Stages.2.Actions.0.Configuration.ProjectName", {"a": "b"}),
        (TASK, "Service.ServiceName", ["x"]),
        (TASK, "TaskDefinition.ContainerDefinitions.0.Environment.4.Value", [{}]),
    ],
)
def test_a_rule_that_can_not_run_says_so(
    template: str, path: str, value: Any, tmp_path: Path
) -> None:
    found = checked(tmp_path, template, path, value)
    assert any("could not run, because a value in a template" in one for one in found)


@pytest.mark.parametrize(
    ("template", "path", "value"),
    [
        (CLUSTER, "ExecutionRole.Policies", 1),
        (TASK, "MemoryAlarm.AlarmActions.Fn::If", None),
        (TASK, "MemoryAlarm.OKActions.Fn::If", {"a": "b"}),
        (TASK, "TaskDefinition.Family.Fn::Sub", []),
    ],
)
def test_what_only_cfn_lint_judges_stops_no_rule(
    template: str, path: str, value: Any, tmp_path: Path
) -> None:
    found = checked(tmp_path, template, path, value)
    assert not any("could not run" in one for one in found)


def checked(directory: Path, template: str, path: str, value: Any) -> list[str]:
    """Return the findings in dev after an edit."""
    put(template, path, value)(Project(directory, {}))
    with patch.dict(os.environ, VARIABLES):
        return [str(one) for one in check_environment(directory, "dev")]
