"""What the build of each pipeline does, run by bash with docker and aws replaced.

A first build pushes its image and says which; a build of the same commit again finds the image and
only says which; whatever fails, the build fails and leaves nothing for a deployment to pick up.

Bash is assumed where Debian has it, below /usr/bin or /bin. The replaced commands note every call,
keep the images pushed in a file, and refuse a tag that is there, as an immutable repository does.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from sentry_oms import names
from tests.conftest import template

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"

AWS_OR_DOCKER = r"""#!/bin/bash
set -euo pipefail
call="${0##*/} $*"
echo "$call" >> calls
if [[ "$call" == "${FAIL:-}" ]]; then
  echo "$call: refused" >&2
  exit 1
fi
case "$call" in
  "aws ecr describe-images --repository-name "*" --image-ids imageTag="*)
    if ! grep -qxF "$REGISTRY/$4:${6#imageTag=}" "$IMAGES"; then
      echo "An error occurred (ImageNotFoundException) when calling DescribeImages" >&2
      exit 254
    fi ;;
  "aws ecr get-login-password") echo "password of the registry" ;;
  "docker login "*) cat > password ;;
  "docker build "*)
    [[ -f "${!#}/Dockerfile" ]]
    while (($#)); do
      if [[ "$1" == --build-arg ]]; then echo "$2=${!2}" >> build-arguments; fi
      shift
    done ;;
  "docker push "*)
    if grep -qxF "$2" "$IMAGES"; then
      echo "tag invalid: it exists already, and the repository is immutable" >&2
      exit 1
    fi
    echo "$2" >> "$IMAGES" ;;
  *) echo "no such command: $call" >&2; exit 2 ;;
