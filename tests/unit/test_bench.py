"""The benchmark computes the critical path and scales the waits of both executors alike."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import networkx as nx
import pytest
from sceptre.plan import actions

from sentry_oms.executor import pace
from sentry_oms.offline.dependencies import dependencies
from tests.conftest import ROOT
from tools.bench import runs
from tools.bench.aws import Measured
from tools.bench.durations import critical_path, minutes, rollout_minutes
from tools.bench.paced_sceptre import scale
from tools.bench.report import lifecycle_rows, overhead_rows, page


def test_every_stack_of_dev_has_a_duration() -> None:
    assert all(minutes(stack) > 0 for stack in dependencies(ROOT, "dev"))


def test_a_stack_without_a_duration_is_an_error() -> None:
    with pytest.raises(KeyError, match="reports has no duration"):
        minutes("dev/reports")


def test_the_critical_path_is_the_longest_path() -> None:
    graph = nx.DiGraph(
        [("dev/vpc", "dev/redis"), ("dev/redis", "dev/task-oms"), ("dev/vpc", "dev/alb")]
    )
    assert critical_path(graph, minutes) == 3 + 12 + 4
    assert critical_path(graph, rollout_minutes) == 4
    assert critical_path(nx.DiGraph(), minutes) == 0


def test_waits_are_scaled_for_both_executors(monkeypatch: pytest.MonkeyPatch) -> None:
    before, slept = pace.PACE, list[float]()
    monkeypatch.setattr(pace, "PACE", before)
    monkeypatch.setattr(actions, "time", time)
    monkeypatch.setattr(time, "sleep", slept.append)
    scale(0.5)
    actions.time.sleep(4)
    assert slept == [2.0]
    assert (pace.PACE.shortest, pace.PACE.longest) == (before.shortest / 2, before.longest / 2)
    assert pace.PACE.share == before.share


@pytest.mark.parametrize("ours", [True, False])
def test_a_copy_has_the_executor_and_larger_services(tmp_path: Path, ours: bool) -> None:
    copied = runs.copy(tmp_path, ours=ours)
    runs.resize_services(copied)
    lines = (copied / "config/config.yaml").read_text().splitlines()
    assert [line for line in lines if line.startswith("executor:")] == (
        ["executor: ready_queue"] if ours else []
    )
    assert sum(line.endswith('_cpu: "1024"') for line in lines) == 3
    assert sum(line.endswith('_memory: "4096"') for line in lines) == 3


def test_rows_are_medians_with_a_target() -> None:
    def lifecycle(seconds: float) -> dict[str, Measured]:
        return {
            name: Measured(1.0, net_seconds=seconds) for name in ("create", "delete", "rollout")
        }

    def overhead(seconds: float, calls: int) -> dict[str, Measured]:
        return {
            "version": Measured(0.5),
            "noop": Measured(seconds, calls),
            "diff": Measured(seconds, calls),
        }

    lifecycles = {True: [*map(lifecycle, (40.0, 41.0, 60.0))], False: [lifecycle(44.0)]}
    paths = {"create": 20.0, "rollout": 16.0, "delete": 20.0}
    rows = lifecycle_rows(lifecycles, paths)
    rows += overhead_rows({True: [overhead(3.6, 44)], False: [overhead(9.0, 90)]})
    text = page(rows, date(2026, 1, 2), {True: 3, False: 1})
    assert "| create from empty | x critical path | 1.025 | 1.100 | 1.050 | pass |" in text
    assert "| rollout of the three services | x critical path | 1.281 | 1.375 | 1.080 | FA" in text
    assert "| no-op launch, 16 stacks | calls | 44 | 90 | 46 | pass |" in text
    assert "| diff, 16 stacks | s | 3.10 | 8.50 | 3.00 | FAIL |" in text
    assert "- 2026-01-02, " in text
    assert "- Medians of 3 runs of ours and 1 of stock." in text
