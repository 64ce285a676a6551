"""Follow README as it stands, in a fresh clone, on an embedded AWS of its own."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT, first_port
from tests.readme.machine import Shell, fresh_clone, newcomer
from tests.readme.page import steps
from tests.readme.walk import Taken, walk

README = ROOT / "README.md"


def followed(directory: Path) -> list[Taken]:
    """Each step of README, as it went, in an empty directory.

    Raises:
        PageError: README asks for what nobody can follow.
        BrokenPromiseError: a command did not end as README says.
    """
    shell = Shell(
        fresh_clone(ROOT, directory), newcomer(directory, first_port()), scratch=directory
    )
    try:
        return walk(steps(README.read_text()), shell)
    finally:
        shell.run("make stop")
