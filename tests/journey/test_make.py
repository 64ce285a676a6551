"""What a person types: ``make launch``, ``make aws-env``, ``make stop``."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, first_port

TRAPS = {
    "AWS_PROFILE": "prod",
    "AWS_ENDPOINT_URL_CLOUDFORMATION": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:9",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
}


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A shell in which everything points elsewhere, with a directory of its own for the AWS."""
    environ = {
        **os.environ,
        **TRAPS,
        "OMS_LOCAL_DIR": str(tmp_path_factory.mktemp("local")),
        "OMS_LOCAL_PORT": str(first_port()),
    }
    yield environ
    make("stop", environ)


def make(target: str, environ: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *options, target],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_launch_goes_to_the_embedded_aws_whatever_is_set(environ: dict[str, str]) -> None:
    done = make("launch", environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "dev: 16 of 16 stacks COMPLETE; 16 created." in done.stdout
    assert "sentry-oms-service-dev has 0 tasks until an image is in" in done.stdout
    assert f"http://127.0.0.1:{environ['OMS_LOCAL_PORT'][:2]}" in done.stdout


def test_launched_again_it_changes_nothing_and_says_so(environ: dict[str, str]) -> None:
    done = make("launch", environ)
    assert done.returncode == 0
    assert "dev: 16 of 16 stacks COMPLETE; nothing changed." in done.stdout


def test_aws_env_points_a_shell_at_it(environ: dict[str, str]) -> None:
    done = subprocess.run(
        ["sh", "-c", 'eval "$(make -s aws-env)" && env'],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    seen = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert seen["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert not TRAPS.keys() & seen.keys()


def test_an_unknown_environment_is_named_and_fails(environ: dict[str, str]) -> None:
    done = make("launch", {**environ, "ENV": "prd"})
    assert done.returncode != 0
    assert "'prd' is not in config: its environments are dev" in done.stdout


def test_without_the_embedded_aws_nothing_is_launched(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """A launch whose embedded AWS does not start must not go on with the caller's credentials."""
    file = tmp_path / "no-directory"
    file.write_text("")
    done = make("launch", {**environ, "OMS_LOCAL_DIR": str(file)})
    assert done.returncode != 0
    assert "Launching Stack" not in done.stdout + done.stderr


def test_without_a_connection_the_pipelines_wait_and_the_ending_says_why(
    environ: dict[str, str], tmp_path: Path
) -> None:
    unconnected = {
        **environ,
        "OMS_LOCAL_DIR": str(tmp_path / "local"),
        "CODESTAR_CONNECTION_ARN": "",
    }
    done = make("launch", unconnected)
    make("stop", unconnected)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "dev: 13 of 13 stacks COMPLETE; 13 created." in done.stdout
    assert (
        "Not launched: pipeline-frontend, pipeline-oms, pipeline-websocket. A pipeline needs a "
        "connection to GitHub: set CODESTAR_CONNECTION_ARN" in done.stdout
    )


def test_stop_ends_it(environ: dict[str, str]) -> None:
    assert "The embedded AWS ended." in make("stop", environ).stdout
    assert "The embedded AWS was not running." in make("stop", environ).stdout
    done = make("aws-env", environ, "-s")
    assert done.stdout == ""
    assert "is not running" in done.stderr
