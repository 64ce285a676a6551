"""What we lean on in the pinned ministack, and what of it our templates need more of."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from sentry_oms.local.providers import PROVIDERS, READERS, REPAIRS
from tests.conftest import ROOT, template
from tests.unit.test_sqs_queues_template import rendered

TYPES = """
from pathlib import Path
from sentry_oms.local.ministack import configure
configure(1, Path({directory!r}), "us-east-1")
import ministack.services.cloudformation.provisioners as made; print(*made._RESOURCE_HANDLERS)
"""


COMPARED = """
from pathlib import Path
from sentry_oms.local.ministack import configure
configure(1, Path({directory!r}), "us-east-1")
import ministack.services.cloudformation.drift as compared; print(*compared._DRIFT_READERS)
"""


def used_types() -> set[str]:
    """The resource types in all of our templates."""
    paths = [path.relative_to(ROOT / "templates") for path in ROOT.glob("templates/*/*.json")]
    assert paths
    bodies = [template(str(path)) for path in paths] + [rendered()]
    return {resource["Type"] for body in bodies for resource in body["Resources"].values()}


def ministacks_types(directory: Path, asked: str = TYPES) -> set[str]:
    """Asked in a process of its own, since ministack reads its settings when it is imported."""
    code = asked.format(directory=str(directory))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_providers_are_what_our_templates_use_and_ministack_lacks(tmp_path: Path) -> None:
    assert {one.type for one in PROVIDERS} == used_types() - ministacks_types(tmp_path)


def test_repairs_are_of_types_that_our_templates_use() -> None:
    assert {one.type for one in REPAIRS} <= used_types()


def test_readers_are_of_types_that_our_templates_use_and_ministack_does_not_compare(
    tmp_path: Path,
) -> None:
    ours = {one.type for one in READERS}
    assert ours <= used_types() - ministacks_types(tmp_path, COMPARED)


def test_the_page_of_drift_names_the_types_that_are_compared(tmp_path: Path) -> None:
    compared = ministacks_types(tmp_path, COMPARED) | {one.type for one in READERS}
    page = (ROOT / "docs/DRIFT.md").read_text().rpartition("## What it compares")[2]
    assert set(re.findall(r"`(AWS::\S+)`", page)) == used_types() & compared


def test_two_modules_import_ministack() -> None:
    importing = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("sentry_oms/**/*.py")
        if re.search(r"^\s*(from|import) ministack", path.read_text(), flags=re.MULTILINE)
    }
    assert importing == {"sentry_oms/local/behaviour.py", "sentry_oms/local/ministack.py"}


def test_the_pin_is_exact() -> None:
    assert f"ministack=={version('ministack')}" in (ROOT / "setup.cfg").read_text()
    assert f"ministack=={version('ministack')}\n" in (ROOT / "constraints.txt").read_text()
