"""A plan of all stacks: layer after layer, the stacks of a layer at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from graphlib import TopologicalSorter
from threading import Event

from sentry_oms.executor.interrupts import on_interrupt
from sentry_oms.executor.run import AT_ONCE, describe_all
from sentry_oms.offline.project import Project
from sentry_oms.offline.stack_file import StackFile
from sentry_oms.plan.change import Plan
from sentry_oms.plan.parameters import Planned
from sentry_oms.plan.stack import Planner


class InterruptedPlanError(Exception):
    """Ctrl-C: nothing new was begun, and no change set is left."""


def plan(project: Project, files: Iterable[StackFile], planner: Planner, target: str) -> Plan:
    """What a launch of the stacks will do, and of what they depend on.

    Args:
        project: what config says.
        files: the stacks that are launched.
        planner: plans one.
        target: what the plan is called.

    Raises:
        InterruptedPlanError: Ctrl-C.
        Exception: nothing can be asked of AWS at all.
    """
    wanted = with_upstream(project, files)
    describe_all([file.stack for file in wanted.values()], AT_ONCE, planner.view)
    planned: dict[str, Planned] = {}
    stopped = Event()
    with on_interrupt(stopped.set), ThreadPoolExecutor(AT_ONCE) as pool:
        for layer in layers(wanted):
            begun = {
                name: pool.submit(_unless, stopped, planner, wanted[name], dict(planned))
                for name in layer
            }
            planned.update(_ended(begun))
    return Plan(target=target, stacks=tuple(one.plan for one in planned.values()))


def with_upstream(project: Project, files: Iterable[StackFile]) -> Mapping[str, StackFile]:
    """The stacks and all that they wait for, by name, as a launch takes them."""
    names: set[str] = set()
    for file in files:
        names |= {file.name, *project.upstream(file)}
    return {name: project.known[name] for name in sorted(names)}


def layers(files: Mapping[str, StackFile]) -> list[list[str]]:
    """The names of the stacks, each layer after those that it depends on."""
    sorter = TopologicalSorter(
        {
            name: [one.name for one in file.stack.dependencies if one.name in files]
            for name, file in files.items()
        }
    )
    sorter.prepare()
    found = []
    while sorter.is_active():
        layer = sorted(sorter.get_ready())
        sorter.done(*layer)
        found.append(layer)
    return found


def _unless(
    stopped: Event, planner: Planner, file: StackFile, earlier: Mapping[str, Planned]
) -> Planned:
    if stopped.is_set():
        raise InterruptedPlanError
    return planner.plan_stack(file, earlier)


def _ended(begun: Mapping[str, Future[Planned]]) -> dict[str, Planned]:
    """What became of a layer, once all of it is over: no change set is left behind."""
    errors = [future.exception() for future in begun.values()]
    for error in errors:
        if error:
            raise error
    return {name: future.result() for name, future in begun.items()}