esac
"""


@dataclass(frozen=True)
class Pipeline:
    """What a pipeline is about: the service, and what its image is built with."""

    name: str
    service: names.Service
    cognito: bool = False

    @property
    def path(self) -> str:
        return f"cicd/codepipeline-{self.name}.json"

    @property
    def repository(self) -> str:
        return names.repository_name(self.service.image, "dev")

    @property
    def image(self) -> str:
        return f"{REGISTRY}/{self.repository}:{COMMIT}"

    @property
    def parameters(self) -> dict[str, str]:
        cognito = {
            "CognitoRegion": "us-east-1",
            "CognitoUserPoolId": "us-east-1_pool",
            "CognitoClientId": "client",
        }
        return {"ECRRepositoryName": self.repository, **(cognito if self.cognito else {})}

    @property
    def build_arguments(self) -> dict[str, str]:
        if not self.cognito:
            return {}
        return {
            "COGNITO_REGION": "us-east-1",
            "COGNITO_USER_POOL_ID": "us-east-1_pool",
            "COGNITO_CLIENT_ID": "client",
        }

    @property
    def calls(self) -> list[str]:
        """What a build calls whose image is not there yet."""
        arguments = "".join(f" --build-arg {name}" for name in self.build_arguments)
        return [
            f"aws ecr describe-images --repository-name {self.repository}"
            f" --image-ids imageTag={COMMIT}",
            "aws ecr get-login-password",
            f"docker login --username AWS --password-stdin {REGISTRY}",
            f"docker build --platform linux/arm64 --tag {self.image}{arguments}"
            f" {self.service.image}",
            f"docker push {self.image}",
        ]


PIPELINES = [
    Pipeline(name, service, cognito=name == "frontend")
    for name, service in zip(("frontend", "oms", "websocket"), names.SERVICES, strict=True)
]


def resolved(node: Any, values: Mapping[str, str]) -> Any:
    """A part of a template with what refers to parameters replaced by their values."""
    match node:
        case {"Ref": name}:
            return values[name]
        case {"Fn::Sub": text}:
            return re.sub(r"\$\{([\w:]+)\}", lambda found: values[found[1]], text)
        case {"Fn::Join": [separator, parts]}:
            return separator.join(resolved(parts, values))
        case list():
            return [resolved(item, values) for item in node]
        case dict():
            return {key: resolved(value, values) for key, value in node.items()}
    return node


@dataclass(frozen=True)
class Build:
    """What CodeBuild is told: the buildspec, and the variables of the project."""

    buildspec: dict[str, Any]
    variables: dict[str, str]

    @classmethod
    def of(cls, loaded: Mapping[str, Any], pipeline: Pipeline) -> Build:
        values = {
            "AWS::AccountId": "123456789012",
            "AWS::Region": "us-east-1",
            "SourceDirectory": loaded["Parameters"]["SourceDirectory"]["Default"],
            **pipeline.parameters,
        }
        properties = loaded["Resources"]["BuildProject"]["Properties"]
        return cls(
            yaml.safe_load(resolved(properties["Source"]["BuildSpec"], values)),
            {
                variable["Name"]: resolved(variable["Value"], values)
                for variable in properties["Environment"]["EnvironmentVariables"]
            },
        )

    @property
    def command(self) -> str:
        """The whole build: CodeBuild judges a command by its last exit code alone, and what one
        sets does not reach the next; and a phase after the build runs when the build failed."""
        assert list(self.buildspec["phases"]) == ["build"]
        (command,) = self.buildspec["phases"]["build"]["commands"]
        return str(command)


@dataclass(frozen=True)
class Outcome:
    """What a build left behind."""

    succeeded: bool
    calls: list[str]
    definitions: Any
    build_arguments: list[str]
    password: str
    log: str


class Registry:
    """Where the builds of a test run: the images that they pushed stay."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.runs = 0
        self.images = home / "images"
        self.images.touch()
        self.commands = home / "commands"
        self.commands.mkdir()
        for name in ("aws", "docker"):
            command = self.commands / name
            command.write_text(AWS_OR_DOCKER)
            command.chmod(0o755)

    def run(self, build: Build, commit: str | None = COMMIT, fail: str = "") -> Outcome:
        """Run the build in a fresh source tree; ``fail`` is the call that is refused."""
        self.runs += 1
        source = self.home / f"source-{self.runs}"
        service = source / build.variables["SOURCE_DIRECTORY"]
        service.mkdir(parents=True)
        (service / "Dockerfile").touch()
        version = {} if commit is None else {"CODEBUILD_RESOLVED_SOURCE_VERSION": commit}
        done = subprocess.run(
            [build.buildspec["env"]["shell"], "-c", build.command],
            cwd=source,
            env={
                "PATH": f"{self.commands}:/usr/bin:/bin",
                "REGISTRY": REGISTRY,
                "IMAGES": str(self.images),
                "FAIL": fail,
                **build.buildspec["env"]["variables"],
                **build.variables,
                **version,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        definitions = text_of(source / "imagedefinitions.json")
        return Outcome(
            succeeded=done.returncode == 0,
            calls=text_of(source / "calls").splitlines(),
            definitions=json.loads(definitions) if definitions else None,
            build_arguments=text_of(source / "build-arguments").splitlines(),
            password=text_of(source / "password"),
            log=done.stdout + done.stderr,
        )

    def pushed(self) -> list[str]:
        return self.images.read_text().splitlines()


def text_of(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def pushes_and_says_which(pipeline: Pipeline, build: Build, registry: Registry) -> None:
    first = registry.run(build)
    assert first.succeeded, first.log
    # The two sides of a pipe start in either order.
    assert sorted(first.calls[1:3]) == sorted(pipeline.calls[1:3])
    assert [first.calls[0], *first.calls[3:]] == [pipeline.calls[0], *pipeline.calls[3:]]
    assert first.password == "password of the registry\n"
    assert first.build_arguments == [f"{k}={v}" for k, v in pipeline.build_arguments.items()]
    assert registry.pushed() == [pipeline.image]
    assert first.definitions == [{"name": pipeline.service.service, "imageUri": pipeline.image}]


def says_which_without_pushing(pipeline: Pipeline, build: Build, registry: Registry) -> None:
    registry.images.write_text(f"{pipeline.image}\n")
    retry = registry.run(build)
    assert retry.succeeded, retry.log
    assert retry.calls == pipeline.calls[:1]
    assert retry.definitions == [{"name": pipeline.service.service, "imageUri": pipeline.image}]


def fails_with(position: int, pipeline: Pipeline, build: Build, registry: Registry) -> None:
    """The call at this position is refused: nothing after it runs, and nothing is left."""
    call = pipeline.calls[position]
    failed = registry.run(build, fail=call)
    assert not failed.succeeded, failed.log
    assert call in failed.calls
    # The two sides of a pipe start in either order.
    other_side = pipeline.calls[2] if position == CALLS.index("get-login-password") else ""
    assert not ({*pipeline.calls[position + 1 :]} - {other_side}) & {*failed.calls}
    assert failed.definitions is None
    assert registry.pushed() == []


def refuses_the_commit(commit: str | None, build: Build, registry: Registry) -> None:
    failed = registry.run(build, commit=commit)
    assert not failed.succeeded, failed.log
    assert "no full commit SHA" in failed.log
    assert failed.calls == []
    assert failed.definitions is None


CALLS = ("describe-images", "get-login-password", "docker login", "docker build", "docker push")
NO_COMMITS = {
    "none": None,
    "empty": "",
    "branch": "main",
    "short": COMMIT[:7],
    "long": f"{COMMIT}0",
    "upper case": COMMIT.upper(),
}


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path)


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda pipeline: pipeline.name)
class TestBuild:
    """The build of each template, as it is checked in."""

    @pytest.fixture
    def build(self, pipeline: Pipeline) -> Build:
        return Build.of(template(pipeline.path), pipeline)

    def test_a_first_build_pushes_the_image_and_says_which(
        self, pipeline: Pipeline, build: Build, registry: Registry
    ) -> None:
        pushes_and_says_which(pipeline, build, registry)

    def test_a_retry_finds_the_image_and_says_which(
        self, pipeline: Pipeline, build: Build, registry: Registry
    ) -> None:
        pushes_and_says_which(pipeline, build, registry)
        says_which_without_pushing(pipeline, build, registry)
        assert registry.pushed() == [pipeline.image]

    @pytest.mark.parametrize("position", range(len(CALLS)), ids=CALLS)
    def test_a_build_fails_whichever_call_fails_and_then_can_be_retried(
        self, pipeline: Pipeline, build: Build, registry: Registry, position: int
    ) -> None:
        fails_with(position, pipeline, build, registry)
        pushes_and_says_which(pipeline, build, registry)

    @pytest.mark.parametrize("commit", NO_COMMITS.values(), ids=NO_COMMITS)
    def test_only_a_full_commit_sha_becomes_a_tag(
        self, build: Build, registry: Registry, commit: str | None
    ) -> None:
        refuses_the_commit(commit, build, registry)

    def test_the_deployment_takes_the_file_that_the_build_writes(
        self, pipeline: Pipeline, build: Build
    ) -> None:
        stages = template(pipeline.path)["Resources"]["Pipeline"]["Properties"]["Stages"]
        actions = {stage["Name"]: stage["Actions"][0] for stage in stages if "Name" in stage}
        assert build.buildspec["artifacts"] == {"files": ["imagedefinitions.json"]}
        assert actions["Deploy"]["Configuration"]["FileName"] == "imagedefinitions.json"
        assert actions["Deploy"]["InputArtifacts"] == actions["Build"]["OutputArtifacts"]


def every_promise(pipeline: Pipeline, build: Build, home: Path) -> None:
    """All of the above, one after the other."""
    checks: list[Callable[[Registry], None]] = [
        lambda registry: pushes_and_says_which(pipeline, build, registry),
        lambda registry: says_which_without_pushing(pipeline, build, registry),
        *(
            lambda registry, position=position: fails_with(position, pipeline, build, registry)
            for position in range(len(CALLS))
        ),
        *(
            lambda registry, commit=commit: refuses_the_commit(commit, build, registry)
            for commit in NO_COMMITS.values()
        ),
    ]
    for number, check in enumerate(checks):
        (home / str(number)).mkdir()
        check(Registry(home / str(number)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("set -euo pipefail", "set -uo pipefail"),
        ("set -euo pipefail", "set -eu"),
        ("*ImageNotFoundException*", "*"),
        ('2>&1)\\"; then', '2>&1)\\" && answer=ImageNotFoundException && false; then'),
        ("linux/arm64", "linux/amd64"),
        ("{40}", "{7,40}"),
        ('"Value": "frontend-admin"', '"Value": "frontend"'),
        ('image=\\"$REPOSITORY_URI:$tag\\"', 'image=\\"$REPOSITORY_URI:latest\\"'),
        ("      set -euo pipefail", "      set -euo pipefail; echo [] > imagedefinitions.json"),
        ("--build-arg COGNITO_CLIENT_ID", "--build-arg COGNITO_CLIENT"),
        ('docker push \\"$image\\"', 'docker push \\"$image\\" || true'),
        ('"    on-failure: ABORT",', '"  post_build: {commands: [\'true\']}",\n"  build:",'),
    ],
    ids=[
        "a failed command is passed over",
        "a failed side of a pipe is passed over",
        "any error counts as no image",
        "an image that is there is built again",
        "another machine",
        "a short commit",
        "another container",
        "another tag",
        "a file before the image is there",
        "another build argument",
        "a failed push is passed over",
        "a phase after the build",
    ],
)
def test_a_fault_put_into_the_buildspec_is_found(tmp_path: Path, old: str, new: str) -> None:
    pipeline = PIPELINES[0]
    text = json.dumps(template(pipeline.path), indent=2)
    assert old in text
    build = Build.of(json.loads(text.replace(old, new)), pipeline)
    with pytest.raises(AssertionError):
        every_promise(pipeline, build, tmp_path)


def test_the_checks_pass_what_no_fault_was_put_into(tmp_path: Path) -> None:
    """Else they would find any fault."""
    pipeline = PIPELINES[0]
    every_promise(pipeline, Build.of(template(pipeline.path), pipeline), tmp_path)
