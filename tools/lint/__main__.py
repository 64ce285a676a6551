"""``make lint``, after ruff and mypy: every linter on every template; exit 1 for a finding.

Each linter must also find the faults of templates that are bad on purpose.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from sentry_oms.checks import RULES, check_project
from sentry_oms.cloudformation.accepted import AcceptanceError
from sentry_oms.names import ENVIRONMENTS
from sentry_oms.offline.reading import environments
from tools.lint import ROOT, accepted, controls, linters, references
from tools.lint.deployed import GROUPS, VARIABLES, deployed, project
from tools.lint.iam import linter as iam
from tools.lint.linters import LINTERS, Templates
from tools.lint.reachability import table as reachability
from tools.lint.report import Findings, LinterError, Report, show

AT_A_TIME = 2


def main() -> int:
    """Run every linter, print its findings and its line, and return 1 if there is a finding."""
    start = time.monotonic()
    try:
        reports = run()
    except (LinterError, AcceptanceError) as error:
        print(f"lint: {error}", file=sys.stderr)
        return 1
    code = show(reports)
    faults = sum(len(report.findings) for report in reports)
    print(f"{faults} findings, {time.monotonic() - start:.0f} seconds")
    return code


def run() -> list[Report]:
    """Return the report of every linter, two at a time.

    Raises:
        LinterError: a linter failed.
        AcceptanceError: an acceptance is invalid.
    """
    templates = linters.templates()
    given = {**templates, **controls.templates()}
    with TemporaryDirectory() as directory, ThreadPoolExecutor(AT_A_TIME) as pool:
        runs = {
            linter.name: pool.submit(linter.run, given, Path(directory, linter.name))
            for linter in LINTERS
        }
        permissions = pool.submit(iam.lint)
        checked = check()
        found = {name: run.result() for name, run in runs.items()}
        wiring = [reachability.lint(), references.lint()]
        return [checked, *reports(templates, found), permissions.result(), *wiring]


def check() -> Report:
    """Run ``oms check`` in every environment and bootstrap."""
    faults, stacks = [], 0
    if set(environments(ROOT)) != set(ENVIRONMENTS):
        faults.append(f"config/ has other environments than {', '.join(ENVIRONMENTS)}")
    for group in GROUPS:
        with patch.dict(os.environ, VARIABLES):
            faults += map(str, check_project(project(group)))
        files = [file.name.removeprefix(f"{group}/") for file in project(group).stacks]
        faults += [
            f"{group}/{name} is not linted: its template can't be read, or a launch ignores it"
            for name in files
            if name not in deployed(group)
        ]
        stacks += len(files)
    return Report("oms check", len(RULES), faults, templates=stacks)


def reports(templates: Templates, found: Mapping[str, Findings]) -> Iterator[Report]:
    """Yield a report for the acceptances and for each linter of templates.

    Raises:
        AcceptanceError: an acceptance is invalid.
    """
    every = [one for ran in found.values() for one in ran.findings]
    own = [one for one in every if one.place.stack not in controls.BAD]
    checked = accepted.check(templates, own)
    rules = {one.place.rule for one in checked.accepted}
    yield Report("acceptances", len(rules), checked.stale)
    for linter in LINTERS:
        rules_run, findings = found[linter.name]
        lines = [str(one) for one in findings if one in checked.open]
        lines += controls.undetected(linter.name, findings)
        is_accepted = [one in checked.accepted for one in findings]
        given = len(linter.share(templates))
        yield Report(linter.name, rules_run, lines, sum(is_accepted), given)


if __name__ == "__main__":
    sys.exit(main())
