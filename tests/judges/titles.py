"""What each accepted rule asks, in its judge's words, kept for docs/SECURITY.md.

The page is tested where the judges are not installed; ``make lint`` holds these to what they say,
and ``make lint WRITE=1`` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from tests.conftest import ROOT
from tests.judges.finding import Finding

FILE = ROOT / "tests/judges/titles.json"


def kept() -> Mapping[str, str]:
    """The titles by rule, as they were written last."""
    loaded: dict[str, str] = json.loads(FILE.read_text())
    return loaded


def of(accepted: Iterable[Finding], said: Mapping[str, str]) -> dict[str, str]:
    """The titles that the page needs, of those that the judges said."""
    return {rule: said[rule] for rule in sorted({finding.rule for finding in accepted})}


def write(titles: Mapping[str, str]) -> None:
    """Keep them."""
    FILE.write_text(json.dumps(titles, indent=2) + "\n")
