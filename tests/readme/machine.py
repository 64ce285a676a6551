"""A machine as a newcomer has it: the project freshly cloned, Python, make and git, no more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("git", "make")
# What every Linux has, and the Makefile takes for granted.
SYSTEM = ("awk", "bash", "cp", "date", "env", "mkdir", "rm", "sh", "touch", "uname")
KEPT = (
    *("HOME", "LANG", "LC_ALL", "TMPDIR", "USER"),
    *("LD_LIBRARY_PATH", "SSL_CERT_DIR", "SSL_CERT_FILE"),
)
"""What of the tests' own environment a newcomer's shell has too, and what Python and pip need."""

# Whoever runs the tests may sign commits, or run them from a hook of git's.
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{role}_NAME": "newcomer" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "newcomer@example.com" for role in ("AUTHOR", "COMMITTER")},
}


@dataclass(frozen=True)
class Ran:
    """A command that was run: with what exit code it ended, and all that it printed."""

    command: str
    code: int
    said: str


class Shell:
    """A shell at the root of a clone. What a command exports is there for the next one."""

    def __init__(self, clone: Path, environ: Mapping[str, str], scratch: Path) -> None:
        """A shell in ``clone``, whose exports between two commands are kept in ``scratch``."""
        self.clone = clone
        self._environ = dict(environ)
        self._exported = scratch / "exported"

    def run(self, command: str) -> Ran:
        """Run one line, with nobody to answer a question."""
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
    """A clone of the files as they are now, committed or not; nothing that .gitignore leaves out.

    Args:
        project: the root of the project, whether or not it is a repository.
        directory: an empty one, for a repository of these files and the clone.
    """
    origin, clone = directory / "origin.git", directory / "clone"
    _git("init", "--quiet", "--bare", str(origin))
    # As .gitignore says, also where these are links to those of another tree.
    (origin / "info" / "exclude").write_text(".venv\n.tools\n.local\n")
    of_project = (f"--git-dir={origin}", f"--work-tree={project}", "-c", "core.bare=false")
    _git(*of_project, "add", "--all")
    _git(*of_project, "commit", "--quiet", "--message", "The files as they are")
    _git("clone", "--quiet", str(origin), str(clone))
    return clone


def newcomer(directory: Path, port: int) -> dict[str, str]:
    """The environment of a newcomer's shell.

    Args:
        directory: where the programs of its PATH come to lie.
        port: from which on the embedded AWS looks for a free one.
    """
    programs = directory / "programs"
    programs.mkdir()
    # A virtual environment's Python leads to the one that it was made with.
    (programs / "python3").symlink_to(Path(sys.executable).resolve())
    for name in (*NEEDED, *SYSTEM):
        found = shutil.which(name)
        if found is None:
            raise FileNotFoundError(f"{name} is not on PATH, and a newcomer has it")
        (programs / name).symlink_to(found)
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or name.startswith("PIP_") or name.lower().endswith("_proxy")
    }
    return {**kept, **_GIT, "PATH": str(programs), "OMS_LOCAL_PORT": str(port)}


def _git(*arguments: str) -> None:
    others = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *arguments], env={**others, **_GIT}, check=True, capture_output=True)
