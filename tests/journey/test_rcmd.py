"""The one use of ``!rcmd``, as docs/DEPLOY.md gives it: the connection's ARN by its name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest

from tests.conftest import ROOT, EmbeddedAws, Project

NAME = "sentry-github"


@pytest.fixture
def project(new_project: Callable[[], Project]) -> Project:
    """A project whose OMS pipeline was edited as the document says."""
    project = new_project()
    (snippet,) = re.findall(
        r"```yaml\nignore: false\nparameters:\n(  CodeStarConnectionArn: !rcmd.*?)```",
        (ROOT / "docs/DEPLOY.md").read_text(),
        flags=re.DOTALL,
    )
    file = "config/dev/pipeline-oms.yaml"
    project.edit(file, "ignore: {{ not codestar_connection_arn }}\n", "ignore: false\n")
    project.edit(file, '  CodeStarConnectionArn: "{{ codestar_connection_arn }}"\n', snippet)
    cli = ROOT / ".tools/awscli/bin"
    assert (cli / "aws").exists(), "`make test` sets up the AWS CLI"
    project.environ["PATH"] = f"{cli}{os.pathsep}{os.environ['PATH']}"
    return project


def test_it_finds_the_connection_of_that_name(project: Project, aws: EmbeddedAws) -> None:
    connections = aws.client("codestar-connections")
    connections.create_connection(ConnectionName="another", ProviderType="GitHub")
    arn = connections.create_connection(ConnectionName=NAME, ProviderType="GitHub")["ConnectionArn"]
    said = project.differing("dev/pipeline-oms")["sentry-pipeline-oms-dev"]
    assert f"CodeStarConnectionArn: {arn}\n" in said
