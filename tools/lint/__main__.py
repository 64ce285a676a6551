"""``make lint``, after ruff and mypy: every judge on every template; exit 1 if one finds anything.

Each judge must also find the faults of templates that are bad on purpose: otherwise finding
nothing elsewhere proves nothing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from sentry_oms.checks import RULES, check_project
from sentry_oms.names import ENVIRONMENTS
from sentry_oms.offline.reading import environments, read_environment
from tools.lint import accepted, controls
from tools.lint.accepted import AcceptanceError
from tools.lint.deployed import GROUPS, VARIABLES
from tools.lint.iam import linter as iam
from tools.lint.iam import really_called
from tools.lint.linters import JUDGES, judged
from tools.lint.paths import ROOT
from tools.lint.reachability import table as reachability
from tools.lint.report import JudgeError, Judgement
from tools.lint.verdict import NotInstalledError, Verdict
from tools.lint.written import Judged, write

AT_A_TIME = 2
VERDICTS: tuple[Callable[[], Verdict], ...] = (iam.judge, really_called.judge, reachability.judge)
"""The judges that look at the whole of an environment."""


def main() -> int:
    """Run every judge, show what each did and found, and return 1 if any found a fault."""
    start = time.monotonic()
    try:
        verdicts = [checked(), *linted(judged()), *(judge() for judge in VERDICTS)]
    except (JudgeError, AcceptanceError, NotInstalledError) as error:
        print(f"lint: {error}", file=sys.stderr)
        return 1
    faults = [fault for verdict in verdicts for fault in verdict.findings]
    for fault in faults:
        print(fault)
    for verdict in verdicts:
        files = "" if verdict.files is None else f"{verdict.files} templates, "
        print(
            f"{verdict.name}: {verdict.rules} rules, {files}{len(verdict.findings)} findings, "
            f"{len(verdict.skips)} accepted or left out"
        )
    print(f"{len(faults)} faults, {time.monotonic() - start:.0f} seconds")
    return 1 if faults else 0


def checked() -> Verdict:
    """Run ``oms check`` in every environment and bootstrap."""
    faults, stacks = [], 0
    if set(environments(ROOT)) != set(ENVIRONMENTS):
        faults.append(f"config/ has other environments than {', '.join(ENVIRONMENTS)}")
    for environment in GROUPS:
        with patch.dict(os.environ, VARIABLES):
            project = read_environment(ROOT, environment)
            faults += map(str, check_project(project))
            faults += [
                f"{file.name} is not linted: its template can't be read, or a launch ignores it"
                for file in project.stacks
                if file.name not in project.deployed
            ]
        stacks += len(project.stacks)
    return Verdict("oms check", len(RULES), faults, [], [], files=stacks)


def linted(templates: Judged) -> Iterator[Verdict]:
    """Give every linter our templates and the bad ones, two at a time.

    Raises:
        JudgeError: a linter did not do its work.
        AcceptanceError: an acceptance says too little.
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
        ran: dict[str, tuple[Judgement, Judgement]] = {
            name: (own.result(), planted.result()) for name, (own, planted) in started.items()
        }
    findings = [finding for own, _ in ran.values() for finding in own.findings]
    verdict = accepted.judge(templates, findings)
    rules = {finding.rule for finding in verdict.accepted}
    yield Verdict("acceptances", len(rules), list(verdict.stale), [], [])
    for judge in JUDGES:
        own, planted = ran[judge.name]
        found = set(own.findings)
        yield Verdict(
            judge.name,
            own.rules,
            [
                *(str(one) for one in verdict.open if one in found),
                *controls.unproven(judge.name, planted.findings),
            ],
            [str(one) for one in verdict.accepted if one in found],
            [],
            files=len(judge.share(templates)),
        )


if __name__ == "__main__":
    sys.exit(main())
