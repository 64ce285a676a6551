"""A machine that has a fresh clone of the project, Python, make and git, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

# git and make, and what the Makefile expects of every Linux.
PROGRAMS = (
    *("git", "make"),
    *("awk", "bash", "cp", "date", "env", "mkdir", "rm", "sh", "touch", "uname"),
)
# Variables that Python, pip and a home directory need.
KEPT = (
    *("HOME", "LANG", "LC_ALL", "TMPDIR", "USER"),
    *("LD_LIBRARY_PATH", "SSL_CERT_DIR", "SSL_CERT_FILE"),
)
# The developer's git may sign commits, and a hook of git sets GIT_DIR.
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{role}_NAME": "newcomer" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "newcomer@example.com" for role in ("AUTHOR", "COMMITTER")},
}


class Ran(NamedTuple):
    """A command with its exit code and all its output."""

    command: str
    code: int
    said: str


class Shell:
    """A shell at the root of a clone, which keeps exported variables between commands."""

    def __init__(self, clone: Path, environ: Mapping[str, str], scratch: Path) -> None:
        self.clone = clone
        self._environ = dict(environ)
        self._exported = scratch / "exported"

    def run(self, command: str) -> Ran:
        """Run one command without a terminal."""
        keep = f"{command}\ncode=$?\nenv -0 > '{self._exported}'\nexit $code\n"
        done = subprocess.run(
            ["bash", "-c", keep],
            cwd=self.clone,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        pairs = self._exported.read_text().split("\0")
        self._environ = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        return Ran(command, done.returncode, done.stdout)


def fresh_clone(project: Path, directory: Path) -> Path:
    """Clone the project's files as they are, committed or not, without what .gitignore lists."""
    origin, clone = directory / "origin.git", directory / "clone"
    _git("init", "--quiet", "--bare", str(origin))
    # .gitignore lists them as directories; here they may be links.
    (origin / "info" / "exclude").write_text(".venv\n.tools\n.local\n")
    of_project = (f"--git-dir={origin}", f"--work-tree={project}", "-c", "core.bare=false")
    _git(*of_project, "add", "--all")
    _git(*of_project, "commit", "--quiet", "--message", "The files as they are")
    _git("clone", "--quiet", str(origin), str(clone))
    return clone


def newcomer(directory: Path, port: int) -> dict[str, str]:
    """Return the environment of a shell that has only ``PROGRAMS``, linked in a directory.

    Args:
        directory: where the links are made.
        port: the first port that the embedded AWS tries.
    """
    programs = directory / "programs"
    programs.mkdir()
    # Resolved, so that the clone's virtual environment is not made inside this one.
    (programs / "python3").symlink_to(Path(sys.executable).resolve())
    for name in PROGRAMS:
        found = shutil.which(name)
        assert found, f"{name} is not on PATH"
        (programs / name).symlink_to(found)
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or name.startswith("PIP_") or name.lower().endswith("_proxy")
    }
    # Compile what runs, not all that is installed.
    own = {"PATH": str(programs), "OMS_LOCAL_PORT": str(port), "PIP_NO_COMPILE": "1"}
    return {**kept, **_GIT, **own}


def _git(*arguments: str) -> None:
    others = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *arguments], env={**others, **_GIT}, check=True, capture_output=True)
