"""A page's steps are found and followed, and a broken promise stops the walk."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.readme.machine import Shell, fresh_clone, newcomer
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


def test_a_block_that_is_neither_runnable_nor_marked_is_refused() -> None:
    with pytest.raises(ValueError, match="can't be followed"):
        steps("```sh\nmake\n```\n")


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


def test_a_newcomer_has_python_make_and_git_and_not_this_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "ALARM_TOPIC_ARN"):
        monkeypatch.setenv(name, "/trap")
    environ = newcomer(tmp_path, 20_000)
    assert "/trap" not in environ.values()
    found = subprocess.run(
        ["bash", "-c", "command -v python3 make git; command -v sceptre aws oms pytest ruff"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert found.split() == [f"{environ['PATH']}/{name}" for name in ("python3", "make", "git")]
