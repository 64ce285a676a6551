"""Prose avoids the words that read as translated; see ``tests/words.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.words import files, findings, found, main

CLEAN = (
    *(".github", "Makefile", "README.md", "config", "docs", "templates"),
    *("hooks", "resolvers", "sentry_oms", "tests", "tools"),
)
"""Files and directories that must have no finding."""

LEFT_OUT = "docs/releases"
"""Published notes keep their words."""

PLANTED = [
    ("A finding names the file at fault.", "at fault"),
    ("Raised by an expression that is none.", "is none"),
    ("An empty result is no error.", "is no error"),
    ("The size is such as ELB takes.", "such as ELB takes"),
    ("Whoever pushes to main launches dev.", "Whoever"),
    ("It exits with 1 where nothing was found.", "where nothing"),
    ("The key is somebody's secret.", "somebody's"),
    ("These are branches that nobody takes.", "nobody"),
    ("It prints the kind of what it is.", "of what it is"),
    ("It stops.\nWhat fails stops its dependents.", "What fails stops its dependents."),
    ("A linter judges the template.", "judges"),
    ("A test holds the table.", "test holds"),
    ("It holds that both are equal.", "holds that"),
    ("The value stands in config.", "stands in"),
    ("The index is written anew.", "anew"),
    ("It reads names of ours.", "names of ours"),
]

GOOD = """\
There is no such file, so the check is no longer needed. Nobody signs up. What is a drift? If it
is not one, the type holds a name and `whoever` stands for the user. The tests pass
([why](#where-nothing)). It fails when the property is invalid.
"""


@pytest.mark.parametrize(("sentence", "words"), PLANTED, ids=[words for _, words in PLANTED])
def test_each_pattern_finds_its_words(sentence: str, words: str) -> None:
    assert [one for _, one, _ in found(sentence)] == [words]


def test_standard_english_and_code_pass() -> None:
    assert list(found(GOOD)) == []


def test_a_finding_names_file_line_words_and_better_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, module = tmp_path / "page.md", tmp_path / "module.py"
    page.write_text(
        "# At fault\n\n```\nat fault\n```\n\n1. Good.\n2. Two\n   lines are at fault.\n"
    )
    module.write_text('TEXT = "at fault"\n\n\ndef f() -> None:\n    """At fault."""  # At fault\n')
    assert main([str(tmp_path)]) == 1
    better = "at fault: invalid, failed, the root cause"
    assert capsys.readouterr().out.lower().splitlines() == [
        f"{module}:5: {better}".lower(),
        f"{module}:5: {better}".lower(),
        f"{page}:9: {better}".lower(),
    ]


def test_prose_has_no_finding() -> None:
    checked = [
        file
        for file in files(map(ROOT.joinpath, CLEAN))
        if not str(file.relative_to(ROOT)).startswith(LEFT_OUT)
    ]
    assert [line for file in checked for line in findings(file)] == []
