"""The build of each pipeline, run by bash with docker and aws replaced.

The replaced commands log every call, keep the pushed images in a file, and refuse a tag that
exists, as an immutable repository does. Bash is expected below /usr/bin or /bin.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from sentry_oms.cloudformation.templates import Template
from tests.unit.template_parts import the
from tools.lint.deployed import deployed

COMMIT = "0123456789abcdef0123456789abcdef01234567"

AWS_OR_DOCKER = r"""#!/bin/bash
set -euo pipefail
call="${0##*/} $*"
echo "$call" >> calls
if [[ "$call" == "${FAIL:-}" ]]; then
  echo "$call: refused" >&2
  exit 1
fi
case "$call" in
  "aws ecr describe-images --repository-name $REPOSITORY_NAME --image-ids imageTag="*)
    if ! grep -qxF "$REPOSITORY_URI:${6#imageTag=}" "$IMAGES"; then
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


def pipeline(name: str) -> Template:
    return deployed("dev")[f"pipeline-{name}"]


class Build:
    """A CodeBuild project: its buildspec, its variables, and what follows from them."""

    def __init__(self, template: Template) -> None:
        project = the(template, "AWS::CodeBuild::Project")
        self.spec: dict[str, Any] = yaml.safe_load(project["Source"]["BuildSpec"])
        given = project["Environment"]["EnvironmentVariables"]
        self.variables: dict[str, str] = {one["Name"]: one["Value"] for one in given}
        self.image = f"{self.variables['REPOSITORY_URI']}:{COMMIT}"
        self.definitions = [{"name": self.variables["CONTAINER_NAME"], "imageUri": self.image}]

    @property
    def command(self) -> str:
        """The only command of the only phase.

        CodeBuild looks at the last exit code of a command, starts each command in its own shell,
        and runs the phases after a failed build.
        """
        assert list(self.spec["phases"]) == ["build"]
        (command,) = self.spec["phases"]["build"]["commands"]
        return str(command)

    @property
    def calls(self) -> list[str]:
        """The calls of a build whose image does not exist."""
        registry = self.variables["REPOSITORY_URI"].partition("/")[0]
        arguments = [f"--build-arg {name}" for name in self.variables if "COGNITO" in name]
        directory = self.variables["SOURCE_DIRECTORY"]
        options = " ".join(["--platform linux/arm64 --tag", self.image, *arguments, directory])
        return [
            f"aws ecr describe-images --repository-name {self.variables['REPOSITORY_NAME']}"
            f" --image-ids imageTag={COMMIT}",
            "aws ecr get-login-password",
            f"docker login --username AWS --password-stdin {registry}",
            f"docker build {options}",
            f"docker push {self.image}",
        ]


class Outcome(NamedTuple):
    """The result of a build, and the files that it left."""

    succeeded: bool
    log: str
    files: dict[str, str]

    @property
    def calls(self) -> list[str]:
        return self.files.get("calls", "").splitlines()

    @property
    def definitions(self) -> Any:
        return json.loads(self.files.get("imagedefinitions.json", "null"))


