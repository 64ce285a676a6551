"""No secret shows in output or files: canaries are planted, and everything is searched for them.

Planted: the value of every secret, a NoEcho parameter, and environment variables. Searched: the
output of every command with --debug, failing ones included, run reports, the project's files,
Sceptre's temporary files, and the log of the embedded AWS. Not searched: the state that the
embedded AWS saves, since secrets live in AWS. A value written into config is shown by ``dump
config`` and ``--debug``; docs/SECURITY.md says so.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentry_oms.local.instance import Instance
from tests.conftest import BIN, EmbeddedAws, Project, first_port
from tests.rig.server import MODULE

CANARY = "canary-7f3a"
SECRET = f"{CANARY}-secret"
VARIABLES = {
    "NO_ECHO": f"{CANARY}-no-echo",
    "AWS_SECRET_ACCESS_KEY": f"{CANARY}-secret-access-key",
    "AWS_SESSION_TOKEN": f"{CANARY}-session-token",
    "GITHUB_TOKEN": f"{CANARY}-github",
    "DATABASE_PASSWORD": f"{CANARY}-database",
}
STORE = {
    "config/dev/store.yaml": """\
template: {path: store.json}
stack_name: sentry-store-dev
stack_timeout: 5
parameters:
  Password: !environment_variable NO_ECHO
""",
    "templates/store.json": json.dumps(
        {
            "Parameters": {"Password": {"Type": "String", "NoEcho": True}},
            "Resources": {
                "Secret": {
                    "Type": "AWS::SecretsManager::Secret",
                    "Properties": {"SecretString": {"Ref": "Password"}},
                }
            },
            "Outputs": {"SecretArn": {"Value": {"Ref": "Secret"}}},
        }
    ),
}
"""A stack with a NoEcho parameter, which the project itself has not."""


def leaks(text: str) -> list[str]:
    """Return the lines with a canary."""
    return [line for line in text.splitlines() if CANARY in line]


def leaking_files(directory: Path) -> list[Path]:
    return [
        path
        for path in directory.rglob("*")
        if path.is_file()
        and "state" not in path.relative_to(directory).parts
        and CANARY.encode() in path.read_bytes()
    ]


class Watched:
    """A project whose commands may not print a canary."""

    def __init__(self, directory: Path, aws: EmbeddedAws) -> None:
        self.project = Project(directory / "project", {**aws.environ, **VARIABLES})
        for path, text in STORE.items():
            (self.project.directory / path).write_text(text)
        (directory / "tmp").mkdir()
        self._report = directory / "report.json"
        self.project.environ.update(
            TMPDIR=str(directory / "tmp"),
            OMS_LOCAL_DIR=str(directory.parent / "aws"),
            OMS_REPORT=str(self._report),
        )

    def run(self, *command: str, fails: bool = False) -> str:
        done = subprocess.run(
            [BIN / command[0], *command[1:]],
            cwd=self.project.directory,
            env=self.project.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout
        assert leaks(done.stdout) == [], command
        assert not self._report.exists() or leaks(self._report.read_text()) == []
        return done.stdout

    def sceptre(self, *arguments: str, fails: bool = False) -> str:
        return self.run("sceptre", "--debug", *arguments, fails=fails)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("leaks")


@pytest.fixture(scope="module")
def aws(base: Path) -> Iterator[EmbeddedAws]:
    """An embedded AWS whose log is searched when it has ended."""
    instance = Instance(base / "aws", MODULE)
    record, _ = instance.up(first_port())
    yield EmbeddedAws(record)
    instance.down()
    assert leaking_files(base / "aws") == []


@pytest.fixture(scope="module")
def watched(base: Path, aws: EmbeddedAws) -> Watched:
    """The project with dev launched, and a canary in every secret."""
    (base / "watched").mkdir()
    watched = Watched(base / "watched", aws)
    watched.sceptre("launch", "-y", "dev")
    secrets = aws.client("secretsmanager")
    found = secrets.list_secrets()["SecretList"]
    assert len(found) == 3
    for one in found:
        value = json.dumps({"password": SECRET, "token": SECRET})
        secrets.put_secret_value(SecretId=one["ARN"], SecretString=value)
    return watched


def test_the_search_finds_a_canary(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(SECRET)
    assert leaks(f"a\n{SECRET}\n") == [SECRET]
    assert leaking_files(tmp_path) == [tmp_path / "file"]


def test_reading_commands_show_no_secret(watched: Watched) -> None:
    for command in ("diff", "status", "validate", "generate"):
        watched.sceptre(command, "dev")
    for kind in ("outputs", "resources", "change-sets"):
        watched.sceptre("list", kind, "dev")
    for kind in ("config", "template"):
        watched.sceptre("dump", kind, "dev")
    watched.sceptre("describe", "policy", "dev/secrets")
    watched.run("oms", "graph", "dev")
    watched.run("oms", "local", "status", "dev")


def test_changing_commands_show_no_secret(watched: Watched) -> None:
    watched.project.edit("config/config.yaml", "CostCenter: sentry-oms", "CostCenter: another")
    for style in ("text", "markdown", "json"):
        watched.run("oms", "plan", "dev", "--format", style, fails=True)
    for stack in ("dev/secrets", "dev/store"):
        watched.sceptre("create", "-y", stack, "review")
        watched.sceptre("describe", "change-set", stack, "review")
        watched.sceptre("execute", "-y", stack, "review")
    watched.sceptre("launch", "-y", "dev")


def test_failing_commands_show_no_secret(watched: Watched, aws: EmbeddedAws) -> None:
    watched.project.edit("config/config.yaml", "CostCenter: another", "CostCenter: third")
    denied = {"action": "UpdateStack", "code": "AccessDenied", "status": 403}
    refused = [{**denied, "containing": f"sentry-{name}-dev"} for name in ("secrets", "store")]
    aws.control(faults=refused)
    assert "AccessDenied" in watched.sceptre("launch", "-y", "dev", fails=True)
    aws.control()
    for old, new in (("stack_name:", "stack_name: ["), ("parameters:", "parameters:\n  Wrong: x")):
        watched.project.edit("config/dev/secrets.yaml", old, new)
        watched.sceptre("launch", "-y", "dev", fails=True)
        watched.run("oms", "check", "dev", fails=True)
        watched.project.edit("config/dev/secrets.yaml", new, old)


def test_a_deletion_shows_no_secret_and_no_file_has_one(watched: Watched, base: Path) -> None:
    watched.sceptre("delete", "-y", "dev")
    assert leaking_files(base / "watched") == []
