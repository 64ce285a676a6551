"""The picture of an environment's stacks."""

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


@pytest.fixture(scope="module")
def dev() -> Any:
    return dependencies(ROOT, "dev")


@pytest.mark.parametrize("page", ["README.md", "README.pt-BR.md"])
def test_the_picture_of_a_readme_is_up_to_date(dev: Any, page: str) -> None:
    readme = (ROOT / page).read_text()
    message = f"run `oms graph dev --write {page}`"
    assert written_into(readme, mermaid(dev, "dev"), "dev") == readme, message


def test_the_table_of_layers_has_every_stack_of_dev(dev: Any) -> None:
    assert {f"dev/{stack}" for _, stacks in LAYERS for stack in stacks} == set(dev)


def test_no_stack_depends_on_a_higher_layer(dev: Any) -> None:
    assert [edge for edge in dev.edges if layer(dev, edge[0]) > layer(dev, edge[1])] == []


def test_an_implied_edge_is_not_drawn() -> None:
    graph = nx.DiGraph(
        [("dev/vpc", "dev/redis"), ("dev/redis", "dev/task-oms"), ("dev/vpc", "dev/task-oms")]
    )
    assert mermaid(graph, "dev").splitlines()[-2:] == ["  vpc --> redis", "  redis --> task-oms"]


@pytest.mark.parametrize(
    ("edge", "part"),
    [
        ("dev/redis dev/reports", "  subgraph layer2 [Layer 2: compute]\n    reports\n  end"),
        ("dev/pipeline-oms dev/last", "  subgraph layer5 [Layer 5]\n    last\n  end"),
        ("shared/zone dev/alb", '    shared-zone["shared/zone"]'),
        ("shared/zone dev/alb", "  shared-zone --> alb"),
        ("shop/queues shop/worker", "  subgraph layer0 [Layer 0]\n    queues\n  end"),
        ("shop/queues shop/worker", "  subgraph layer1 [Layer 1]\n    worker\n  end"),
    ],
)
def test_other_stacks_have_a_layer_above_their_dependencies(edge: str, part: str) -> None:
    environment = edge.split()[1].partition("/")[0]
    assert part in mermaid(nx.DiGraph([edge.split()]), environment)


def test_a_text_without_markers_is_refused() -> None:
    with pytest.raises(NoMarkersError, match="<!-- oms graph dev -->"):
        written_into("# Title", "flowchart LR", "dev")


def test_the_command_prints_the_picture_or_writes_it_into_a_file(tmp_path: Path, dev: Any) -> None:
    assert CliRunner().invoke(main, ["graph", "dev"]).output == mermaid(dev, "dev") + "\n"
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- oms graph dev -->\nold\n<!-- end of oms graph -->\nb\n")
    assert CliRunner().invoke(main, ["graph", "dev", "--write", str(page)]).output == ""
    assert mermaid(dev, "dev") in page.read_text()
    assert "old" not in page.read_text()


def test_the_command_refuses_an_unknown_environment() -> None:
    done = CliRunner().invoke(main, ["graph", "prd"])
    assert done.exit_code == 1
    assert done.output.startswith("oms: 'prd' ")
