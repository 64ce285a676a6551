"""Run a command over the stacks of a plan; called by ``sentry_oms.seams.executor``."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from rich.console import Console
from rich.text import Text
from sceptre.exceptions import SceptreException
from sceptre.stack_status import StackStatus

from sentry_oms.aws.view import VIEW, StackKey, View, described
from sentry_oms.checks import check_stacks
from sentry_oms.executor import connections, pace
from sentry_oms.executor.actions import Actions
from sentry_oms.executor.caller import Caller
from sentry_oms.executor.drift.reading import COMMANDS as DRIFT
from sentry_oms.executor.drift.summary import end_with
from sentry_oms.executor.events import Listener, Run
from sentry_oms.executor.interrupts import on_interrupt
from sentry_oms.executor.lines import SILENCE_SECONDS, Lines, StillReading
from sentry_oms.executor.order import waits_for
from sentry_oms.executor.perform import GIVES_STATUS, perform, unreachable
from sentry_oms.executor.ready_queue import ReadyQueue
from sentry_oms.executor.report import report_to
from sentry_oms.executor.retries import configure_retries
from sentry_oms.executor.saved_plan import plan_to_keep
from sentry_oms.executor.states import Outcome, State
from sentry_oms.executor.summary import Summary
from sentry_oms.executor.table import LiveTable
from sentry_oms.executor.words import count

Stack = Any
"""A ``sceptre.stack.Stack``."""

READS = frozenset(
    {
        "describe",
        "describe_change_set",
        "describe_events",
        "describe_outputs",
        "describe_resources",
        "diff",
        "drift_detect",
        "drift_show",
        "dump_config",
        "dump_template",
        "estimate_cost",
        "fetch_remote_template",
        "generate",
        "get_policy",
        "get_status",
        "list_change_sets",
        "template",
        "validate",
        "wait_for_cs_completion",
    }
)
"""The commands that change nothing, and so need no order."""
CHECKED = frozenset({"launch", "create", "update", "create_change_set"})
"""The commands that send config to AWS; their config is checked before the first write."""
DESCRIBE_FIRST = frozenset({"launch", "update", "delete", "diff"})
"""The commands that need the description of every stack."""
AT_ONCE = 16
"""Limit of parallel DescribeStacks calls before a run."""
FRESH_SECONDS = 30
"""An older description is read again before its stack is written."""

_logger = logging.getLogger("sceptre")


def execute(
    command: str,
    arguments: tuple[Any, ...],
    launch_order: Sequence[Iterable[Stack]],
    limit: int | None,
    view: View = VIEW,
) -> dict[Stack, Any]:
    """Run a command of ``StackActions`` over the stacks and return its result for each.

    Args:
        command: the method's name.
        arguments: the method's arguments.
        launch_order: the plan's batches.
        limit: the number of stacks that run at once; None for no limit.
        view: the view of AWS that the process shares.

    Raises:
        SystemExit: on the command line, the check of the config has findings, or after Ctrl-C.
        ConfigFindings, KeyboardInterrupt: the same in a Python program.
        Exception: the first error; on the command line, only of a command that returns no status.
            Drift commands return the stacks that responded instead; the summary reports the others.
    """
    stacks = {stack.name: stack for batch in launch_order for stack in batch}
    caller = Caller.current()
    configure_retries(os.environ)
    reachable = [stack for stack in stacks.values() if connections.is_known(stack)]
    for stack in {StackKey.of(stack).connection: stack for stack in reachable}.values():
        connections.prepare(stack)
    if command in CHECKED:
        findings = check_stacks(stacks.values())
        if findings:
            caller.refuse(findings)
    before = waits_for(launch_order)
    if command in READS:
        before = {name: frozenset() for name in before}
    listeners = _listeners(command, caller)
    if command in DESCRIBE_FIRST:
        describe_all(reachable, limit, view, caller.beside)
    plan = plan_to_keep(command, os.environ, READS)
    if plan:
        plan.check(list(stacks.values()), view)
    seen_at = time.monotonic()

    def work(name: str, writing: Any) -> Outcome:
        stack = stacks[name]
        if not connections.is_known(stack):
            connections.prepare(stack)
        try:
            if time.monotonic() - seen_at > FRESH_SECONDS:
                view.forget(StackKey.of(stack))
            actions = Actions(stack, view, pace.PACE, time.monotonic, time.sleep, writing)
            actions.plan = plan
        except Exception as error:
            return unreachable(stack, error)
        return perform(actions, command, arguments)

    ready_queue = ReadyQueue(command, before, work, listeners, time.monotonic, limit)
    with on_interrupt(ready_queue.interrupt):
        run = ready_queue.execute()
    if run.interrupts:
        caller.interrupt()
    outcomes = {stacks[one.name]: one.outcome for one in run}
    if caller.context is None:
        _raise_failures(run, errors_only=True)
    elif command in DRIFT:
        end_with(run, caller.context, caller.beside)
        return {stack: one.result for stack, one in outcomes.items() if one and not one.error}
    elif command not in GIVES_STATUS or command == "execute_change_set":
        _raise_failures(run)
    return {stack: one.result if one else StackStatus.PENDING for stack, one in outcomes.items()}


def _listeners(command: str, caller: Caller) -> list[Listener]:
    listeners: list[Listener] = (
        [StillReading(caller.beside)] if command in READS else display(caller.console, caller.again)
    )
    path = os.environ.get("OMS_REPORT")
    if path and (command in DRIFT or command not in READS):
        listeners.append(report_to(path, caller.again))
    return listeners


def display(console: Console, resume: str) -> list[Listener]:
    """Return the listeners that print a run: a table on a terminal, else lines; then a summary."""
    # The log of --debug would scroll the table away.
    is_live = console.is_terminal and not console.is_dumb_terminal and not console.quiet
    if is_live and not _logger.isEnabledFor(logging.DEBUG):
        return [LiveTable(console, time.monotonic), Summary(console, resume)]
    return [Lines(console), Summary(console, resume)]


def describe_all(stacks: list[Stack], limit: int | None, view: View, console: Console) -> None:
    """Describe the stacks in parallel, so that no stack waits for another's description.

    Raises:
        Exception: no stack could be described. Otherwise each stack meets its own error later.
    """
    if not stacks:
        return

    def describe(stack: Stack) -> Exception | None:
        try:
            described(stack, view)
        except Exception as error:
            return error
        return None

    with ThreadPoolExecutor(min(limit or AT_ONCE, len(stacks))) as pool:
        pending = [pool.submit(describe, stack) for stack in stacks]
        while left := wait(pending, timeout=SILENCE_SECONDS).not_done:
            console.print(Text(f"still waiting for AWS to describe {count(len(left), 'stack')}"))
    errors = [one.result() for one in pending]
    if errors[0] and all(errors):
        raise errors[0]


def _raise_failures(run: Run, *, errors_only: bool = False) -> None:
    """Raise the error of the first failed stack, after logging those of the others.

    Args:
        errors_only: raise no failure that has a result for Sceptre to return.
    """
    failed = [(one.name, one.outcome) for one in run.those(State.FAILED) if one.outcome]
    raised = next((one for one in failed if one[1].error or not errors_only), None)
    for name, outcome in failed:
        if (name, outcome) != raised:
            _logger.error("%s: %s", name, outcome.cause)
    if raised:
        name, outcome = raised
        raise outcome.error or SceptreException(f"{name}: {outcome.cause}")
