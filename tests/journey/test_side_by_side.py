"""dev, staging and prod beside each other on one embedded AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psutil
import pytest

from sentry_oms.names import ENVIRONMENTS
from tests.conftest import ROOT, EmbeddedAws, Project

STACKS = len(list((ROOT / "config/dev").glob("*.yaml"))) - 1


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    made = new_project()
    for environment in ENVIRONMENTS:
        made.succeed("launch", "-y", environment)
    return made


def stacks(aws: EmbeddedAws, environment: str) -> dict[str, Any]:
    """The environment's stacks as AWS describes them."""
    names = [name for name in aws.stack_names() if name.endswith(f"-{environment}")]
    return {name: aws.stack(name) for name in names}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_stack_of_each_is_there(project: Project, aws: EmbeddedAws, environment: str) -> None:
    found = stacks(aws, environment)
    assert len(found) == STACKS
    assert {stack["StackStatus"] for stack in found.values()} == {"CREATE_COMPLETE"}
    assert project.differing(environment) == {}


def test_each_has_what_is_its_own(project: Project, aws: EmbeddedAws) -> None:  # noqa: ARG001
    cidrs = {vpc["CidrBlock"] for vpc in aws.client("ec2").describe_vpcs()["Vpcs"]}
    assert {"172.22.0.0/16", "10.30.0.0/16"} <= cidrs
    protocols = {
        environment: aws.outputs(f"sentry-alb-{environment}")["LoadBalancerUrl"].partition(":")[0]
        for environment in ENVIRONMENTS
    }
    assert protocols == {"dev": "http", "staging": "https", "prod": "https"}


def test_the_embedded_aws_stays_small(project: Project, aws: EmbeddedAws) -> None:  # noqa: ARG001
    assert psutil.Process(aws.record.pid).memory_info().rss < 700 * 2**20


def test_to_delete_one_leaves_the_others_as_they_were(project: Project, aws: EmbeddedAws) -> None:
    before = {name: stacks(aws, name) for name in ("staging", "prod")}
    project.succeed("delete", "-y", "dev")
    assert stacks(aws, "dev") == {}
    assert {name: stacks(aws, name) for name in ("staging", "prod")} == before
    for environment in ("staging", "prod"):
        assert project.differing(environment) == {}


def test_prod_without_a_certificate_is_refused_before_anything_is_touched(
    project: Project, aws: EmbeddedAws
) -> None:
    before = stacks(aws, "prod")
    done = project.sceptre("launch", "-y", "prod", CERTIFICATE_ARN="")
    assert done.returncode == 1
    assert stacks(aws, "prod") == before
