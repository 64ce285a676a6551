"""``python -m tests.broken.page`` writes docs/CHECKS.md, with a finding of each rule."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

from sentry_oms.checks import check_environment, page
from tests.broken.projects import PROJECTS, Broken
from tests.conftest import ROOT, VARIABLES, Project

PAGE = ROOT / "docs/CHECKS.md"

SHOWN = {broken.code: broken for broken in reversed(PROJECTS)}
"""The first broken project of each rule, which the page shows."""


def finding(broken: Broken) -> str:
    """Return what the check says of a broken project."""
    variables = {name: value for name, value in VARIABLES.items() if name != broken.unset}
    with tempfile.TemporaryDirectory() as directory, patch.dict(os.environ, variables):
        if broken.unset:
            os.environ.pop(broken.unset, None)
        project = Project(Path(directory), {})
        broken.edit(project)
        (found,) = check_environment(project.directory, broken.environment)
    return str(found)


def examples(text: str) -> Mapping[str, str]:
    """Return the finding of each rule that a page shows."""
    return dict(re.findall(r"^## (OMS\d{3})$.*?^```\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL))


if __name__ == "__main__":
    found = {code: finding(broken) for code, broken in SHOWN.items()}
    PAGE.write_text(page.render(found))
