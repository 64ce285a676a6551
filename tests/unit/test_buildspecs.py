"""The pipelines' builds, really run: bash as CodeBuild's, ``docker`` and ``aws`` as stubs.

The stubs note every call, keep the pushed images in a file, and refuse to push a tag twice, as a
repository with immutable tags does.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from sentry_oms import names
from tests.conftest import template

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
COGNITO = {
    "COGNITO_CLIENT_ID": "client",
    "COGNITO_REGION": "us-east-1",
    "COGNITO_USER_POOL_ID": "us-east-1_pool",
}

NOTE = """#!/bin/bash
set -euo pipefail
call="$(basename "$0")"
for word in "$@"; do call+=" $(printf '%q' "$word")"; done
printf '%s\\n' "$call" >> "$STATE/calls"
if [[ "$(basename "$0") $*" == "$FAIL" ]]; then exit 1; fi
"""
AWS = """
case "$1 $2" in
  "ecr describe-images")
    if grep -qx "$4:${6#imageTag=}" "$IMAGES"; then echo '{}'; else
      echo "An error occurred (ImageNotFoundException) when calling DescribeImages" >&2; exit 254
    fi ;;
  "ecr get-login-password") echo password ;;
  *) exit 2 ;;
esac
"""
DOCKER = """
case "$1" in
  login) cat > "$STATE/password" ;;
  build) [[ -f "${!#}/Dockerfile" ]]
    env | grep -o '^COGNITO_[A-Z_]*=.*' | sort > "$STATE/arguments" || true ;;
  push) [[ "$(cat "$STATE/password")" == password ]]
    if grep -qx "${2#*/}" "$IMAGES"; then echo "tag invalid: immutable" >&2; exit 1; fi
    echo "${2#*/}" >> "$IMAGES" ;;
  *) exit 2 ;;
esac
"""


class Outcome(NamedTuple):
    """What a build left behind."""

    status: int
    calls: list[str]
    artifact: str | None
    arguments: list[str]


class Project:
    """A template's build project, and the repository that it pushes to."""

    def __init__(self, service: names.Service, home: Path) -> None:
        self.service = service
        self.home = home
        self.images = home / "images"
        self.images.touch()
        self.runs = 0
        for name, behaviour in (("aws", AWS), ("docker", DOCKER)):
            stub = home / name
            stub.write_text(NOTE + behaviour)
            stub.chmod(0o755)
        body = template(f"cicd/codepipeline-{service.service.removesuffix('-admin')}.json")
        properties = body["Resources"]["BuildProject"]["Properties"]
        values = self.parameters(body)
        self.buildspec = yaml.safe_load(resolved(properties["Source"]["BuildSpec"], values))
        self.variables = {
            one["Name"]: resolved(one["Value"], values)
            for one in properties["Environment"]["EnvironmentVariables"]
        }

    def parameters(self, body: Mapping[str, Any]) -> dict[str, str]:
        defaults = {
            key: str(parameter["Default"])
            for key, parameter in body["Parameters"].items()
            if "Default" in parameter
        }
        return {
            **defaults,
            "AWS::AccountId": "123456789012",
            "AWS::Region": "us-east-1",
            "Environment": "dev",
            "ECRRepositoryName": self.repository,
            "CognitoRegion": COGNITO["COGNITO_REGION"],
            "CognitoUserPoolId": COGNITO["COGNITO_USER_POOL_ID"],
            "CognitoClientId": COGNITO["COGNITO_CLIENT_ID"],
        }

    @property
    def repository(self) -> str:
        return names.repository_name(self.service.image, "dev")

    @property
    def image(self) -> str:
        return f"{REGISTRY}/{self.repository}:{COMMIT}"

    @property
    def expected_calls(self) -> list[str]:
        """The calls of a build whose image is not there yet."""
        arguments = sorted(COGNITO) if self.service.service == "frontend-admin" else []
        named = [one for one in self.variables if one in arguments]
        options = "".join(f" --build-arg {one}" for one in named)
        return [
            f"aws ecr describe-images --repository-name {self.repository} "
            f"--image-ids imageTag={COMMIT}",
            "aws ecr get-login-password",
            f"docker login --username AWS --password-stdin {REGISTRY}",
            f"docker build --platform linux/arm64 --tag {self.image}{options} {self.service.image}",
            f"docker push {self.image}",
        ]

    def build(self, commit: str | None = COMMIT, fail: str = "") -> Outcome:
        """Run the build phase in a source tree of its own; ``fail`` is the call that fails."""
        self.runs += 1
        state = self.home / f"run-{self.runs}"
        directory = state / "source" / self.service.image
        directory.mkdir(parents=True)
        (directory / "Dockerfile").touch()
        (state / "calls").touch()
        (state / "arguments").touch()
        environment = {
            "PATH": f"{self.home}:/usr/bin:/bin",
            "STATE": str(state),
            "IMAGES": str(self.images),
            "FAIL": fail,
            **self.buildspec["env"]["variables"],
            **self.variables,
        }
        if commit is not None:
            environment["CODEBUILD_RESOLVED_SOURCE_VERSION"] = commit
        (command,) = self.buildspec["phases"]["build"]["commands"]
        done = subprocess.run(
            [self.buildspec["env"]["shell"], "-c", command],
            cwd=state / "source",
            env=environment,
            capture_output=True,
            check=False,
        )
        artifact = state / "source/imagedefinitions.json"
        return Outcome(
            done.returncode,
            (state / "calls").read_text().splitlines(),
            artifact.read_text() if artifact.exists() else None,
            (state / "arguments").read_text().splitlines(),
        )


