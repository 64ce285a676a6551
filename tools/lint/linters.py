"""All that judge, and what each is given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sentry_oms.cloudformation.templates import loaded
from tools.lint import cfn_guard, cfn_lint, checkov
from tools.lint.deployed import GROUPS, deployed
from tools.lint.paths import ROOT
from tools.lint.report import AS_WRITTEN, Judgement
from tools.lint.written import Judged


class Judge(NamedTuple):
    """One tool.

    Args:
        name: as a person knows it.
        judge: judges every ``<environment>/<stack>.json`` of a directory.
        environments: what it is given.
    """

    name: str
    judge: Callable[[Path], Judgement]
    environments: tuple[str, ...] = GROUPS

    def share(self, judged: Judged) -> Judged:
        """Of these templates, those that it is given."""
        return {place: one for place, one in judged.items() if place[0] in self.environments}


# The slowest first, so that two at a time end together.
JUDGES = (
    Judge("cfn-lint", cfn_lint.judge, (*GROUPS, AS_WRITTEN)),
    Judge("checkov", checkov.judge),
    Judge("cfn-guard", cfn_guard.judge),
)


def judged() -> Judged:
    """Every template as each environment, or the account, gets it, and as it is written."""
    folded = {
        (environment, stack): one
        for environment in GROUPS
        for stack, one in deployed(environment).items()
    }
    written = {
        (AS_WRITTEN, path.stem): loaded(path.read_text())
        for path in sorted((ROOT / "templates").glob("*/*.json"))
    }
    return {**folded, **written}
