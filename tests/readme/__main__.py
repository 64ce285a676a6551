"""``python -m tests.readme`` follows README on an embedded AWS, and writes its session anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.conftest import ROOT, first_port
from tests.readme.machine import Shell, fresh_clone, newcomer
from tests.readme.page import steps
from tests.readme.session import session, written_into
from tests.readme.walk import Taken, walk

README = ROOT / "README.md"
PAGES = (README, ROOT / "README.pt-BR.md")


def followed(directory: Path) -> list[Taken]:
    """Each step of README, as it went in a fresh clone in an empty directory."""
    shell = Shell(
        fresh_clone(ROOT, directory), newcomer(directory, first_port()), scratch=directory
    )
    try:
        return walk(steps(README.read_text()), shell)
    finally:
        shell.run("make stop")


def main() -> None:
    """Write the session into README in each language."""
    with tempfile.TemporaryDirectory() as directory:
        text = session(followed(Path(directory)))
    for page in PAGES:
        page.write_text(written_into(page.read_text(), text))


if __name__ == "__main__":
    main()
