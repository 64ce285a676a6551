"""No secret shows in what anybody reads: canaries are planted, and everything is searched for them.

Planted: the value of every secret in Secrets Manager, a parameter that is NoEcho, and variables of
the environment. Searched: what every command says, --debug and failing ones included, run reports,
the project's files, the temporary files that Sceptre writes, the log of the embedded AWS. Not
searched is what the embedded AWS saves when it ends: it stands for AWS, where the secrets live.
Nor is a value written into config, which ``dump config`` and ``--debug`` show: secrets are never
there, and docs/SECURITY.md says so.
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
NO_ECHO = f"{CANARY}-no-echo"
VARIABLES = {
    "AWS_SECRET_ACCESS_KEY": f"{CANARY}-secret-access-key",
    "AWS_SESSION_TOKEN": f"{CANARY}-session-token",
    "GITHUB_TOKEN": f"{CANARY}-github",
    "DATABASE_PASSWORD": f"{CANARY}-database",
}

SMALL = {
    "config/config.yaml": "project_code: small\nregion: us-east-1\nexecutor: ready_queue\n",
    "config/dev/store.yaml": """\
template: {path: store.json}
stack_name: small-store-dev
stack_timeout: 5
parameters:
  Password: !environment_variable NO_ECHO
  Label: first
