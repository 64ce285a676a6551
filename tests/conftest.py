"""Fixtures of all tests: an embedded AWS for each module, and copies of the project to change."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import cfn_flip
import pytest
from botocore.config import Config

from sentry_oms.local.environment import isolated
from sentry_oms.local.instance import Instance, Record
from tests.rig.control import CONTROL_PATH
from tests.rig.server import MODULE

HANG_SECONDS = 300
"""Seconds after which a command of a test hangs; none takes a tenth of it."""
ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
VARIABLES = {
    "CODESTAR_CONNECTION_ARN": "arn:aws:codestar-connections:us-east-1:000000000000:connection/x",
    "OMS_INFRASTRUCTURE_REPOSITORY": "org/sentry-oms-infrastructure",
    "OMS_SOURCE_REPOSITORY": "org/oms-spider",
    "ALARM_TOPIC_ARN": "",
    "CERTIFICATE_ARN": "arn:aws:acm:us-east-1:000000000000:certificate/x",
}
"""The variables that a launch needs."""


class EmbeddedAws:
    """A running embedded AWS with its control."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.endpoint = record.endpoint
        self.environ = isolated(record.endpoint, os.environ)

    def client(self, service: str, region: str = "us-east-1", **config: Any) -> Any:
        return boto3.client(
            service,
            config=Config(**config),
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id="embedded",
            aws_secret_access_key="embedded",
        )

    def control(self, **settings: Any) -> dict[str, Any]:
        """Set the control, which restarts the counters; see ``tests.rig.control``."""
        request = urllib.request.Request(
            self.endpoint + CONTROL_PATH, method="PUT", data=json.dumps(settings).encode()
        )
        with urllib.request.urlopen(request) as response:
            return dict(json.load(response))

    def happened(self) -> dict[str, Any]:
        """Return the control in force and the events since."""
        with urllib.request.urlopen(self.endpoint + CONTROL_PATH) as response:
            return dict(json.load(response))

    def calls(self) -> dict[str, int]:
        return dict(self.happened()["calls"])

    def stack(self, name: str) -> dict[str, Any]:
        return dict(self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0])

    def outputs(self, name: str) -> dict[str, str]:
        return {o["OutputKey"]: o["OutputValue"] for o in self.stack(name).get("Outputs", [])}

    def deploy(
        self, name: str, template: Any, tags: dict[str, str] | None = None, **parameters: str
    ) -> str:
        """Create or update a stack, and return its status once no operation is in progress."""
        cloudformation = self.client("cloudformation")
        arguments = {
            "StackName": name,
            "TemplateBody": template if isinstance(template, str) else json.dumps(template),
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        }
        operation = "update" if name in self.stack_names() else "create"
        getattr(cloudformation, f"{operation}_stack")(**arguments)
        return self.settled(name)

    def settled(self, name: str) -> str:
        """Wait until no operation is in progress, and return the status."""
        wait_until(lambda: not self.status(name).endswith("_IN_PROGRESS"))
        return self.status(name)

    def status(self, name: str) -> str:
        return str(self.stack(name)["StackStatus"])

    def delete(self, name: str) -> str:
        cloudformation = self.client("cloudformation")
        stack_id = self.stack(name)["StackId"]
        cloudformation.delete_stack(StackName=name)
        return self.settled(stack_id)

    def stack_names(self) -> list[str]:
        pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
        return [stack["StackName"] for page in pages for stack in page["Stacks"]]

    def create_table(self, name: str) -> None:
        """Create a table that belongs to no stack."""
        self.client("dynamodb").create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "x", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "x", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def reasons(self, name: str) -> str:
        """Return why resources of the stack failed."""
        events = self.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return "\n".join(
            event.get("ResourceStatusReason", "")
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        )


class Project:
    """A copy of the project, in which Sceptre and oms are run."""

    def __init__(
        self, directory: Path, environ: dict[str, str], files: dict[str, str] | None = None
    ) -> None:
        """Copy the project to a directory, or write other files there."""
        self.directory = directory
        self.environ = {**environ, **VARIABLES}
        if files is None:
            for name in ("config", "templates"):
                shutil.copytree(ROOT / name, directory / name)
        for path, text in (files or {}).items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text(text)

    def sceptre(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run Sceptre, with stdout and stderr in one."""
        return self._run(["sceptre", "--no-colour", *arguments], subprocess.STDOUT, environ)

    def program(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run ``oms`` or ``sceptre``, with stdout and stderr apart."""
        return self._run(command, subprocess.PIPE, environ)

    def _run(
        self, command: Sequence[str], stderr: int, environ: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=self.directory,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            check=False,
            timeout=HANG_SECONDS,
        )

    def succeed(self, *arguments: str) -> str:
        done = self.sceptre(*arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that is in a file."""
        file = self.directory / path
        text = file.read_text()
        assert old in text, f"{old!r} is not in {path}"
        file.write_text(text.replace(old, new))

    @contextmanager
    def edit_template(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield a template to change, and write it back."""
        file = self.directory / "templates" / path
        body = json.loads(file.read_text())
        yield body
        file.write_text(json.dumps(body))

    def differing(self, path: str = "dev") -> dict[str, str]:
        """Return the output of ``sceptre diff`` for each stack that differs."""
        sections = re.split(r"^\*+$", self.succeed("diff", path), flags=re.MULTILINE)
        headings = [re.search(r"Difference detected for stack (\S+)!", one) for one in sections]
        return {heading[1]: one for heading, one in zip(headings, sections, strict=True) if heading}


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.02)


def failures(said: str) -> dict[str, str]:
    """Return the cause of each stack that failed in a run."""
    return dict(re.findall(r"^ *\[[^\]]+\] (\S+) failed: (.*)$", said, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """An empty embedded AWS for this module."""
    instance = Instance(tmp_path_factory.mktemp("aws"), MODULE)
    record, _ = instance.up(first_port())
    yield EmbeddedAws(record)
    instance.down()


def first_port() -> int:
    """Return a port for this worker, since workers would race for the same one."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return 20_000 + 1_000 * int(worker.removeprefix("gw"))


@pytest.fixture(scope="module")
def new_project(
    tmp_path_factory: pytest.TempPathFactory, aws: EmbeddedAws
) -> Callable[[], Project]:
    """Makes copies of the project that use the module's embedded AWS."""

    def make() -> Project:
        return Project(tmp_path_factory.mktemp("project"), dict(aws.environ))

    return make


def push_image(aws: EmbeddedAws, repository: str, tag: str) -> None:
    """Push a small image whose manifest depends on its tag."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": 1,
            "digest": f"sha256:{hashlib.sha256(tag.encode()).hexdigest()}",
        },
        "layers": [],
    }
    aws.client("ecr").put_image(
        repositoryName=repository, imageManifest=json.dumps(manifest), imageTag=tag
    )


def template(path: str) -> dict[str, Any]:
    """Return a template of the repository."""
    loaded: dict[str, Any] = cfn_flip.load((ROOT / "templates" / path).read_text())[0]
    return loaded
