"""The layers of the product in .importlinter."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import BIN, ROOT


@pytest.mark.parametrize(
    ("file", "planted", "contract"),
    [
        ("sentry_oms/offline/source.py", "from sentry_oms import checks", "Layers of the product"),
        ("hooks/keep_messages.py", "from sentry_oms.executor import run", "Tags import names"),
        ("sentry_oms/plan/run.py", "from sentry_oms.local import server", "Only the command line"),
        ("sentry_oms/names.py", "import tools.lint", "The product imports no tools"),
    ],
)
def test_an_import_against_the_layers_is_reported(
    tmp_path: Path, file: str, planted: str, contract: str
) -> None:
    for package in ("sentry_oms", "resolvers", "hooks"):
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    with (tmp_path / file).open("a") as source:
        source.write(f"\n{planted}\n")
    done = subprocess.run(
        [BIN / "lint-imports", "--no-logo", "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (broken,) = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    assert broken.startswith(contract)
