"""Every property names a resource that exists, and a change of one is found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from sentry_oms.names import ENVIRONMENTS
from sentry_oms.offline.reading import read_environment
from tests.broken.edits import put
from tests.conftest import VARIABLES, Project
from tools.lint.deployed import project
from tools.lint.references import faults

ALB = "templates/networking/alb-frontend.json"
PIPELINE = "templates/cicd/codepipeline-oms.json"
REDIS = "templates/data/elasticache-redis.json"
TASK = "templates/compute/task-definition-oms.json"

WRONG = {
    "TaskDefinition.ContainerDefinitions.0.LogConfiguration.Options.awslogs-group": (TASK, "/oms"),
    "FrontendErrorAlarm.Dimensions.0.Value": (ALB, {"Ref": "FrontendTargetGroup"}),
    "CpuAlarm.Dimensions.0.Value": (TASK, "sentry-gateway-dev"),
    "Node1CpuAlarm.Dimensions.0.Value": (REDIS, {"Fn::Sub": "${ReplicationGroup}-002"}),
    "Service.CapacityProviderStrategy.0.CapacityProvider": (TASK, "FARGATE_SPOT"),
    "ArtifactBucketPolicy.Bucket": (PIPELINE, "another-bucket"),
    "Pipeline.ArtifactStore.Location": (PIPELINE, "another-bucket"),
}
"""By path: the template, and a value that names nothing or something else."""


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_reference_of_an_environment_exists(environment: str) -> None:
    assert list(faults(project(environment))) == []


@pytest.mark.parametrize("path", WRONG)
def test_a_wrong_reference_is_found(path: str, tmp_path: Path) -> None:
    template, value = WRONG[path]
    assert found(tmp_path, template, path, value)


def found(directory: Path, template: str, path: str, value: Any) -> list[str]:
    """Return the faults of dev after an edit."""
    copy = Project(directory, {})
    put(template, path, value)(copy)
    with patch.dict(os.environ, VARIABLES):
        return [
            line
            for line in faults(read_environment(directory, "dev"))
            if path.partition(".")[0] in line
        ]
