"""An AWS that throttles, fails, delays and drops connections: microburst in front of it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sentry_oms.executor.retries import THROTTLING
from sentry_oms.local.environment import isolated
from tests.conftest import BIN, ROOT, EmbeddedAws, Project, wait_until

PYTHON = ROOT / ".tools/microburst/bin/python"
_SEEDED = "import random; random.seed({seed}); from microburst.cli import main; main()"
LONGEST_SILENCE = 60
RUN_SECONDS = 900

Rule = dict[str, Any]


def _rule(share: float, **effect: Any) -> Rule:
    return {"service": "*", "probability": share, **effect}


def throttling(share: float) -> list[Rule]:
    """Return a rule for each error code of throttling."""
    each = share / len(THROTTLING)
    return [_rule(each, error={"code": code}) for code in sorted(THROTTLING)]


def server_errors(share: float) -> list[Rule]:
    return [
        _rule(share / 4, error={"code": "InternalFailure", "status": status})
        for status in (500, 502, 503, 504)
    ]


def resets(share: float) -> list[Rule]:
    """Drop connections before AWS receives the call, and after it has executed it."""
    return [_rule(share / 2, reset=True), _rule(share / 2, response={"abort_bytes": 0})]


KINDS = {
    "throttling": throttling(0.2),
    "5xx": server_errors(0.1),
    "latency": [_rule(1, latency=800)],
    "resets": resets(0.1),
}
MIXED = [*throttling(0.2), *server_errors(0.1), *resets(0.06), _rule(0.2, latency=800)]


class Proxy:
    """microburst before an embedded AWS."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def fired(self) -> list[str]:
        """Return the faults so far."""
        with urllib.request.urlopen(f"{self._endpoint}/_microburst/fired?limit=100000") as response:
            return [one["action"] for one in json.load(response)]

    def project(self, project: Project) -> Project:
        """Point a project at the proxy."""
        project.environ.update(isolated(self._endpoint, project.environ))
        return project

    def put(self, rules: list[Rule]) -> bool:
        """Set the rules; return False if the proxy does not listen yet."""
        request = urllib.request.Request(
            f"{self._endpoint}/_microburst/rules",
            data=json.dumps(rules).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            urllib.request.urlopen(request).close()
        except urllib.error.HTTPError:
            raise
        except OSError:
            return False
        return True


@contextmanager
def before(aws: EmbeddedAws, rules: list[Rule], seed: int) -> Iterator[Proxy]:
    """Run a proxy whose random faults follow from the seed and the order of calls."""
    assert PYTHON.exists(), "`make soak` sets up microburst"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [PYTHON, "-c", _SEEDED.format(seed=seed), "--upstream", aws.endpoint, "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    proxy = Proxy(f"http://127.0.0.1:{port}")
    try:
        wait_until(lambda: proxy.put(rules))
        yield proxy
    finally:
        process.terminate()
        process.wait()


@dataclass
class Run:
    """A command's exit code, output, longest time without output, and duration."""

    exit_code: int = 0
    said: str = ""
    silence: float = 0
    seconds: float = 0


def run(project: Project, *arguments: str) -> Run:
    """Run Sceptre, or ``oms plan``."""
    found = Run()
    began = last = time.monotonic()
    program = ["oms"] if arguments[0] == "plan" else ["sceptre", "--no-colour"]
    path = f"{BIN}{os.pathsep}{project.environ.get('PATH', '')}"
    process = subprocess.Popen(
        [*program, *arguments],
        cwd=project.directory,
        env={**project.environ, "PYTHONUNBUFFERED": "1", "PATH": path},
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
    """Assert that a run completed or said why not, and was never silent for long."""
    assert "Traceback" not in found.said, found.said
    assert found.silence < LONGEST_SILENCE + 5, found.said
    assert found.exit_code in (0, 1), found.said
    if found.exit_code:
        assert re.search(r"failed: .*: .|An error occurred|[cC]onnection", found.said), found.said
