"""Plan all stacks, each as soon as its dependencies are planned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cache

import networkx as nx
from rich.console import Console

from sentry_oms.aws.view import VIEW
from sentry_oms.executor.interrupts import on_interrupt
from sentry_oms.executor.ready_queue import ReadyQueue
from sentry_oms.executor.run import AT_ONCE, describe_all
from sentry_oms.executor.states import Outcome, State
from sentry_oms.offline.project import Project
from sentry_oms.offline.stack_file import StackFile
from sentry_oms.plan.change import Plan
from sentry_oms.plan.parameters import Planned
from sentry_oms.plan.stack import plan_stack


class InterruptedPlanError(Exception):
    """Ctrl-C: some stacks were not planned; no change set is left."""


@VIEW.command()
def plan(project: Project, files: Iterable[StackFile], target: str) -> Plan:
    """Plan a launch of the stacks and their dependencies; ``target`` is the plan's name.

    Raises:
        InterruptedPlanError: Ctrl-C.
        Exception: no stack could be described.
    """
    names = {name for file in files for name in (file.name, *project.upstream(file))}
    wanted = {name: project.known[name] for name in names}
    before = {
        name: frozenset(one.name for one in file.stack.dependencies)
        for name, file in wanted.items()
    }
    layers = nx.topological_generations(nx.DiGraph(before).reverse())
    order = [name for layer in layers for name in sorted(layer)]
    describe_all([file.stack for file in wanted.values()], AT_ONCE, VIEW, Console(stderr=True))
    planned: dict[str, Planned] = {}

    def work(name: str, _: Callable[[str], None]) -> Outcome:
        planned[name] = plan_stack(wanted[name], planned)
        # Also of a stack that can't be planned: its dependents are planned all the same.
        return Outcome(State.COMPLETE)

    waits_for = {name: before[name] for name in order}
    ready_queue = ReadyQueue("plan", waits_for, work, (), time.monotonic, AT_ONCE)
    # A second interrupt would stop the queue from waiting until change sets are deleted.
    interrupt_once = cache(ready_queue.interrupt)
    with on_interrupt(interrupt_once):
        run = ready_queue.execute()
    if run.those(State.INTERRUPTED):
        raise InterruptedPlanError
    return Plan(
        target=target,
        stacks=tuple(planned[name].plan for name in order),
        bases=tuple(basis for name in order if (basis := planned[name].basis)),
    )
