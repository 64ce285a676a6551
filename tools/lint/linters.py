"""The linters of templates, and the templates that each of them gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from sentry_oms.cloudformation.templates import Template, loaded
from tools.lint import ROOT, cfn_guard, cfn_lint, checkov
from tools.lint.deployed import GROUPS, deployed
from tools.lint.report import AS_WRITTEN, Findings

Templates = Mapping[tuple[str, str], Template]
"""Templates by environment and stack."""


class Linter(NamedTuple):
    """A linter of templates.

    Args:
        name: its name.
        lint: lints every ``<environment>/<stack>.json`` of a directory.
        environments: the environments whose templates it gets.
    """

    name: str
    lint: Callable[[Path], Findings]
    environments: tuple[str, ...] = GROUPS

    def share(self, templates: Templates) -> Templates:
        """Return the templates that it gets."""
        return {key: one for key, one in templates.items() if key[0] in self.environments}

    def run(self, templates: Templates, directory: Path) -> Findings:
        """Write its templates to a directory and lint them."""
        write(self.share(templates), directory)
        return self.lint(directory)


# The slowest first, because two run at a time.
LINTERS = (
    Linter("cfn-lint", cfn_lint.lint, (*GROUPS, AS_WRITTEN)),
    Linter("checkov", checkov.lint),
    Linter("cfn-guard", cfn_guard.lint),
)


def templates() -> Templates:
    """Return every template as each environment gets it, and as it is written."""
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


def write(templates: Templates, directory: Path) -> None:
    """Write each template to ``<environment>/<stack>.json``; without Metadata if it is folded.

    Metadata refers to parameters, which folding replaces. It may also hold a linter's own
    suppressions, but only those that ``accepted`` reads count.
    """
    for (environment, stack), template in templates.items():
        if environment != AS_WRITTEN:
            parts = {key: _without_metadata(one) for key, one in template["Resources"].items()}
            template = {**_without_metadata(template), "Resources": parts}
        file = directory / environment / f"{stack}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(template, indent=2))


def _without_metadata(part: Template) -> Template:
    return {key: value for key, value in part.items() if key != "Metadata"}
