"""Running a command on an embedded AWS, and measuring its time and its API calls."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentry_oms.local.environment import isolated
from sentry_oms.local.instance import Instance
from tests.rig.control import CONTROL_PATH
from tests.rig.server import MODULE

ROOT = Path(__file__).parents[2]
FIRST_PORT = 34_000

VARIABLES = {
    "CODESTAR_CONNECTION_ARN": "arn:aws:codestar-connections:us-east-1:000000000000:connection/x",
    "OMS_SOURCE_REPOSITORY": "org/oms-spider",
    "ALARM_TOPIC_ARN": "",
    "CERTIFICATE_ARN": "",
}


class CommandError(Exception):
    """A command failed, or had another effect than the benchmark needs."""


@dataclass(frozen=True)
class Measured:
    """One run of a command.

    Args:
        seconds: from start to exit.
        calls: its API calls.
        net_seconds: from the first accepted write to exit; None without a write.
        updated: the stacks that it updated.
    """

    seconds: float
    calls: int = 0
    net_seconds: float | None = None
    updated: tuple[str, ...] = ()


def measure(endpoint: str, command: Sequence[str], project: Path, **settings: Any) -> Measured:
    """Run a command in a project's directory.

    Args:
        endpoint: the embedded AWS.
        command: the program and its arguments.
        project: the directory.
        settings: of the embedded AWS: ``holds``, ``delete_share``, ``latency_seconds``.

    Raises:
        CommandError: it failed.
    """
    control = endpoint + CONTROL_PATH
    body = json.dumps(settings).encode()
    urllib.request.urlopen(urllib.request.Request(control, method="PUT", data=body)).close()
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=project,
        env={**isolated(endpoint, os.environ), **VARIABLES, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - start
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-15:])
        raise CommandError(f"{' '.join(command)} failed with {done.returncode}:\n{last}")
    with urllib.request.urlopen(control) as response:
        happened = json.load(response)
    first = happened["first_write_at"]
    return Measured(
        seconds,
        sum(happened["calls"].values()),
        None if first is None else happened["elapsed"] - first,
        tuple(one["stack"] for one in happened["timeline"] if one["event"] == "UpdateStack"),
    )


@contextmanager
def embedded_aws(directory: Path) -> Iterator[str]:
    """Start an empty embedded AWS, yield its endpoint, and stop it at the end of the block."""
    instance = Instance(directory, MODULE)
    record, _ = instance.up(FIRST_PORT)
    try:
        yield record.endpoint
    finally:
        instance.down()
