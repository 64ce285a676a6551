"""Whether each linter can fail: workflows that are bad on purpose are given to it.

A file of ``bad/`` says in its first lines which linter must find which rule broken in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT
from tests.judges.workflows.linter import Fault

BAD = ROOT / "tests/judges/workflows/bad"

_FINDS = re.compile(r"^# (\S+) finds (\S+)$", re.MULTILINE)


class Expected(NamedTuple):
    """What a linter must find in a bad file."""

    linter: str
    file: Path
    rule: str


def expected() -> list[Expected]:
    """All that the bad files say of themselves."""
    return [
        Expected(linter, path, rule)
        for path in sorted(BAD.rglob("*.yml"))
        for linter, rule in _FINDS.findall(path.read_text())
    ]


def unproven(linter: str, faults: Iterable[Fault]) -> Iterator[str]:
    """What a linter passes that it must find, a line each.

    Args:
        linter: its name.
        faults: what it finds in the bad files.
    """
    found = {(fault.file, fault.rule) for fault in faults}
    due = [one for one in expected() if one.linter == linter]
    if not due:
        yield f"tests/judges/workflows/bad has no fault for {linter}"
    for one in due:
        file = str(one.file.relative_to(ROOT))
        if (file, one.rule) not in found:
            yield f"{linter} does not find {one.rule} in {file}, and must"
