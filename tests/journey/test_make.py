"""``make launch``, ``make aws-env`` and ``make stop``, in a shell that points elsewhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, first_port

NOWHERE = "http://127.0.0.1:9"
TRAPS = {
    "AWS_PROFILE": "prod",
    "AWS_ENDPOINT_URL_CLOUDFORMATION": NOWHERE,
    "AWS_ENDPOINT_URL_SQS": NOWHERE,
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "HTTP_PROXY": NOWHERE,
    "https_proxy": NOWHERE,
}


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A shell with traps, and a directory of its own for the embedded AWS."""
    environ = {
        **os.environ,
        **TRAPS,
        "OMS_LOCAL_DIR": str(tmp_path_factory.mktemp("local")),
        "OMS_LOCAL_PORT": str(first_port()),
    }
    yield environ
    run("make stop", environ)


def run(command: str, environ: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command],
        cwd=ROOT,
        env={**environ, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_connection_a_launch_leaves_the_pipelines_and_says_why(
    environ: dict[str, str],
) -> None:
    done = run("make launch", environ, CODESTAR_CONNECTION_ARN="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "dev: 13 of 13 stacks COMPLETE; 13 created." in done.stdout
    assert "Not launched: pipeline-frontend, pipeline-oms, pipeline-websocket." in done.stdout
    assert "set CODESTAR_CONNECTION_ARN" in done.stdout


def test_a_launch_goes_to_the_embedded_aws_whatever_is_set(environ: dict[str, str]) -> None:
    done = run("make launch", environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "dev: 16 of 16 stacks COMPLETE; 3 created" in done.stdout
    assert done.stdout.count("no image yet: ") == 1
    assert done.stdout.count("0 tasks until an image is in the repository: ") == 1
    assert f"http://127.0.0.1:{environ['OMS_LOCAL_PORT'][:2]}" in done.stdout


def test_aws_env_points_a_shell_at_it_and_sets_the_variables_of_a_launch(
    environ: dict[str, str],
) -> None:
    done = run('eval "$(make -s aws-env)" && env', environ, OMS_SOURCE_REPOSITORY="my/own")
    seen = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert seen["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert not TRAPS.keys() & seen.keys()
    assert seen["OMS_SOURCE_REPOSITORY"] == "my/own"
    assert seen["ALARM_TOPIC_ARN"] == ""
    assert seen["CODESTAR_CONNECTION_ARN"].startswith("arn:aws:codestar-connections:")


def test_without_the_embedded_aws_nothing_is_launched(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """A launch must not go on with the caller's credentials."""
    file = tmp_path / "no-directory"
    file.write_text("")
    done = run("make launch", environ, OMS_LOCAL_DIR=str(file))
    assert done.returncode != 0
    assert "launch of" not in done.stdout + done.stderr


def test_stop_ends_it(environ: dict[str, str]) -> None:
    assert "The embedded AWS ended." in run("make stop", environ).stdout
    assert "The embedded AWS was not running." in run("make stop", environ).stdout
    done = run("make -s aws-env", environ)
    assert done.stdout == ""
    assert "is not running" in done.stderr
