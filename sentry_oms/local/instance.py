"""The embedded AWS as a process: start it, find it again, end it.

All its files are in one directory: ``instance.json`` (pid, port, nonce), ``aws.log``, and the state
saved at its last clean end. A recorded port is trusted only if it answers with the recorded nonce,
because another process may have taken the port.
"""

from __future__ import annotations

import errno
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ValidationError

from sentry_oms.local.asgi import NONCE_PATH
from sentry_oms.local.environment import HOST, REGION, isolated

FIRST_PORT = 4566
START_SECONDS = 30
STOP_SECONDS = 20


class LocalError(Exception):
    """The embedded AWS can't do what was asked; the message is one line."""


class Record(BaseModel):
    """The identity of a running instance."""

    pid: int
    port: int
    nonce: str

    @property
    def endpoint(self) -> str:
        """The URL that clients of every service use."""
        return f"http://{HOST}:{self.port}"

    def answers(self) -> bool:
        """Whether this instance listens on its port."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", NONCE_PATH)
            return bool(json.loads(connection.getresponse().read()).get("nonce") == self.nonce)
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            return False
        finally:
            connection.close()


class Instance:
    """The embedded AWS whose state and log are in one directory."""

    def __init__(self, directory: Path, server: str = "sentry_oms.local.server") -> None:
        self._server = server
        self.directory = directory.resolve()
        self.log = self.directory / "aws.log"
        self._record = self.directory / "instance.json"
        self._saved = self.directory / "state"
        self._objects = self.directory / "s3"

    def up(self, first_port: int = FIRST_PORT) -> tuple[Record, str]:
        """Start it unless it is running; return its record and the result in a few words.

        Raises:
            LocalError: it ended while starting, or no port is free.
        """
        recorded = self._recorded()
        if recorded and recorded.answers():
            return recorded, "is running already"
        result = "started with its saved state" if self._saved.is_dir() else "started empty"
        if recorded:
            result = "started empty, because it had not ended cleanly"
            self._remove_state()
        self.directory.mkdir(parents=True, exist_ok=True)
        record = self._start(first_port)
        # The saved state is outdated from now on; a crash must not bring it back.
        shutil.rmtree(self._saved, ignore_errors=True)
        return record, result

    def down(self) -> bool:
        """End it and save its state; False if it is not running.

        Raises:
            LocalError: it does not end.
        """
        recorded = self._recorded()
        if recorded is None:
            return False
        if not recorded.answers():
            self._remove_state()
            return False
        os.kill(recorded.pid, signal.SIGTERM)
        if not _within(STOP_SECONDS, lambda: _has_ended(recorded.pid)):
            raise LocalError(f"the embedded AWS (pid {recorded.pid}) does not end; see {self.log}")
        self._record.unlink()
        return True

    def running(self) -> Record:
        """Return the record of the running instance.

        Raises:
            LocalError: it is not running, or has crashed; names the log and its last line.
        """
        recorded = self._recorded()
        if recorded is None:
            raise LocalError("the embedded AWS is not running: start it with `make launch`")
        if not recorded.answers():
            raise LocalError(
                f"the embedded AWS (pid {recorded.pid}) has crashed: {self._last_line()}; "
                f"see {self.log}, and start it again with `make launch`"
            )
        return recorded

    def _start(self, first_port: int) -> Record:
        for port in _free_ports(first_port):
            record = self._start_at(port)
            if record:
                return record
        raise LocalError(f"no port from {first_port} on is free on {HOST}")

    def _start_at(self, port: int) -> Record | None:
        """Start it at a port; None if another process has just taken the port."""
        nonce = secrets.token_hex(16)
        arguments = [str(port), str(self.directory), nonce, REGION]
        with self.log.open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", self._server, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # It is a client of itself, which must not use the caller's profile or proxy.
                env=isolated(f"http://{HOST}:{port}", os.environ),
            )
        record = Record(pid=process.pid, port=port, nonce=nonce)
        _within(START_SECONDS, lambda: record.answers() or process.poll() is not None)
        if process.poll() is not None:
            if os.strerror(errno.EADDRINUSE) in self._last_line():
                return None
            raise LocalError(
                f"the embedded AWS ended while starting: {self._last_line()}; see {self.log}"
            )
        if not record.answers():
            process.kill()
            raise LocalError(
                f"the embedded AWS did not answer within {START_SECONDS} s; see {self.log}"
            )
        self._record.write_text(record.model_dump_json())
        return record

    def _recorded(self) -> Record | None:
        try:
            return Record.model_validate_json(self._record.read_text())
        except (FileNotFoundError, ValidationError):
            return None

    def _remove_state(self) -> None:
        self._record.unlink(missing_ok=True)
        for directory in (self._saved, self._objects):
            shutil.rmtree(directory, ignore_errors=True)

    def _last_line(self) -> str:
        text = self.log.read_text(errors="replace").strip() if self.log.exists() else ""
        return text.rpartition("\n")[2].strip() or "its log is empty"


def _free_ports(first: int) -> Iterator[int]:
    for port in range(first, min(first + 1000, 65536)):
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        yield port


def _within(seconds: float, done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.05)
    return False


def _has_ended(pid: int) -> bool:
    # Our own child stays a zombie until it is waited for.
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
