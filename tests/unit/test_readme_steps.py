"""A page's steps are found and followed, and a broken promise stops the walk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.readme.machine import Shell, fresh_clone
from tests.readme.page import Command, Edit, steps
from tests.readme.walk import walk

PAGE = """\
```bash
# a comment
make launch    # all of it
a \\
  b
```
```bash
oms plan dev  # exit 2: changes
```
<!-- not run: it needs AWS -->
```bash
aws s3 ls
```
<!-- edit: a.yaml -->
```yaml
x: 1
```
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "a.yaml").write_text("x: 1\nxy: 3\n")
    return Shell(tmp_path, os.environ, tmp_path)


def test_the_steps_of_a_page() -> None:
    assert steps(PAGE) == [
        Command("make launch"),
        Command("a b"),
        Command("oms plan dev", 2),
        Edit("a.yaml", "x: 1"),
    ]


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Command("echo so; false"), "ended with 1; the page promises 0:\nso"),
        (Command("true", 2), "ended with 0; the page promises 2"),
        (Edit("a.yaml", "y: 1"), "0 lines set 'y'"),
    ],
)
def test_a_broken_promise_stops_the_walk(shell: Shell, step: Command | Edit, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        walk([step, Command("touch after")], shell)
    assert not (shell.clone / "after").exists()


def test_a_clone_has_uncommitted_files_and_no_ignored_ones(tmp_path: Path) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    for path, text in (
        (".venv/old", ""),
        (".gitignore", "build/\n"),
        ("build/old", ""),
        ("new", ""),
    ):
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    elsewhere.mkdir()
    clone = fresh_clone(project, elsewhere)
    assert {path.name for path in clone.iterdir()} == {".git", ".gitignore", "new"}
