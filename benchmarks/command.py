"""A command run in a process of its own: how long it took, what it asked of AWS, what it held."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.aws import Aws
from benchmarks.project import ROOT

BIN = Path(sys.executable).parent


class CommandError(Exception):
    """A command failed, so there is nothing to measure."""


@dataclass(frozen=True)
class Measured:
    """One run of a command."""

    seconds: float
    """From start to exit."""
    peak_mib: float
    """The most memory that its process held."""
    calls: int = 0
    """API calls that it made."""
    net_seconds: float | None = None
    """From the first write that AWS accepted to exit; None where there was none."""
    updated: tuple[str, ...] = ()
    """The stacks that it updated."""


def sceptre(*arguments: str) -> list[str]:
    """The command line of Sceptre as a person runs it."""
    return [str(BIN / "sceptre"), "--no-colour", *arguments]


def paced_sceptre(factor: float, *arguments: str) -> list[str]:
    """The same with its waits scaled."""
    runner = [sys.executable, "-m", "benchmarks.paced_sceptre", str(factor)]
    return [*runner, "--no-colour", *arguments]


def many_environments(*arguments: str) -> list[str]:
    """The same with environments of any name."""
    return [sys.executable, "-m", "benchmarks.many_environments", "--no-colour", *arguments]


def measure(command: Sequence[str], project: Path, aws: Aws) -> Measured:
    """Run a command; the control must have been set before, since it starts the counts.

    Raises:
        CommandError: it exits with another code than 0; with the last lines that it printed.
    """
    seconds, peak_mib = _run(command, project, aws.environ)
    happened = aws.happened()
    first_write_at = happened["first_write_at"]
    return Measured(
        seconds=seconds,
        peak_mib=peak_mib,
        calls=sum(happened["calls"].values()),
        net_seconds=None if first_write_at is None else happened["elapsed"] - first_write_at,
        updated=tuple(
            entry["stack"] for entry in happened["timeline"] if entry["event"] == "UpdateStack"
        ),
    )


def _run(command: Sequence[str], project: Path, environ: Mapping[str, str]) -> tuple[float, float]:
    paths = [str(ROOT), environ.get("PYTHONPATH", "")]
    log = project / "last-command.log"
    start = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=project,
            env={**environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # wait4 and not wait, because it tells this one child's memory.
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = "\n".join(log.read_text().splitlines()[-15:])
        raise CommandError(f"{' '.join(command)} ended with {process.returncode}:\n{last}")
    return seconds, usage.ru_maxrss / 1024
