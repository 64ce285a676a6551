"""The ready queue: order, failures, concurrency and interrupts."""

from __future__ import annotations

import threading
import time

import pytest

from sentry_oms.executor.ready_queue import ReadyQueue
from sentry_oms.executor.states import State
from tests.unit.executor.runs import GRAPH, UNCHANGED, Recorder, failure, run, states


def test_each_stack_runs_once_after_its_dependencies() -> None:
    recorder = Recorder()
    done = run(listeners=(recorder,))
    assert set(states(done).values()) == {"complete"}
    started, complete = recorder.of(State.RUNNING), recorder.changes
    assert sorted(started) == sorted(GRAPH)
    for name, before in GRAPH.items():
        start = complete.index(f"{name} running")
        assert all(complete.index(f"{one} complete") < start for one in before)


def test_a_stack_waits_only_for_its_dependencies() -> None:
    """Redis ends before sqs, which is in the batch before it."""
    sqs_may_end = threading.Event()

    def work(_: ReadyQueue, name: str) -> None:
        if name == "dev/sqs":
            assert sqs_may_end.wait(30)
        if name == "dev/redis":
            sqs_may_end.set()

    assert set(states(run(work=work)).values()) == {"complete"}


def test_a_failed_stack_stops_only_its_dependents() -> None:
    done = run({"dev/redis": failure()})
    others = dict.fromkeys(("dev/vpc", "dev/sqs", "dev/cluster"), "complete")
    assert states(done) == {**others, "dev/redis": "failed", "dev/task": "skipped"}
    assert done.stacks["dev/task"].blocked_by == "dev/redis"
    assert done.stacks["dev/task"].started is None


def test_a_skipped_stack_names_the_failed_one() -> None:
    done = run({"dev/sqs": failure()})
    assert states(done)["dev/redis"] == "complete"
    assert done.stacks["dev/cluster"].blocked_by == "dev/sqs"
    assert done.stacks["dev/task"].blocked_by == "dev/sqs"


def test_an_unchanged_stack_lets_its_dependents_start() -> None:
    done = run(dict.fromkeys(GRAPH, UNCHANGED))
    assert set(states(done).values()) == {"unchanged"}


@pytest.mark.parametrize("limit", [1, 2])
def test_the_limit_of_concurrent_stacks(limit: int) -> None:
    running, counts = set[str](), list[int]()

    def work(_: ReadyQueue, name: str) -> None:
        running.add(name)
        counts.append(len(running))
        time.sleep(0.01)
        running.discard(name)

    run(limit=limit, work=work)
    assert max(counts) == limit


def test_with_a_limit_of_one_the_longest_chain_runs_first() -> None:
    for _ in range(5):
        recorder = Recorder()
        run(limit=1, listeners=(recorder,))
        order = ["dev/sqs", "dev/vpc", "dev/cluster", "dev/redis", "dev/task"]
        assert recorder.of(State.RUNNING) == order


def test_after_an_interrupt_running_stacks_end_and_no_other_starts() -> None:
    roots_run = threading.Barrier(2)

    def work(queue: ReadyQueue, name: str) -> None:
        roots_run.wait(30)
        if name == "dev/vpc":
            queue.interrupt()

    done = run(work=work)
    assert done.interrupts == 1
    others = dict.fromkeys(("dev/redis", "dev/cluster", "dev/task"), "interrupted")
    assert states(done) == {"dev/vpc": "complete", "dev/sqs": "complete", **others}


def test_a_second_interrupt_stops_watching() -> None:
    never = threading.Event()

    def work(queue: ReadyQueue, name: str) -> None:
        if name == "dev/vpc":
            queue.interrupt()
            queue.interrupt()
        never.wait(30)

    done = run(work=work)
    never.set()
    assert set(states(done).values()) == {"interrupted"}
    assert done.stacks["dev/vpc"].started is not None
    assert done.stacks["dev/task"].started is None


def test_the_critical_path_is_the_chain_that_ended_last() -> None:
    path = [stack.name for stack in run(limit=1).critical_path()]
    assert path == ["dev/vpc", "dev/redis", "dev/task"]