def resolved(node: Any, values: Mapping[str, str]) -> str:
    """A string of a template with its parameters in place."""
    if isinstance(node, str):
        return node
    ((function, argument),) = node.items()
    if function == "Ref":
        return values[argument]
    if function == "Fn::Join":
        return str(argument[0].join(resolved(part, values) for part in argument[1]))
    assert function == "Fn::Sub", function
    replaced = re.sub(r"\$\{([\w:]+)\}", lambda match: values[match[1]], argument)
    return replaced.replace("${!", "${")


@pytest.fixture(params=names.SERVICES, ids=lambda one: one.service)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """The build project of one service."""
    return Project(request.param, tmp_path)


def test_a_build_pushes_the_commits_image_and_says_which_container_gets_it(
    project: Project,
) -> None:
    built = project.build()
    assert built.status == 0
    # The two sides of a pipe start in either order.
    assert sorted(built.calls) == sorted(project.expected_calls)
    assert built.calls[-2:] == project.expected_calls[-2:]
    assert json.loads(built.artifact or "") == [
        {"name": project.service.service, "imageUri": project.image}
    ]
    assert project.buildspec["artifacts"] == {"files": ["imagedefinitions.json"]}


def test_only_the_front_end_is_built_for_a_user_pool(project: Project) -> None:
    expected = [f"{key}={value}" for key, value in sorted(COGNITO.items())]
    is_frontend = project.service.service == "frontend-admin"
    assert project.build().arguments == (expected if is_frontend else [])


def test_a_retry_on_the_immutable_tag_succeeds_and_pushes_nothing(project: Project) -> None:
    first, retry = project.build(), project.build()
    assert retry.status == 0
    assert retry.calls == project.expected_calls[:1]
    assert retry.artifact == first.artifact


@pytest.mark.parametrize("position", range(5))
def test_a_call_that_fails_fails_the_build_and_deploys_nothing(
    project: Project, position: int
) -> None:
    failed = project.build(fail=" ".join(shlex.split(project.expected_calls[position])))
    assert failed.status != 0
    assert failed.artifact is None
    assert project.images.read_text() == ""
    assert project.buildspec["phases"]["build"]["on-failure"] == "ABORT"


@pytest.mark.parametrize("commit", [None, "", "main", COMMIT[:7], f"{COMMIT}0", COMMIT.upper()])
def test_without_a_full_commit_nothing_is_called(project: Project, commit: str | None) -> None:
    failed = project.build(commit=commit)
    assert (failed.status != 0, failed.calls, failed.artifact) == (True, [], None)


@pytest.mark.parametrize(
    ("guard", "without"),
    [("set -euo pipefail", "set -u"), ("ImageNotFoundException", "NoSuchError")],
)
def test_a_build_without_its_guards_is_caught(project: Project, guard: str, without: str) -> None:
    """A negative control: were these lines missing, the tests above would see it."""
    (command,) = project.buildspec["phases"]["build"]["commands"]
    assert guard in command
    project.buildspec["phases"]["build"]["commands"] = [command.replace(guard, without)]
    push_fails = project.build(fail=" ".join(shlex.split(project.expected_calls[4])))
    built = project.build()
    assert push_fails.status == 0 or built.status != 0