class Registry:
    """The images that the builds below a directory have pushed."""

    def __init__(self, home: Path) -> None:
        self.home, self.runs = home, 0
        self.images, self.commands = home / "images", home / "commands"
        self.commands.mkdir(parents=True)
        self.images.touch()
        for name in ("aws", "docker"):
            (self.commands / name).write_text(AWS_OR_DOCKER)
            (self.commands / name).chmod(0o755)

    def run(self, build: Build, commit: str | None = COMMIT, fail: str = "") -> Outcome:
        """Run the build in a fresh source tree; the call ``fail`` is refused."""
        self.runs += 1
        source = self.home / f"source-{self.runs}"
        (source / build.variables["SOURCE_DIRECTORY"]).mkdir(parents=True)
        (source / build.variables["SOURCE_DIRECTORY"] / "Dockerfile").touch()
        done = subprocess.run(
            [build.spec["env"]["shell"], "-c", build.command],
            cwd=source,
            env={
                "PATH": f"{self.commands}:/usr/bin:/bin",
                "IMAGES": str(self.images),
                "FAIL": fail,
                **build.spec["env"]["variables"],
                **build.variables,
                **({} if commit is None else {"CODEBUILD_RESOLVED_SOURCE_VERSION": commit}),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        files = {path.name: path.read_text() for path in source.iterdir() if path.is_file()}
        return Outcome(done.returncode == 0, done.stdout + done.stderr, files)


def a_first_build_pushes_its_image(build: Build, registry: Registry) -> None:
    first = registry.run(build)
    assert first.succeeded, first.log
    # The two sides of a pipe start in either order.
    assert sorted(first.calls) == sorted(build.calls)
    assert [first.calls[0], *first.calls[3:]] == [build.calls[0], *build.calls[3:]]
    assert first.files["password"] == "password of the registry\n"
    expected = [f"{name}={one}" for name, one in build.variables.items() if "COGNITO" in name]
    assert first.files.get("build-arguments", "").splitlines() == expected
    assert registry.images.read_text().splitlines() == [build.image]
    assert first.definitions == build.definitions


def a_retry_finds_its_image(build: Build, registry: Registry) -> None:
    registry.images.write_text(f"{build.image}\n")
    retry = registry.run(build)
    assert retry.succeeded, retry.log
    assert retry.calls == build.calls[:1]
    assert retry.definitions == build.definitions


def a_failed_call_fails_the_build(build: Build, registry: Registry) -> None:
    for position, call in enumerate(build.calls):
        failed = registry.run(build, fail=call)
        assert not failed.succeeded, failed.log
        assert call in failed.calls
        later = {*build.calls[position + 1 :]}
        # The other side of the pipe may have started.
        assert {*failed.calls} & later <= ({build.calls[2]} if position == 1 else set())
        assert failed.definitions is None
        assert registry.images.read_text() == ""


def only_a_full_commit_sha_becomes_a_tag(build: Build, registry: Registry) -> None:
    for commit in (None, "", "main", COMMIT[:7], f"{COMMIT}0", COMMIT.upper()):
        failed = registry.run(build, commit=commit)
        assert not failed.succeeded, failed.log
        assert (failed.calls, failed.definitions) == ([], None)


CHECKS: tuple[Callable[[Build, Registry], None], ...] = (
    a_first_build_pushes_its_image,
    a_retry_finds_its_image,
    a_failed_call_fails_the_build,
    only_a_full_commit_sha_becomes_a_tag,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", ["frontend", "oms", "websocket"])
def test_the_build(name: str, check: Callable[[Build, Registry], None], tmp_path: Path) -> None:
    check(Build(pipeline(name)), Registry(tmp_path))


@pytest.mark.parametrize("name", ["frontend", "oms", "websocket"])
def test_the_deployment_reads_the_file_that_the_build_writes(name: str) -> None:
    stages = the(pipeline(name), "AWS::CodePipeline::Pipeline")["Stages"]
    build, deploy = (stage["Actions"][0] for stage in stages[-2:])
    files = Build(pipeline(name)).spec["artifacts"]["files"]
    assert files == [deploy["Configuration"]["FileName"]] == ["imagedefinitions.json"]
    assert deploy["InputArtifacts"] == build["OutputArtifacts"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("set -euo pipefail", "set -uo pipefail"),
        ("set -euo pipefail", "set -eu"),
        ("*ImageNotFoundException*", "*"),
        ('2>&1)\\"; then', '2>&1)\\" && answer=ImageNotFoundException && false; then'),
        ("linux/arm64", "linux/amd64"),
        ("{40}", "{7,40}"),
        ('image=\\"$REPOSITORY_URI:$tag\\"', 'image=\\"$REPOSITORY_URI:latest\\"'),
        ("set -euo pipefail", "set -euo pipefail; echo [] > imagedefinitions.json"),
        ("--build-arg COGNITO_CLIENT_ID", "--build-arg COGNITO_CLIENT"),
        ('docker push \\"$image\\"', 'docker push \\"$image\\" || true'),
        ("    on-failure: ABORT", "  post_build: {commands: ['true']}\\n  build:"),
    ],
)
def test_a_faulty_build_is_found(tmp_path: Path, old: str, new: str) -> None:
    text = json.dumps(pipeline("frontend"))
    assert old in text
    build = Build(json.loads(text.replace(old, new)))

    def run_every_check() -> None:
        for check in CHECKS:
            check(build, Registry(tmp_path / check.__name__))

    with pytest.raises(AssertionError):
        run_every_check()
