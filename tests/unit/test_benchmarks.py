"""What the benchmarks compute, and that they scale every executor's waits alike."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import networkx as nx
import pytest

from benchmarks import project
from benchmarks.command import Measured
from benchmarks.durations import critical_path, minutes, rollout_minutes
from benchmarks.lifecycle import Lifecycle
from benchmarks.overhead import Overhead
from benchmarks.report import Conditions, page
from benchmarks.rows import Row, lifecycle_rows, overhead_rows, ten_times_rows
from sentry_oms.dependencies import dependencies
from tests.conftest import ROOT


def measured(seconds: float = 1.0, calls: int = 10, net: float | None = None) -> Measured:
    return Measured(seconds, peak_mib=90.0, calls=calls, net_seconds=net)


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
        "from benchmarks.paced_sceptre import scale\n"
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


class TestProject:
    @pytest.mark.parametrize("ours", [True, False])
    def test_its_executor_is_what_was_asked_for(self, tmp_path: Path, ours: bool) -> None:
        copied = project.copy(tmp_path, ours=ours)
        lines = (copied / "config/config.yaml").read_text().splitlines()
        assert lines.count("executor: ready_queue") == int(ours)
        assert sum(line.startswith("executor:") for line in lines) == int(ours)

    def test_a_new_size_is_for_the_three_services(self, tmp_path: Path) -> None:
        copied = project.copy(tmp_path, ours=False)
        project.resize_services(copied)
        text = (copied / "config/config.yaml").read_text()
        assert text.count('_cpu: "1024"') == 3
        assert text.count('_memory: "4096"') == 3

    def test_ten_environments_are_ten_times_dev(self, tmp_path: Path) -> None:
        copied = project.copy_of_ten(tmp_path, ours=False)
        config = (copied / "config/dev7/config.yaml").read_text()
        assert "environment: dev7" in config
        assert not (copied / "config/dev").exists()
        one = (ROOT / "config/dev/redis.yaml").read_text()
        assert (copied / "config/dev7/redis.yaml").read_text() == one
        vpc = (copied / "templates/networking/vpc-nonprod.json").read_text()
        assert '"AllowedValues": ["dev0", "dev1"' in vpc


class TestRows:
    def test_a_lifecycle_is_judged_by_the_median_in_minutes(self) -> None:
        runs = {
            True: [
                Lifecycle(measured(net=net), measured(net=8.0), measured(net=21.0))
                for net in (40.0, 41.0, 60.0)
            ],
            False: [Lifecycle(measured(net=44.0), measured(net=9.0), measured(net=24.0))],
        }
        paths = {"create": 20.0, "rollout": 4.0, "delete": 10.0}
        create, delete, rollout = lifecycle_rows(runs, paths, seconds_a_minute=2.0)
        assert (create.ours, create.stock, create.path) == (20.5, 22.0, 20.0)
        assert create.most == pytest.approx(21.0)
        assert (create.passed, delete.passed, rollout.passed) == (True, True, True)

    def test_a_missed_target_fails(self) -> None:
        assert Row("diff", "s", ours=3.1, stock=9.0, most=3.0).passed is False

    def test_without_our_executor_nothing_is_judged(self) -> None:
        overhead = {False: Overhead([measured(5.0)], [measured(7.0)])}
        rows = overhead_rows(overhead, version_seconds=0.5)
        rows += ten_times_rows(overhead, {False: measured(50.0)})
        assert {row.passed for row in rows} == {None}
        assert [row.stock for row in rows] == [4.5, 10, 6.5, 10, 10.0, 90.0]


def test_the_page_says_command_day_and_factor() -> None:
    conditions = Conditions("make bench WRITE=1", date(2026, 1, 2), 1.5, 0.3, {True: 3, False: 1})
    text = page([Row("create", "min", 20.5, 22.0, 21.0, 20.0)], conditions)
    assert "| create | min | 20.50 | 22.00 | 20.00 | 1.025 | 1.100 | 21.00 | pass |" in text
    assert "`make bench WRITE=1`, 2026-01-02, " in text
    assert "takes 1.5 s (a factor of 1/40)" in text
    assert "Ours: median of 3; stock Sceptre: one run" in text
