"""A launch on a terminal shows a table, in color unless NO_COLOR is set."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections.abc import Callable
from contextlib import suppress

from tests.conftest import BIN, EmbeddedAws, Project

STYLE = re.compile(r"\x1b\[[0-9;]*[0-9]m")
WITHOUT_COLOR = {"\x1b[0m", "\x1b[1m", "\x1b[2m"}


def on_a_terminal(
    project: Project, *arguments: str, typed: str = "", code: int = 0, **environ: str
) -> str:
    """Run Sceptre, and return what a terminal of 40 lines and 160 columns receives.

    Args:
        project: to run it in.
        arguments: of Sceptre.
        typed: the answer to its question.
        code: the exit code that it must have.
        environ: more variables.
    """
    ours, theirs = pty.openpty()
    settings = {"TERM": "xterm-256color", "LINES": "40", "COLUMNS": "160", **environ}
    process = subprocess.Popen(
        [BIN / "sceptre", *arguments],
        cwd=project.directory,
        env={**project.environ, **settings},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    sent = b""
    # Linux raises an error once no process writes to the terminal any more.
    with suppress(OSError):
        while chunk := os.read(ours, 65536):
            sent += chunk
    os.close(ours)
    assert process.wait() == code
    return sent.decode()


def test_a_table_follows_the_launch(new_project: Callable[[], Project], aws: EmbeddedAws) -> None:
    project = new_project()
    aws.control(holds={"sentry-vpc-dev": 1.5})
    sent = on_a_terminal(project, "launch", "-y", "dev/redis")
    assert "creating" in sent
    assert "waits for dev/vpc" in sent
    assert "2 of 2 done" in sent
    assert "launch: 2 created, in " in sent
    assert set(STYLE.findall(sent)) - WITHOUT_COLOR

    again = on_a_terminal(project, "launch", "-y", "dev/redis", NO_COLOR="1")
    assert "2 unchanged" in again
    assert set(STYLE.findall(again)) <= WITHOUT_COLOR
