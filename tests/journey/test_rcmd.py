"""``!rcmd`` finds the ARN of a connection by its name, as docs/DEPLOY.md shows."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from tests.conftest import ROOT, EmbeddedAws, Project
from tests.journey.shell import AWS_CLI


def test_it_finds_the_connection_of_that_name(
    new_project: Callable[[], Project], aws: EmbeddedAws
) -> None:
    project, file = new_project(), "config/dev/pipeline-oms.yaml"
    (snippet,) = re.findall(
        r"```yaml\nignore: false\nparameters:\n(  CodeStarConnectionArn: !rcmd.*?)```",
        (ROOT / "docs/DEPLOY.md").read_text(),
        flags=re.DOTALL,
    )
    project.edit(file, "ignore: {{ not codestar_connection_arn }}\n", "ignore: false\n")
    project.edit(file, '  CodeStarConnectionArn: "{{ codestar_connection_arn }}"\n', snippet)
    assert AWS_CLI.exists(), "`make test` sets up the AWS CLI"
    project.environ["PATH"] = f"{AWS_CLI.parent}{os.pathsep}{os.environ['PATH']}"
    arns = [
        aws.client("codestar-connections").create_connection(
            ConnectionName=name, ProviderType="GitHub"
        )["ConnectionArn"]
        for name in ("another", "sentry-github")
    ]
    said = project.differing("dev/pipeline-oms")["sentry-pipeline-oms-dev"]
    assert f"CodeStarConnectionArn: {arns[1]}\n" in said
