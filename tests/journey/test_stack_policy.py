"""A changed stack tag in staging, whose secrets a stack policy protects."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import EmbeddedAws, Project
from tests.plan_examples import oms


def test_a_plan_names_the_stacks_whose_policy_denies_a_new_tag(
    new_project: Callable[[], Project], aws: EmbeddedAws
) -> None:
    project = new_project()
    project.succeed("launch", "-y", "staging/secrets")
    project.succeed("launch", "-y", "staging/redis")
    project.edit("config/config.yaml", "CostCenter: sentry-oms", "CostCenter: trading")
    aws.control()
    done = oms(project, "plan", "dev", "staging", "prod")
    assert done.returncode == 1, done.stdout + done.stderr
    refusals = done.stdout.partition("CloudFormation will refuse\n")[2].partition("\n\n")[0]
    assert "staging/secrets modify AppSecret (AWS::SecretsManager::Secret" in refusals
    assert "staging/redis modify AuthSecret (AWS::SecretsManager::Secret" in refusals
    assert refusals.count("the stack policy denies Update:Modify") == 2
    assert "staging/vpc modify" not in refusals
    assert "UpdateStack" not in aws.calls()
