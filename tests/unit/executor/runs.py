"""A ready queue with scripted outcomes, and a clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count

from sentry_oms.executor.events import Changed, Event, Listener, Run
from sentry_oms.executor.ready_queue import ReadyQueue
from sentry_oms.executor.states import Outcome, State

GRAPH = {
    "dev/sqs": frozenset[str](),
    "dev/vpc": frozenset[str](),
    "dev/redis": frozenset({"dev/vpc"}),
    "dev/cluster": frozenset({"dev/sqs", "dev/vpc"}),
    "dev/task": frozenset({"dev/cluster", "dev/redis"}),
}

COMPLETE = Outcome(State.COMPLETE, "complete", "created")
UNCHANGED = Outcome(State.UNCHANGED, "complete")


def failure(cause: str = "Table (AWS::DynamoDB::Table) CREATE_FAILED: it exists") -> Outcome:
    return Outcome(State.FAILED, "failed", None, cause)


class Recorder:
    """A listener that keeps every change as ``name state``."""

    def __init__(self) -> None:
        self.changes: list[str] = []

    def __call__(self, event: Event, _: Run) -> None:
        if isinstance(event, Changed):
            self.changes.append(f"{event.stack.name} {event.stack.state.value}")

    def of(self, state: State) -> list[str]:
        return [c.split()[0] for c in self.changes if c.endswith(f" {state.value}")]


def run(
    outcomes: Mapping[str, Outcome] | None = None,
    graph: Mapping[str, frozenset[str]] = GRAPH,
    limit: int | None = None,
    listeners: tuple[Listener, ...] = (),
    work: Callable[[ReadyQueue, str], None] = lambda *_: None,
) -> Run:
    """Run the graph; a stack without an outcome is created. Each event is a second later."""

    def perform(name: str, _: Callable[[str], None]) -> Outcome:
        work(queue, name)
        return (outcomes or {}).get(name, COMPLETE)

    queue = ReadyQueue("launch", graph, perform, listeners, count(0.0).__next__, limit)
    return queue.execute()


def states(run: Run) -> dict[str, str]:
    return {stack.name: stack.state.value for stack in run}
