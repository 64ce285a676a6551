"""An AWS that throttles, fails, hesitates and hangs up: microburst before the embedded AWS."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sentry_oms.executor.retries import THROTTLING
from sentry_oms.local.environment import isolated
from tests.conftest import BIN, ROOT, EmbeddedAws, Project

PYTHON = ROOT / ".tools/microburst/bin/python"
_SEEDED = "import random; random.seed({seed}); from microburst.cli import main; main()"
LONGEST_SILENCE = 60
RUN_SECONDS = 900

Rule = dict[str, Any]


def throttling(share: float) -> list[Rule]:
    """Every spelling, as often as any other."""
    each = share / len(THROTTLING)
    return [_rule(each, error={"code": code}) for code in sorted(THROTTLING)]


def server_errors(share: float) -> list[Rule]:
    return [
        _rule(share / 4, error={"code": "InternalFailure", "status": status})
        for status in (500, 502, 503, 504)
    ]


def latency(share: float) -> list[Rule]:
    return [_rule(share, latency=800)]


def resets(share: float) -> list[Rule]:
    """Connections lost before AWS has the call, and after it has done what it says."""
    return [_rule(share / 2, reset=True), _rule(share / 2, response={"abort_bytes": 0})]


def _rule(share: float, **effect: Any) -> Rule:
    return {"service": "*", "probability": share, **effect}


KINDS = {
    # microburst writes AWS.SimpleQueueService. before what SQS says, which botocore does not retry.
    "throttling": throttling(0.2),
    "5xx": server_errors(0.1),
    "latency": latency(1),
    "resets": resets(0.1),
}
MIXED = [*throttling(0.2), *server_errors(0.1), *resets(0.06), *latency(0.2)]


class Proxy:
    """microburst before an embedded AWS."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def fired(self) -> list[str]:
        """What it did instead of passing calls on."""
        with urllib.request.urlopen(f"{self._endpoint}/_microburst/fired?limit=100000") as response:
            return [one["action"] for one in json.load(response)]

    def project(self, project: Project) -> Project:
        """Let a project meet the faults."""
        project.environ.update(isolated(self._endpoint, project.environ))
        return project


@contextmanager
def before(aws: EmbeddedAws, rules: list[Rule], seed: int) -> Iterator[Proxy]:
    """A proxy with rules; its draws follow from the seed, and from who calls when."""
    assert PYTHON.exists(), "`make test` sets up microburst"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [PYTHON, "-c", _SEEDED.format(seed=seed), "--upstream", aws.endpoint, "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _put(endpoint, rules)
        yield Proxy(endpoint)
    finally:
        process.terminate()
        process.wait()


def _put(endpoint: str, rules: list[Rule]) -> None:
    request = urllib.request.Request(
        f"{endpoint}/_microburst/rules",
        data=json.dumps(rules).encode(),
        headers={"Content-Type": "application/json"},
    )
    for _ in range(300):
        try:
            urllib.request.urlopen(request).close()
            return
        except OSError as refused:
            if getattr(refused, "code", None):
                raise
            time.sleep(0.1)
    raise AssertionError("microburst did not start")


@dataclass
class Run:
    """A command as a person sees it, with the longest time without a word."""

    exit_code: int = 0
    said: str = ""
    silence: float = 0
    seconds: float = 0


def run(project: Project, *arguments: str) -> Run:
    """Run Sceptre, or ``oms plan``, and look at when it says something."""
    found = Run()
    began = last = time.monotonic()
    process = subprocess.Popen(
        [*(["oms"] if arguments[0] == "plan" else ["sceptre", "--no-colour"]), *arguments],
        cwd=project.directory,
        env={
            **project.environ,
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{BIN}{os.pathsep}{project.environ.get('PATH', '')}",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_long = threading.Timer(RUN_SECONDS, process.kill)
    too_long.start()
    assert process.stdout
    for line in process.stdout:
        now = time.monotonic()
        found.silence = max(found.silence, now - last)
        last = now
        found.said += line
    found.exit_code = process.wait()
    too_long.cancel()
    found.seconds = time.monotonic() - began
    found.silence = max(found.silence, time.monotonic() - last)
    return found


def assert_clear(found: Run) -> None:
    """It ended complete, or with a line that says why not; and was never silent for long."""
    assert "Traceback" not in found.said, found.said
    assert found.silence < LONGEST_SILENCE + 5, found.said
    assert found.exit_code in (0, 1), found.said
    if found.exit_code:
        assert re.search(r"failed: .*: .|An error occurred|[cC]onnection", found.said), found.said
