"""What is installed: a wheel with every tag, and a tag with its file, its test and its page."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel

from tests.conftest import ROOT

LOAD = """
from importlib.metadata import distribution, entry_points
names = [
    point.load().__name__
    for group in ("sceptre.resolvers", "sceptre.hooks")
    for point in entry_points(group=group)
    if point.dist.name == "sentry-oms-infrastructure"
]
print(" ".join(names))
print(__import__("sentry_oms").__file__)
"""


def tags() -> list[tuple[str, str, str]]:
    """Each tag of setup.cfg: its kind, its name, and where it is."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return [
        (kind, *re.split(r"\s*=\s*", line.strip(), maxsplit=1))  # type: ignore[misc]
        for kind in ("resolvers", "hooks")
        for line in setup["options.entry_points"][f"sceptre.{kind}"].strip().splitlines()
    ]


@pytest.mark.parametrize(("kind", "name", "place"), tags())
def test_a_tag_is_found_by_its_name(kind: str, name: str, place: str) -> None:
    class_name = "".join(part.capitalize() for part in name.split("_"))
    assert place == f"{kind}.{name}:{class_name}"
    assert (ROOT / kind / f"{name}.py").is_file()
    assert (ROOT / f"tests/unit/test_{name}.py").is_file()
    page = (ROOT / f"docs/{kind.upper()}.md").read_text()
    assert f"\n## `!{name}`\n" in page


@pytest.mark.parametrize("place", [place for *_, place in tags()])
def test_a_tag_declares_what_it_takes(place: str) -> None:
    """So that ``oms check`` knows a wrong argument of it."""
    module, _, class_name = place.partition(":")
    assert issubclass(getattr(import_module(module), class_name).model, BaseModel)


def test_every_file_of_a_tag_is_registered() -> None:
    files = {
        (kind, path.stem)
        for kind in ("resolvers", "hooks")
        for path in (ROOT / kind).glob("*.py")
        if path.stem != "__init__"
    }
    assert files == {(kind, name) for kind, name, _ in tags()}


def test_a_wheel_installs_in_an_empty_environment_and_its_tags_load(tmp_path: Path) -> None:
    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    # Built from a copy, since a build leaves files beside its sources.
    left_out = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "tests")
    shutil.copytree(ROOT, tmp_path / "sources", ignore=left_out)
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", "dist", "./sources")
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    run(sys.executable, "-m", "venv", "empty")
    python = str(tmp_path / "empty/bin/python")
    constraints = str(ROOT / "constraints.txt")
    run(python, "-m", "pip", "install", "--quiet", "-c", constraints, str(wheel))
    names, place = run(python, "-c", LOAD).splitlines()
    assert len(names.split()) == len(tags())
    assert place.startswith(str(tmp_path))
    assert "launch" in run(str(tmp_path / "empty/bin/sceptre"), "--help")
