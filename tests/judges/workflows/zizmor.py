"""zizmor: what an attacker could make of a workflow. It is offline, and its strictest self."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.judges.finding import JudgeError
from tests.judges.tools import WORKFLOWS, finished, parsed
from tests.judges.workflows.linter import Fault, Linter, Said, shown

CONFIG = ROOT / ".github/zizmor.yml"
COMMAND = (
    *(WORKFLOWS / "zizmor", "--offline", "--persona", "auditor", "--strict-collection"),
    *("--config", CONFIG, "--format", "json", "--no-exit-codes", "--color", "never", "-vv"),
)

_RAN = re.compile(r"scheduling (\S+) on ")
_SKIPPED = re.compile(r"skipping (\S+): (.+)")


def lint(files: Sequence[Path]) -> Said:
    """Read workflows, and what is Dependabot's."""
    done = finished([*COMMAND, "--", *files], [0])
    return read(parsed("zizmor", done.stdout), done.stderr)


def read(found: Sequence[dict[str, Any]], log: str) -> Said:
    """What it says in its JSON, and in its log of the audits.

    Raises:
        JudgeError: the log names no audit, so that nothing is known of what ran.
    """
    ran = set(_RAN.findall(log))
    if not ran:
        raise JudgeError("zizmor did not say which audits it ran")
    faults = [Fault(*_place(one), one["ident"], one["desc"]) for one in found]
    return Said(len(ran), faults, [": ".join(one) for one in dict(_SKIPPED.findall(log)).items()])


def _place(found: dict[str, Any]) -> tuple[str, int]:
    """File and line of the location that a finding is about."""
    locations = found["locations"]
    primary = [one for one in locations if one["symbolic"]["kind"] == "Primary"]
    place = (primary or locations)[0]
    row = place["concrete"]["location"]["start_point"]["row"]
    return shown(place["symbolic"]["key"]["Local"]["verbatim_path"]), row + 1


ZIZMOR = Linter("zizmor", lint)
