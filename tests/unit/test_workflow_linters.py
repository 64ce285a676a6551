"""What is ours of linting workflows: what linters must find, and what is made of what they say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.judges import __main__ as lint
from tests.judges.finding import JudgeError
from tests.judges.workflows import controls, jactionlint, judge, schemas, zizmor
from tests.judges.workflows.linter import Fault, Linter, Said, is_workflow

RULES = [
    {"id": "a", "profile": "correctness", "online": False},
    {"id": "b", "profile": "pedantic", "online": False},
    {"id": "c", "profile": "opt-in", "online": False},
    {"id": "d", "profile": "online", "online": True},
    {"id": "self-repository", "profile": "default", "online": False},
]


def place(kind: str, row: int) -> dict[str, Any]:
    return {
        "symbolic": {"kind": kind, "key": {"Local": {"verbatim_path": str(ROOT / "a.yml")}}},
        "concrete": {"location": {"start_point": {"row": row}}},
    }


class TestReading:
    def test_jactionlint(self) -> None:
        found = {"filepath": "a.yml", "line": 3, "id": "a", "message": "x\n y"}
        said = jactionlint.read([found], RULES)
        assert said.rules == 2
        assert [str(fault) for fault in said.faults] == ["a.yml:3 a: x y"]
        assert "d: it asks GitHub" in said.skips
        assert any(skip.startswith("self-repository: ") for skip in said.skips)

    def test_zizmor_names_the_place_that_a_finding_is_about(self) -> None:
        found = {"ident": "r", "desc": "d", "locations": [place("Hidden", 1), place("Primary", 8)]}
        log = (
            "DEBUG audit: zizmor: scheduling r on file://a.yml\n"
            "DEBUG audit: zizmor: scheduling r on file://b.yml\n"
            "DEBUG zizmor::registry: skipping s: can't run without a GitHub API token\n"
        )
        said = zizmor.read([found], log)
        assert said == Said(
            1, [Fault("a.yml", 9, "r", "d")], ["s: can't run without a GitHub API token"]
        )

    def test_zizmor_that_does_not_say_what_it_ran_is_no_judge(self) -> None:
        with pytest.raises(JudgeError, match="did not say which audits"):
            zizmor.read([], "INFO zizmor: completed a.yml")

    def test_a_schema_names_the_deepest_place(self) -> None:
        deep = {"path": "$.jobs", "message": "no"}
        error = {"filename": "a.yml", "path": "$", "message": "all of it", "best_deep_match": deep}
        flat = {"filename": "a.yml", "path": "$.on", "message": "missing"}
        faults = schemas.read({"errors": [error, flat]}, "s")
        assert [fault.message for fault in faults] == ["$.jobs: no", "$.on: missing"]

    def test_what_no_schema_could_read_is_an_error(self) -> None:
        with pytest.raises(JudgeError, match=r"could not read a\.yml"):
            schemas.read({"errors": [], "parse_errors": [{"filename": "a.yml"}]}, "s")


class TestControls:
    def test_each_linter_has_something_to_find(self) -> None:
        assert {one.linter for one in controls.expected()} == {one.name for one in judge.LINTERS}

    def test_each_bad_file_says_what_is_wrong_with_it(self) -> None:
        assert {one.file for one in controls.expected()} == set(controls.BAD.rglob("*.yml"))

    def test_a_linter_that_passes_a_fault_is_named(self) -> None:
        unproven = list(controls.unproven("zizmor", []))
        assert (
            "zizmor does not find unpinned-uses in tests/judges/workflows/bad/unpinned.yml, and "
            in ("\n".join(unproven))
        )
        assert len(unproven) == len([one for one in controls.expected() if one.linter == "zizmor"])

    def test_a_linter_that_finds_all_is_proven(self) -> None:
        found = [
            Fault(str(one.file.relative_to(ROOT)), 1, one.rule, "") for one in controls.expected()
        ]
        assert list(controls.unproven("zizmor", found)) == []

    def test_a_linter_without_a_bad_file_is_not_proven(self) -> None:
        assert list(controls.unproven("new", [])) == [
            "tests/judges/workflows/bad has no fault for new"
        ]


class TestJudge:
    def test_it_is_given_every_workflow_and_what_is_dependabots(self) -> None:
        names = {path.name for path in judge.files()}
        assert names == {
            *("check.yml", "plan.yml", "launch.yml", "launch-environment.yml", "drift.yml"),
            "dependabot.yml",
        }
        assert [path.name for path in judge.files() if not is_workflow(path)] == ["dependabot.yml"]

    def test_what_it_finds_and_what_it_passes_are_findings(self) -> None:
        own = Fault(".github/workflows/check.yml", 2, "r", "no")

        def said(files: Sequence[Path]) -> Said:
            return Said(5, [own] if files == judge.files() else [], ["s: because"])

        verdict = judge.judge(Linter("zizmor", said))
        assert verdict.findings[0] == ".github/workflows/check.yml:2 r: no"
        assert "does not find" in verdict.findings[1]
        assert (verdict.rules, verdict.control, verdict.files) == (5, "PASSED", 6)
        assert verdict.skips == ["s: because"]

    def test_one_that_is_not_installed_is_one_line(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        monkeypatch.setattr(zizmor, "COMMAND", (tmp_path / "zizmor",))
        monkeypatch.setattr(lint, "VERDICTS", judge.JUDGES[1:2])
        monkeypatch.setattr(lint, "JUDGES", ())
        monkeypatch.setattr(lint, "judged", dict)
        monkeypatch.setattr("sys.argv", ["lint"])
        assert lint.main() == 1
        assert capsys.readouterr().err == (
            f"lint: there is no {tmp_path}/zizmor: `make lint` installs it\n"
        )
