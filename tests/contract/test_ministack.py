"""The pinned ministack has the types and internals that the embedded AWS relies on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from sentry_oms.local.providers import PROVIDERS, READERS, REPAIRS
from tests.conftest import ROOT
from tests.create_only import used_types

ASK = """
import json
from pathlib import Path
from sentry_oms.local.ministack import configure
configure(1, Path({directory!r}), "us-east-1")
from ministack.services.cloudformation import drift, provisioners
print(json.dumps([sorted(provisioners._RESOURCE_HANDLERS), sorted(drift._DRIFT_READERS)]))
"""
USED = used_types()


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """Types that ministack creates, and those of which it detects drift.

    Another process answers, since ministack reads its settings when it is imported.
    """
    code = ASK.format(directory=str(tmp_path_factory.mktemp("ministack")))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    created, compared = json.loads(done.stdout)
    return set(created), set(compared)


def test_providers_are_the_used_types_that_ministack_lacks(
    ministack: tuple[set[str], set[str]],
) -> None:
    assert {one.type for one in PROVIDERS} == USED - ministack[0]


def test_repairs_are_of_used_types() -> None:
    assert {one.type for one in REPAIRS} <= USED


def test_readers_are_of_used_types_that_ministack_does_not_compare(
    ministack: tuple[set[str], set[str]],
) -> None:
    assert {one.type for one in READERS} <= USED - ministack[1]


def test_every_provider_repair_and_reader_has_a_test() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("*_providers.py"))
    ours = (*PROVIDERS, *REPAIRS, *READERS)
    assert [one.type for one in ours if f'"{one.type}"' not in tests] == []


def test_the_page_of_drift_names_the_types_that_are_compared(
    ministack: tuple[set[str], set[str]],
) -> None:
    compared = ministack[1] | {one.type for one in READERS}
    page = (ROOT / "docs/DRIFT.md").read_text().rpartition("## What it compares")[2]
    assert set(re.findall(r"`(AWS::\S+)`", page)) == USED & compared


def test_two_modules_import_ministack() -> None:
    importing = {
        path.name
        for path in ROOT.glob("sentry_oms/**/*.py")
        if re.search(r"^\s*(from|import) ministack", path.read_text(), flags=re.MULTILINE)
    }
    assert importing == {"behaviour.py", "ministack.py"}


def test_the_pin_is_exact() -> None:
    pin = f"ministack=={version('ministack')}\n"
    assert pin in (ROOT / "setup.cfg").read_text()
    assert pin in (ROOT / "constraints.txt").read_text()