""",
    "templates/store.json": json.dumps(
        {
            "Parameters": {
                "Password": {"Type": "String", "NoEcho": True},
                "Label": {"Type": "String"},
            },
            "Resources": {
                "Secret": {
                    "Type": "AWS::SecretsManager::Secret",
                    "Properties": {
                        "Description": {"Ref": "Label"},
                        "SecretString": {"Ref": "Password"},
                    },
                }
            },
            "Outputs": {"SecretArn": {"Value": {"Ref": "Secret"}}},
        }
    ),
}


class Watched:
    """A project whose every word is kept, with an embedded AWS in a directory of its own."""

    def __init__(self, directory: Path, files: dict[str, str] | None, aws: EmbeddedAws) -> None:
        self.aws = aws
        self.directory = directory
        environ = {**aws.environ, **VARIABLES, "NO_ECHO": NO_ECHO}
        self.project = Project(directory / "project", environ, files)
        self.temporary = directory / "tmp"
        self.temporary.mkdir()
        self.project.environ.update(
            TMPDIR=str(self.temporary),
            OMS_LOCAL_DIR=str(directory.parent / "aws"),
            OMS_REPORT=str(directory / "report.json"),
        )
        self.reports: list[str] = []

    def run(self, program: str, *arguments: str, fails: bool = False) -> str:
        """Run a command, and look at what it said and wrote."""
        done = subprocess.run(
            [BIN / program, *arguments],
            cwd=self.project.directory,
            env=self.project.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        for said in (done.stdout, done.stderr):
            assert leaks(said) == [], arguments
        report = self.directory / "report.json"
        assert not report.exists() or leaks(report.read_text()) == []
        return done.stdout + done.stderr

    def sceptre(self, *arguments: str, fails: bool = False) -> str:
        return self.run("sceptre", *arguments, fails=fails)


def assert_plan_is_clean(watched: Watched) -> None:
    """A plan of something that changes, in each of its formats; it ends with 2 or more then."""
    for style in ("text", "markdown", "json"):
        watched.run("oms", "plan", "dev", "--format", style, fails=True)


def leaks(text: str) -> list[str]:
    """The lines that hold a canary."""
    return [line for line in text.splitlines() if CANARY in line]


def leaking_files(directory: Path, but: str = "state") -> list[Path]:
    return [
        path
        for path in directory.rglob("*")
        if path.is_file()
        and but not in path.relative_to(directory).parts
        and CANARY.encode() in path.read_bytes()
    ]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("leaks")


@pytest.fixture(scope="module")
def aws(base: Path) -> Iterator[EmbeddedAws]:
    instance = Instance(base / "aws", MODULE)
    record, _ = instance.up(first_port())
    yield EmbeddedAws(record)
    instance.down()
    # Its log, now that all of it is written.
    assert leaking_files(base / "aws") == []


@pytest.fixture(params=[[], ["--debug"]], ids=["plain", "debug"])
def flags(request: pytest.FixtureRequest) -> list[str]:
    flags: list[str] = request.param
    return flags


def plant(aws: EmbeddedAws) -> int:
    """Put a canary into every secret; how many there are."""
    secrets = aws.client("secretsmanager")
    found = secrets.list_secrets()["SecretList"]
    for one in found:
        value = json.dumps({"password": SECRET, "token": SECRET})
        secrets.put_secret_value(SecretId=one["ARN"], SecretString=value)
    return len(found)


def test_the_search_finds_what_is_planted(base: Path) -> None:
    (base / "found").mkdir()
    (base / "found" / "file").write_text(SECRET)
    assert leaks(f"a\n{SECRET}\n") == [SECRET]
    assert leaking_files(base / "found") == [base / "found" / "file"]


def test_no_command_of_the_project_shows_a_secret(
    base: Path, aws: EmbeddedAws, flags: list[str]
) -> None:
    watched = Watched(base / f"project-{len(flags)}", None, aws)
    sceptre = watched.sceptre
    sceptre(*flags, "launch", "-y", "dev")
    assert plant(aws) >= 2
    sceptre(*flags, "launch", "-y", "dev")
    for command in ("diff", "status", "validate", "generate"):
        sceptre(*flags, command, "dev")
    for kind in ("outputs", "resources", "change-sets"):
        sceptre(*flags, "list", kind, "dev")
    sceptre(*flags, "dump", "config", "dev")
    sceptre(*flags, "dump", "template", "dev")
    sceptre(*flags, "describe", "policy", "dev/secrets")
    watched.project.edit("config/config.yaml", "CostCenter: sentry-oms", "CostCenter: another")
    assert_plan_is_clean(watched)
    sceptre(*flags, "create", "-y", "dev/secrets", "review")
    sceptre(*flags, "describe", "change-set", "dev/secrets", "review")
    sceptre(*flags, "execute", "-y", "dev/secrets", "review")
    watched.run("oms", "check", "dev")
    watched.run("oms", "graph", "dev")
    watched.run("oms", "local", "status", "dev")
    # Now those that fail: AWS refuses, and the config is wrong in several ways.
    watched.project.edit("config/config.yaml", "CostCenter: another", "CostCenter: third")
    aws.control(
        faults=[
            {
                "action": "UpdateStack",
                "containing": "sentry-secrets-dev",
                "code": "AccessDenied",
                "status": 403,
            }
        ]
    )
    said = sceptre(*flags, "launch", "-y", "dev", fails=True)
    assert "AccessDenied" in said
    aws.control()
    sceptre(*flags, "launch", "-y", "nowhere", fails=True)
    watched.project.edit("config/dev/secrets.yaml", "stack_name:", "stack_name: [")
    sceptre(*flags, "launch", "-y", "dev", fails=True)
    watched.run("oms", "check", "dev", fails=True)
    watched.project.edit("config/dev/secrets.yaml", "stack_name: [", "stack_name:")
    watched.project.edit("config/dev/secrets.yaml", "parameters:", "parameters:\n  Wrong: x")
    sceptre(*flags, "launch", "-y", "dev", fails=True)
    watched.run("oms", "check", "dev", fails=True)
    watched.project.edit("config/dev/secrets.yaml", "parameters:\n  Wrong: x", "parameters:")
    sceptre(*flags, "delete", "-y", "dev")
    assert leaking_files(watched.directory) == []


def test_no_command_shows_a_parameter_that_is_not_to_be_echoed(
    base: Path, aws: EmbeddedAws, flags: list[str]
) -> None:
    watched = Watched(base / f"small-{len(flags)}", SMALL, aws)
    sceptre = watched.sceptre
    sceptre(*flags, "launch", "-y", "dev")
    watched.project.edit("config/dev/store.yaml", "Label: first", "Label: second")
    for command in ("diff", "status", "validate", "generate"):
        sceptre(*flags, command, "dev")
    assert_plan_is_clean(watched)
    sceptre(*flags, "list", "outputs", "dev")
    sceptre(*flags, "create", "-y", "dev/store", "review")
    sceptre(*flags, "describe", "change-set", "dev/store", "review")
    sceptre(*flags, "execute", "-y", "dev/store", "review")
    aws.control(faults=[{"action": "UpdateStack", "code": "AccessDenied", "status": 403}])
    watched.project.edit("config/dev/store.yaml", "Label: second", "Label: third")
    sceptre(*flags, "launch", "-y", "dev", fails=True)
    aws.control()
    sceptre(*flags, "delete", "-y", "dev")
    assert leaking_files(watched.directory) == []
