"""The ready queue: order, failures, places, interrupts. No AWS, no Sceptre."""

from __future__ import annotations

import threading

import pytest

from sentry_oms.executor.ready_queue import ReadyQueue
from sentry_oms.executor.states import State
from tests.unit.executor.runs import GRAPH, UNCHANGED, Recorder, failure, run, states


def test_everything_runs_once_and_after_what_it_waits_for() -> None:
    recorder = Recorder()
    done = run(listeners=(recorder,))
    assert set(states(done).values()) == {"complete"}
    started, complete = recorder.of(State.RUNNING), recorder.changes
    assert sorted(started) == sorted(GRAPH)
    for name, before in GRAPH.items():
        start = complete.index(f"{name} running")
        assert all(complete.index(f"{one} complete") < start for one in before)


def test_a_stack_does_not_wait_for_what_it_does_not_depend_on() -> None:
    """There are no batches: redis is over before sqs, of the batch before it, is."""
    sqs_may_end = threading.Event()

    def work(_: ReadyQueue, name: str) -> None:
        if name == "dev/sqs":
            assert sqs_may_end.wait(30)
        if name == "dev/redis":
            sqs_may_end.set()

    assert set(states(run(work=work)).values()) == {"complete"}


def test_what_fails_stops_its_dependents_and_nothing_else() -> None:
    done = run({"dev/redis": failure()})
    assert states(done) == {
        "dev/vpc": "complete",
        "dev/sqs": "complete",
        "dev/redis": "failed",
        "dev/cluster": "complete",
        "dev/task": "skipped",
    }
    assert done.stacks["dev/task"].blocked_by == "dev/redis"
    assert done.stacks["dev/task"].started is None


def test_what_is_skipped_names_the_stack_that_failed_and_not_one_between() -> None:
    done = run({"dev/sqs": failure()})
    assert states(done)["dev/redis"] == "complete"
    assert done.stacks["dev/cluster"].blocked_by == "dev/sqs"
    assert done.stacks["dev/task"].blocked_by == "dev/sqs"


def test_what_is_unchanged_lets_its_dependents_start() -> None:
    done = run(dict.fromkeys(GRAPH, UNCHANGED))
    assert set(states(done).values()) == {"unchanged"}


@pytest.mark.parametrize("limit", [1, 2])
def test_no_more_run_than_there_are_places(limit: int) -> None:
    running, most, lock = set[str](), 0, threading.Lock()

    def work(_: ReadyQueue, name: str) -> None:
        nonlocal most
        with lock:
            running.add(name)
            most = max(most, len(running))
        with lock:
            running.discard(name)

    run(limit=limit, work=work)
    assert most <= limit


def test_with_one_place_the_order_is_the_same_every_time_and_the_longest_chain_first() -> None:
    orders = set()
    for _ in range(5):
        recorder = Recorder()
        run(limit=1, listeners=(recorder,))
        orders.add(tuple(recorder.of(State.RUNNING)))
    assert orders == {("dev/sqs", "dev/vpc", "dev/cluster", "dev/redis", "dev/task")}


def test_after_an_interrupt_nothing_starts_and_what_runs_is_watched_to_its_end() -> None:
    roots_run = threading.Barrier(2)

    def work(queue: ReadyQueue, name: str) -> None:
        roots_run.wait(30)
        if name == "dev/vpc":
            queue.interrupt()

    done = run(work=work)
    assert done.interrupts == 1
    assert states(done) == {
        "dev/vpc": "complete",
        "dev/sqs": "complete",
        "dev/redis": "interrupted",
        "dev/cluster": "interrupted",
        "dev/task": "interrupted",
    }


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


def test_without_stacks_it_is_over_at_once() -> None:
    assert states(run(graph={})) == {}


def test_the_critical_path_is_the_chain_that_ended_last() -> None:
    """With one place the clock moves on with each stack, so what ended last is known."""
    path = [stack.name for stack in run(limit=1).critical_path()]
    assert path == ["dev/vpc", "dev/redis", "dev/task"]
