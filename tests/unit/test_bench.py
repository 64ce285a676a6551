"""What the benchmark computes, and that it scales the waits of both executors alike."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import networkx as nx
import pytest

from sentry_oms.offline.dependencies import dependencies
from tests.conftest import ROOT
from tools.bench import project
from tools.bench.command import Measured
from tools.bench.durations import critical_path, minutes, rollout_minutes
from tools.bench.report import page
from tools.bench.rows import lifecycle_rows, overhead_rows


def test_every_stack_of_dev_has_a_duration() -> None:
    assert all(minutes(stack) > 0 for stack in dependencies(ROOT, "dev"))


def test_a_stack_without_a_duration_is_named() -> None:
    with pytest.raises(KeyError, match="does not say how long reports takes"):
        minutes("dev/reports")


def test_the_critical_path_is_the_longest_way_through_the_graph() -> None:
    graph = nx.DiGraph(
        [("dev/vpc", "dev/redis"), ("dev/redis", "dev/task-oms"), ("dev/vpc", "dev/alb")]
    )
    assert critical_path(graph, minutes) == 3 + 12 + 4
    assert critical_path(graph, rollout_minutes) == 4
    assert critical_path(nx.DiGraph(), minutes) == 0


def test_waits_are_scaled_for_stock_and_for_ours() -> None:
    code = (
        "from tools.bench.paced_sceptre import scale\n"
        "from sentry_oms.executor import pace\n"
        "before = pace.PACE\n"
        "slept = []\n"
        "import time; time.sleep = slept.append\n"
        "scale(0.5)\n"
        "from sceptre.plan import actions\n"
        "actions.time.sleep(4)\n"
        "assert slept == [2.0], slept\n"
        "assert actions.time.time() > 0\n"
        "assert pace.PACE.shortest == before.shortest / 2\n"
        "assert pace.PACE.longest == before.longest / 2\n"
        "assert pace.PACE.share == before.share\n"
    )
    # In a process of its own, since it changes Sceptre.
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("ours", [True, False])
def test_a_copy_has_the_executor_that_was_asked_for(tmp_path: Path, ours: bool) -> None:
    copied = project.copy(tmp_path, ours=ours)
    project.resize_services(copied)
    lines = (copied / "config/config.yaml").read_text().splitlines()
    assert [line for line in lines if line.startswith("executor:")] == (
        ["executor: ready_queue"] if ours else []
    )
    assert sum(line.endswith('_cpu: "1024"') for line in lines) == 3
    assert sum(line.endswith('_memory: "4096"') for line in lines) == 3


def test_a_lifecycle_is_the_median_in_minutes() -> None:
    def one(create: float, rollout: float, delete: float) -> dict[str, Measured]:
        nets = {"create": create, "rollout": rollout, "delete": delete}
        return {name: Measured(1.0, net_seconds=net) for name, net in nets.items()}

    runs = {
        True: [one(40.0, 8.0, 21.0), one(41.0, 8.0, 21.0), one(60.0, 8.0, 30.0)],
        False: [one(44.0, 9.0, 24.0)],
    }
    paths = {"create": 20.0, "rollout": 3.0, "delete": 10.0}
    create, delete, rollout = lifecycle_rows(runs, paths)
    assert (create.ours, create.stock, create.path) == (20.5, 22.0, 20.0)
    assert create.most == pytest.approx(21.0)
    assert (create.passed, delete.passed, rollout.passed) == (True, True, False)


def test_the_page_has_targets_and_conditions() -> None:
    def one(noop: float, diff: float, calls: int) -> dict[str, Measured]:
        return {
            "version": Measured(0.5),
            "noop": Measured(noop, calls=calls),
            "diff": Measured(diff, calls=calls),
        }

    rows = overhead_rows({True: [one(2.5, 3.6, 44)], False: [one(5.0, 9.0, 90)]})
    text = page(rows, date(2026, 1, 2), {True: 3, False: 1})
    assert "| no-op launch, 16 stacks | calls | 44 | 90 | - | - | - | 44 | pass |" in text
    assert (
        "| diff, 16 stacks, beyond --version | s | 3.10 | 8.50 | - | - | - | 3.00 | FAIL |" in text
    )
    assert "- 2026-01-02, " in text
    assert "- Medians of 3 runs of ours and of 1 of stock." in text
