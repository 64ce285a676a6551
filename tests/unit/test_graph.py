"""The picture of an environment's stacks, and that README's is the one of today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner

from sentry_oms.cli import main
from sentry_oms.graph import NoMarkersError, layer, mermaid, written_into
from sentry_oms.names import LAYERS
from sentry_oms.offline.dependencies import dependencies
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.chdir(ROOT)


@pytest.fixture
def dev() -> Any:
    return dependencies(ROOT, "dev")


@pytest.mark.parametrize("page", ["README.md", "README.pt-BR.md"])
def test_readmes_picture_is_the_one_of_today(dev: Any, page: str) -> None:
    readme = (ROOT / page).read_text()
    assert written_into(readme, mermaid(dev, "dev"), "dev") == readme, (
        f"write it anew with `oms graph dev --write {page}`"
    )


def test_the_table_of_layers_has_every_stack_of_dev_and_no_other(dev: Any) -> None:
    assert {f"dev/{stack}" for _, stacks in LAYERS for stack in stacks} == set(dev)


def test_no_stack_waits_for_one_of_a_higher_layer(dev: Any) -> None:
    assert [edge for edge in dev.edges if layer(dev, edge[0]) > layer(dev, edge[1])] == []


def test_an_edge_that_a_longer_way_implies_is_not_drawn() -> None:
    graph = nx.DiGraph(
        [("dev/vpc", "dev/redis"), ("dev/redis", "dev/task-oms"), ("dev/vpc", "dev/task-oms")]
    )
    assert mermaid(graph, "dev").splitlines()[-2:] == ["  vpc --> redis", "  redis --> task-oms"]


def test_a_stack_that_the_table_does_not_have_stands_above_what_it_waits_for() -> None:
    graph = nx.DiGraph([("dev/redis", "dev/reports"), ("dev/pipeline-oms", "dev/last")])
    assert layer(graph, "dev/reports") == 2
    text = mermaid(graph, "dev")
    assert "  subgraph layer2 [Layer 2: compute]\n    reports\n  end" in text
    assert "  subgraph layer5 [Layer 5]\n    last\n  end" in text


def test_a_stack_of_another_environment_keeps_its_path() -> None:
    text = mermaid(nx.DiGraph([("shared/zone", "dev/alb")]), "dev")
    assert '    shared-zone["shared/zone"]' in text
    assert text.endswith("  shared-zone --> alb")


def test_a_text_without_markers_is_refused() -> None:
    with pytest.raises(NoMarkersError, match="there is no '<!-- oms graph dev -->'"):
        written_into("# Title", "flowchart LR", "dev")


class TestCommand:
    def test_it_prints_the_picture(self, dev: Any) -> None:
        done = CliRunner().invoke(main, ["graph", "dev"])
        assert done.output == mermaid(dev, "dev") + "\n"

    def test_an_unknown_environment_is_one_line(self) -> None:
        done = CliRunner().invoke(main, ["graph", "prd"])
        assert done.exit_code == 1
        assert "oms: 'prd' is not in config: its environments are" in done.output

    def test_it_writes_into_a_file(self, tmp_path: Path, dev: Any) -> None:
        page = tmp_path / "page.md"
        page.write_text("a\n<!-- oms graph dev -->\nold\n<!-- end of oms graph -->\nb\n")
        assert CliRunner().invoke(main, ["graph", "dev", "--write", str(page)]).output == ""
        assert mermaid(dev, "dev") in page.read_text()
        assert "old" not in page.read_text()


def test_layers_of_stacks_that_are_all_anothers_have_no_title() -> None:
    text = mermaid(nx.DiGraph([("shop/queues", "shop/worker")]), "shop")
    assert "  subgraph layer0 [Layer 0]\n    queues\n  end" in text
    assert "  subgraph layer1 [Layer 1]\n    worker\n  end" in text
