"""``make lint``, after ruff and mypy: every judge on every template; exit 1 if one finds anything.

Each judge has to find what is wrong with templates that are bad on purpose, too: one that finds
nothing there proves nothing by finding nothing elsewhere.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch

from rich.console import Console

from sentry_oms.checks import RULES, check_project
from sentry_oms.checks.reading import environments, read_environment
from sentry_oms.names import ENVIRONMENTS
from tests.conftest import ROOT
from tests.judges import accepted, controls, titles
from tests.judges.accepted import AcceptanceError
from tests.judges.deployed import GROUPS, VARIABLES
from tests.judges.finding import JudgeError, Judgement
from tests.judges.iam import judge as iam
from tests.judges.iam import really_called
from tests.judges.judges import JUDGES, judged
from tests.judges.reachability import judge as reachability
from tests.judges.table import Row, show
from tests.judges.verdict import NotInstalledError, Verdict
from tests.judges.written import Judged, write

AT_A_TIME = 2
VERDICTS: tuple[Callable[[], Verdict], ...] = (
    iam.judge,
    really_called.judge,
    reachability.judge,
)
"""The judges that look at the whole of an environment, or at what is no template."""


class Ran(NamedTuple):
    """What a judge says of our templates, and of the bad ones."""

    own: Judgement
    bad: Judgement


def main() -> int:
    """Judge, show, and say by the exit code whether everything is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.judges", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write titles.json anew")
    write_titles = parser.parse_args().write
    start = time.monotonic()
    try:
        faults, row = checked()
        templates = judged()
        ran = run(templates)
        findings = [finding for one in ran.values() for finding in one.own.findings]
        verdict = accepted.judge(templates, findings)
    except (JudgeError, AcceptanceError) as error:
        print(f"lint: {error}", file=sys.stderr)
        return 1
    said = {rule: title for one in ran.values() for rule, title in one.own.titles.items()}
    needed = titles.of(verdict.accepted, said)
    if write_titles:
        titles.write(needed)
    stacks = row.templates
    faults += [*map(str, verdict.open), *verdict.stale]
    if not needed.items() <= titles.kept().items():
        faults.append("tests/judges/titles.json is old: make lint WRITE=1, then make generated")
    rows = [row]
    for judge in JUDGES:
        own, bad = ran[judge.name]
        unproven = list(controls.unproven(judge.name, bad.findings))
        faults += unproven
        rows.append(
            Row(
                judge.name,
                own.rules,
                len(judge.share(templates)),
                len(set(verdict.open) & set(own.findings)),
                len(set(verdict.accepted) & set(own.findings)),
                "PASSED" if unproven else "found bad",
            )
        )
    for judge_all in VERDICTS:
        try:
            said_by = judge_all()
        except (NotInstalledError, JudgeError) as error:
            print(f"lint: {error}", file=sys.stderr)
            return 1
        faults += said_by.findings
        rows.append(
            Row(
                said_by.name,
                said_by.rules,
                stacks if said_by.files is None else said_by.files,
                len(said_by.findings),
                len(said_by.skips),
                said_by.control,
            )
        )
    for fault in faults:
        print(fault)
    # Rich takes what is no terminal to be 80 columns wide, and would break the table there.
    show(Console(width=None if sys.stdout.isatty() else 120), rows)
    count = f"{len(faults)} fault{'' if len(faults) == 1 else 's'}" if faults else "no fault"
    print(f"{count}, {time.monotonic() - start:.0f} seconds")
    return 1 if faults else 0


def checked() -> tuple[list[str], Row]:
    """What ``oms check`` finds in every environment and bootstrap, and its line of the table."""
    faults = []
    if set(environments(ROOT)) != set(ENVIRONMENTS):
        faults.append(f"config/ has other environments than {', '.join(ENVIRONMENTS)}")
    found, stacks = 0, 0
    for environment in GROUPS:
        with patch.dict(os.environ, VARIABLES):
            project = read_environment(ROOT, environment)
            findings = check_project(project)
            deployed = project.deployed
        faults += map(str, findings)
        faults += [
            f"{file.name} is not judged: its template can't be read, or a launch passes it by"
            for file in project.stacks
            if file.name not in deployed
        ]
        found += len(findings)
        stacks += len(project.stacks)
    return faults, Row("oms check", len(RULES), stacks, found, 0, "make test")


def run(templates: Judged) -> Mapping[str, Ran]:
    """Give every judge our templates and the bad ones, two at a time.

    Raises:
        JudgeError: a judge did not do its work.
    """
    bad = controls.folded()
    with TemporaryDirectory() as temporary, ThreadPoolExecutor(AT_A_TIME) as pool:
        started = {
            judge.name: [
                pool.submit(judge.judge, write(given, Path(temporary, judge.name, name)))
                for name, given in (("own", judge.share(templates)), ("bad", bad))
            ]
            for judge in JUDGES
        }
        return {name: Ran(*(one.result() for one in both)) for name, both in started.items()}


if __name__ == "__main__":
    sys.exit(main())
