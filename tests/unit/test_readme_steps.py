"""What a page asks for is found, done as it says, and refused where nobody could follow it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.readme.machine import Ran, Shell, fresh_clone, newcomer
from tests.readme.page import Command, Edit, PageError, steps
from tests.readme.session import SHOWN, session, steady, written_into
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


class TestSession:
    def test_what_differs_from_run_to_run_is_not_shown(self) -> None:
        assert steady("  [0.7 s] dev/sqs updated in 12 s") == "  [... s] dev/sqs updated in ... s"
        assert steady("  [1:02] dev/sqs updated in 1:02:03") == (
            "  [... s] dev/sqs updated in ... s"
        )
        assert steady("at http://127.0.0.1:4567; so") == "at http://127.0.0.1:...; so"

    def test_all_else_is_shown_as_it_was_printed(self) -> None:
        for line in ("launch: 13 unchanged, 3 updated", "exit 2: changes", "    root['A'][18]:"):
            assert steady(line) == line

    def test_a_command_that_was_not_run_is_missed(self) -> None:
        with pytest.raises(PageError, match="the page does not run make launch, "):
            session([])

    def test_a_command_that_printed_nothing_of_what_is_shown_is_missed(self) -> None:
        with pytest.raises(PageError, match="`make launch` printed no line that is shown:\nboo"):
            session([Ran("make launch", 0, "boo")])

    def test_an_edited_session_is_found(self) -> None:
        said = {
            "make launch": "noise\ndev: 16 of 16\nand so on",
            ".venv/bin/oms plan dev": "noise\nplan dev: so\nexit 2",
            ".venv/bin/sceptre diff dev": "noise\n==> Difference\n  root['a']:\n    new: 1",
            ".venv/bin/sceptre launch -y dev": "  [0.1 s] a unchanged\nlaunch: so, in 0.1 s",
            ".venv/bin/sceptre delete -y dev": "noise\ndelete: so, in 0.1 s",
        }
        text = session([Ran(command, 0, said.get(command, "said")) for command in SHOWN])
        assert "noise" not in text
        assert "unchanged" not in text
        written = written_into("a\n<!-- session -->\n<!-- end of session -->\nb", text)
        assert written_into(written, text) == written
        edited = written.replace("16 of 16", "17 of 17")
        assert written_into(edited, text) != edited

    def test_a_page_without_markers_is_refused(self) -> None:
        with pytest.raises(PageError, match="there is no '<!-- session -->'"):
            written_into("a page", "text")
