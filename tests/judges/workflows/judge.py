"""The workflows of GitHub Actions and what is Dependabot's, given to those who know them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.conftest import ROOT
from tests.judges.verdict import Verdict
from tests.judges.workflows import controls
from tests.judges.workflows.jactionlint import JACTIONLINT
from tests.judges.workflows.linter import Linter
from tests.judges.workflows.schemas import SCHEMA_CHECK
from tests.judges.workflows.zizmor import ZIZMOR

LINTERS = (JACTIONLINT, ZIZMOR, SCHEMA_CHECK)


def files() -> list[Path]:
    """All workflows, and what is Dependabot's."""
    return [*sorted((ROOT / ".github/workflows").glob("*.y*ml")), ROOT / ".github/dependabot.yml"]


def judge(linter: Linter) -> Verdict:
    """What a linter finds in ours, and whether it finds what is bad on purpose.

    Raises:
        JudgeError: it is not installed, or did not do its work.
    """
    given = files()
    own = linter.lint(given)
    bad = [one.file for one in controls.expected() if one.linter == linter.name]
    unproven = list(controls.unproven(linter.name, linter.lint(bad).faults))
    return Verdict(
        linter.name,
        own.rules,
        [*map(str, own.faults), *unproven],
        list(own.skips),
        [f"{len(given)} files, {len(bad)} bad on purpose"],
        "PASSED" if unproven else "found bad",
        len(given),
    )


JUDGES = tuple(partial(judge, linter) for linter in LINTERS)
