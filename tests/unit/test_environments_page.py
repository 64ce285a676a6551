"""The environments in config/, and the page that says how they differ."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sentry_oms.names import ENVIRONMENTS
from tests.conftest import ROOT
from tools.docs.environments import EXAMPLES, page


@pytest.fixture(autouse=True)
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in EXAMPLES.items():
        monkeypatch.setenv(name, value)


def test_the_stack_files_are_the_same_in_every_environment_byte_for_byte() -> None:
    for file in (ROOT / "config/dev").glob("*.yaml"):
        if file.name != "config.yaml":
            for environment in ENVIRONMENTS:
                other = ROOT / "config" / environment / file.name
                assert other.read_bytes() == file.read_bytes(), other


def test_the_page_is_fresh() -> None:
    assert (ROOT / "docs/ENVIRONMENTS.md").read_text() == page(ROOT), "run `make generated`"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("config", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_setting_that_differs_stands_on_it_with_what_follows(project: Path) -> None:
    config = project / "config/staging/config.yaml"
    config.write_text(config.read_text().replace("multi_az: false", "multi_az: true"))
    rows = page(project).splitlines()
    assert "| `multi_az` | false | true | false |" in rows
    assert "| redis | ReplicationGroup: NumCacheClusters | 1 | 2 | 2 |" in rows


def test_a_mapping_that_differs_stands_on_it(project: Path) -> None:
    template = project / "templates/dynamodb/oms-config-table.json"
    text = template.read_text()
    assert '"PAY_PER_REQUEST"' in text
    by_environment = '{"Fn::If": ["IsProd", "PROVISIONED", "PAY_PER_REQUEST"]}'
    template.write_text(text.replace('"PAY_PER_REQUEST"', by_environment))
    row = (
        "| dynamodb-config | Table: BillingMode | PAY_PER_REQUEST | PAY_PER_REQUEST | PROVISIONED |"
    )
    assert row in page(project).splitlines()
