"""What a page asks for is found, done as it says, and refused where nobody could follow it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.readme.machine import Ran, Shell, fresh_clone, newcomer
from tests.readme.page import Command, Edit, PageError, steps
from tests.readme.walk import BrokenPromiseError, walk


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path, os.environ, tmp_path)


def page(*lines: str) -> str:
    return "\n".join(lines) + "\n"


class TestSteps:
    def test_each_line_of_a_bash_block_is_a_command(self) -> None:
        found = steps(
            page("```bash", "# first", "make launch    # all of it", "", "a \\", "  b", "```")
        )
        assert found == [Command("make launch"), Command("a b")]

    def test_a_comment_promises_an_exit_code(self) -> None:
        assert steps(page("```bash", "oms plan dev  # exit 2: changes", "```")) == [
            Command("oms plan dev", 2)
        ]

    def test_a_block_in_a_list_is_found(self) -> None:
        assert steps(page("- so", "  ```bash", "  make", "  ```")) == [Command("make")]

    def test_a_marked_block_is_left_out(self) -> None:
        assert steps(page("<!-- not run: it needs AWS -->", "```bash", "make", "```")) == []

    def test_an_edit_names_its_file(self) -> None:
        assert steps(page("<!-- edit: a.yaml -->", "```yaml", "x: 1", "```")) == [
            Edit("a.yaml", "x: 1")
        ]

    @pytest.mark.parametrize(
        ("lines", "says"),
        [
            (["<!-- not run: -->", "```bash", "make", "```"], "line 2: 'not run' says nothing"),
            (["```sh", "make", "```"], "line 1: nobody follows a block of 'sh'"),
            (["```yaml", "x: 1", "```"], "line 1: nobody follows a block of 'yaml'"),
            (["<!-- edit: a -->", "```bash", "x", "```"], "a block of 'bash' under 'edit'"),
            (["```bash", "make"], "line 1: the block has no end"),
        ],
    )
    def test_a_block_that_nobody_runs_or_marks_is_refused(
        self, lines: list[str], says: str
    ) -> None:
        with pytest.raises(PageError, match=says):
            steps(page(*lines))


class TestEdit:
    def test_it_takes_the_place_of_the_line_with_its_key(self) -> None:
        assert Edit("f", "x: [1, 2]").applied("a: 0\nx: [1]\nxy: 3\n") == (
            "a: 0\nx: [1, 2]\nxy: 3\n"
        )

    def test_a_key_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(PageError, match="f: 0 lines set 'x'"):
            Edit("f", "x: 1").applied("y: 1\n")


class TestWalk:
    def test_a_broken_promise_ends_it_with_what_was_printed(self, shell: Shell) -> None:
        with pytest.raises(BrokenPromiseError, match="(?s)`echo so; false` ended with 1.*0:\nso"):
            walk([Command("echo so; false"), Command("touch after")], shell)
        assert not (shell.clone / "after").exists()

    def test_a_success_where_a_failure_is_promised_is_broken_as_well(self, shell: Shell) -> None:
        with pytest.raises(BrokenPromiseError, match="ended with 0, and the page says 2"):
            walk([Command("true", 2)], shell)

    def test_what_is_exported_is_there_for_the_next_command(self, shell: Shell) -> None:
        taken = walk([Command("export X='a\nb'"), Command('echo "$X" >&2')], shell)
        assert taken[1] == Ran('echo "$X" >&2', 0, "a\nb\n")

    def test_an_edit_changes_the_file(self, shell: Shell) -> None:
        (shell.clone / "a.yaml").write_text("x: 1\n")
        walk([Edit("a.yaml", "x: 2")], shell)
        assert (shell.clone / "a.yaml").read_text() == "x: 2\n"


class TestMachine:
    def test_a_clone_has_what_is_not_committed_and_not_what_is_ignored(
        self, tmp_path: Path
    ) -> None:
        project = tmp_path / "project"
        (project / ".venv").mkdir(parents=True)
        (project / ".venv" / "old").write_text("")
        (project / ".gitignore").write_text("build/\n")
        (project / "build").mkdir()
        (project / "build" / "old").write_text("")
        (project / "new").write_text("new")
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        clone = fresh_clone(project, elsewhere)
        assert {path.name for path in clone.iterdir()} == {".git", ".gitignore", "new"}

    def test_a_newcomer_has_python_make_and_git_and_not_this_environment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
