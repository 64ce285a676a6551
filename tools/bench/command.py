"""Run a command on an embedded AWS: how long it took, and what it asked of AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
from tools.bench.project import ROOT, VARIABLES

FIRST_PORT = 34_000


class CommandError(Exception):
    """A command failed, or did something else than it should: there is nothing to measure."""


@dataclass(frozen=True)
class Measured:
    """One run of a command.

    Args:
        seconds: from start to exit.
        calls: API calls that it made.
        net_seconds: from the first write that AWS accepted to exit; None without a write.
        updated: the stacks that it updated.
    """

    seconds: float
    calls: int = 0
    net_seconds: float | None = None
    updated: tuple[str, ...] = ()


class Aws:
    """A running embedded AWS."""

    def __init__(self, endpoint: str) -> None:
        self.environ = {
            **isolated(endpoint, os.environ),
            **VARIABLES,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        }
        self._control = endpoint + CONTROL_PATH

    def measure(self, command: Sequence[str], project: Path, **settings: Any) -> Measured:
        """Run a command in a project.

        Args:
            command: the program and its arguments.
            project: its directory.
            settings: how the embedded AWS behaves: ``holds``, ``delete_share``,
                ``latency_seconds``.

        Raises:
            CommandError: it exits with another code than 0.
        """
        request = urllib.request.Request(
            self._control, method="PUT", data=json.dumps(settings).encode()
        )
        urllib.request.urlopen(request).close()
        start = time.monotonic()
        done = subprocess.run(
            command,
            cwd=project,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - start
        if done.returncode:
            last = "\n".join(done.stdout.splitlines()[-15:])
            raise CommandError(f"{' '.join(command)} ended with {done.returncode}:\n{last}")
        with urllib.request.urlopen(self._control) as response:
            happened = json.load(response)
        first = happened["first_write_at"]
        return Measured(
            seconds,
            sum(happened["calls"].values()),
            None if first is None else happened["elapsed"] - first,
            tuple(one["stack"] for one in happened["timeline"] if one["event"] == "UpdateStack"),
        )


@contextmanager
def embedded_aws(directory: Path) -> Iterator[Aws]:
    """An empty one, which ends with the block."""
    instance = Instance(directory, MODULE)
    record, _ = instance.up(FIRST_PORT)
    try:
        yield Aws(record.endpoint)
    finally:
        instance.down()


def sceptre(*arguments: str) -> list[str]:
    """The command line of Sceptre as a person runs it."""
    return [str(Path(sys.executable).with_name("sceptre")), "--no-colour", *arguments]


def paced_sceptre(factor: float, *arguments: str) -> list[str]:
    """The same with its waits scaled."""
    runner = [sys.executable, "-m", "tools.bench.paced_sceptre", str(factor)]
    return [*runner, "--no-colour", *arguments]
