"""A launch as it looks on a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections.abc import Callable

from tests.conftest import BIN, EmbeddedAws, Project

COLOUR = re.compile(r"\x1b\[[0-9;]*[0-9]m")


def on_a_terminal(project: Project, *arguments: str, **environ: str) -> str:
    """What a terminal of 40 lines and 160 columns is sent."""
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
    sent = b""
    try:
        while chunk := os.read(ours, 65536):
            sent += chunk
    except OSError:
        # What Linux says of a terminal that nobody writes to any more.
        pass
    os.close(ours)
    assert process.wait() == 0
    return sent.decode()


def test_a_table_follows_the_launch(new_project: Callable[[], Project], aws: EmbeddedAws) -> None:
    project = new_project()
    aws.control(holds={"sentry-vpc-dev": 1.5})
    sent = on_a_terminal(project, "launch", "-y", "dev/redis")
    assert "creating" in sent
    assert "waits for dev/vpc" in sent
    assert "2 of 2 done" in sent
    assert "launch: 2 created, in " in sent
    assert COLOUR.search(sent)

    again = on_a_terminal(project, "launch", "-y", "dev/redis", NO_COLOR="1")
    assert "2 unchanged" in again
    coloured = COLOUR.findall(again)
    assert all(code in {"\x1b[0m", "\x1b[1m", "\x1b[2m"} for code in coloured), set(coloured)
