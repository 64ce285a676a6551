"""The environments in config/, and the page about their differences."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentry_oms.names import ENVIRONMENTS
from tests.conftest import ROOT, Project
from tools.docs.environments import EXAMPLES, page


@pytest.fixture(autouse=True)
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in EXAMPLES.items():
        monkeypatch.setenv(name, value)


def test_stack_files_are_equal_in_every_environment() -> None:
    for file in (ROOT / "config/dev").glob("*.yaml"):
        if file.name != "config.yaml":
            for environment in ENVIRONMENTS:
                other = ROOT / "config" / environment / file.name
                assert other.read_bytes() == file.read_bytes(), other


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs/ENVIRONMENTS.md").read_text() == page(ROOT), "run `make generated`"


def test_a_new_difference_is_on_the_page_with_its_consequence(tmp_path: Path) -> None:
    project = Project(tmp_path, {})
    project.edit("config/staging/config.yaml", "multi_az: false", "multi_az: true")
    table, by_request = "templates/dynamodb/oms-config-table.json", '"PAY_PER_REQUEST"'
    project.edit(table, by_request, f'{{"Fn::If": ["IsProd", "PROVISIONED", {by_request}]}}')
    rows = page(tmp_path).splitlines()
    assert "| `multi_az` | false | true | false |" in rows
    assert "| redis | ReplicationGroup: NumCacheClusters | 1 | 2 | 2 |" in rows
    billing = "PAY_PER_REQUEST | PAY_PER_REQUEST | PROVISIONED"
    assert f"| dynamodb-config | Table: BillingMode | {billing} |" in rows
