"""A command over the stacks of a plan, from ``sentry_oms.seams.executor`` to the ready queue."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any

import click
from rich.console import Console
from rich.text import Text
from sceptre.exceptions import SceptreException
from sceptre.stack_status import StackStatus

from sentry_oms.aws.view import VIEW, StackKey, View, described
from sentry_oms.checks import check_stacks
from sentry_oms.executor import pace, show
from sentry_oms.executor.actions import Actions
from sentry_oms.executor.drift.ending import answers, end_with
from sentry_oms.executor.drift.reading import COMMANDS as DRIFT
from sentry_oms.executor.events import Listener, Run, StackRun
from sentry_oms.executor.interrupts import on_interrupt
from sentry_oms.executor.lines import SILENCE_SECONDS, StillReading
from sentry_oms.executor.order import waits_for
from sentry_oms.executor.perform import GIVES_STATUS, perform
from sentry_oms.executor.ready_queue import ReadyQueue
from sentry_oms.executor.report import report_to
from sentry_oms.executor.retries import configure_retries, stop_retrying_limits
from sentry_oms.executor.states import Outcome, State
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
"""The commands that send config to AWS, and so are checked before their first write."""
DESCRIBE_FIRST = frozenset({"launch", "update", "delete", "diff"})
"""The commands that need to know every stack anyway."""
AT_ONCE = 16
"""Stacks that are described at once before anything starts."""
FRESH_SECONDS = 30
"""What was seen longer ago than this is asked again before a stack is written."""
INTERRUPTED_EXIT = 130
"""As a shell has it for a process ended by SIGINT."""

_logger = logging.getLogger("sceptre")


def execute(
    command: str,
    arguments: tuple[Any, ...],
    launch_order: Sequence[Iterable[Stack]],
    limit: int | None,
    view: View = VIEW,
) -> dict[Stack, Any]:
    """Run a command of ``StackActions`` over the stacks; what it returned for each.

    Args:
        command: the method's name.
        arguments: what it is called with.
        launch_order: the plan's batches.
        limit: stacks that run at once; None for no limit.
        view: what this process has seen of AWS.

    Raises:
        SystemExit: the check of the config has findings, or the person pressed Ctrl-C.
        Exception: what the first failing stack raised, for commands that give no status. Of drift
            on the command line, the stacks that answered are given, and the rest is said after it.
    """
    stacks = {stack.name: stack for batch in launch_order for stack in batch}
    console = _console()
    configure_retries(os.environ)
    _stop_retrying_limits(stacks.values())
    if command in CHECKED:
        _check(stacks.values(), console)
    before = waits_for(launch_order)
    if command in READS:
        before = {name: frozenset() for name in before}
    listeners = _listeners(command, console)
    if command in DESCRIBE_FIRST:
        describe_all(list(stacks.values()), limit, view)
    seen_at = time.monotonic()

    def work(name: str, writing: Any) -> Outcome:
        stack = stacks[name]
        if time.monotonic() - seen_at > FRESH_SECONDS:
            view.forget(StackKey.of(stack))
        actions = Actions(stack, view, pace.PACE, time.monotonic, time.sleep, writing)
        return perform(actions, command, arguments)

    ready_queue = ReadyQueue(command, before, work, listeners, time.monotonic, limit)
    with on_interrupt(ready_queue.interrupt):
        run = ready_queue.execute()
    if run.interrupts:
        sys.exit(INTERRUPTED_EXIT)
    context = click.get_current_context(silent=True)
    if command in DRIFT and context:
        end_with(run, context, _beside())
        return answers(run, stacks)
    if command not in GIVES_STATUS or command == "execute_change_set":
        _raise_failures(run)
    return {stacks[one.name]: _result(one) for one in run}


def _console() -> Console:
    context = click.get_current_context(silent=True)
    options = (context.obj if context else None) or {}
    return Console(
        no_color=True if options.get("no_colour") else None, highlight=False, soft_wrap=True
    )


def _beside() -> Console:
    """For what is no part of a command's answer, which may be read by a program."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def _stop_retrying_limits(stacks: Iterable[Stack]) -> None:
    for stack in {StackKey.of(stack).connection: stack for stack in stacks}.values():
        # Without credentials there is no session; the first call of a stack says that, and why.
        with suppress(Exception):
            stop_retrying_limits(stack.connection_manager.get_session())


def _check(stacks: Iterable[Stack], console: Console) -> None:
    """Say what is wrong in the config, and end there.

    Raises:
        SystemExit: something is.
    """
    findings = check_stacks(stacks)
    if findings:
        for finding in findings:
            console.print(Text(str(finding)))
        found = count(len(findings), "finding")
        console.print(f"{found}: nothing was changed. docs/CHECKS.md has each code.")
        sys.exit(1)


def _listeners(command: str, console: Console) -> list[Listener]:
    listeners: list[Listener] = (
        [StillReading(_beside())] if command in READS else show.listeners(console, resume=_again())
    )
    path = os.environ.get("OMS_REPORT")
    if path and (command in DRIFT or command not in READS):
        listeners.append(report_to(path, _again()))
    return listeners


def _again() -> str:
    return " ".join(["sceptre", *sys.argv[1:]])


def describe_all(stacks: list[Stack], limit: int | None, view: View) -> None:
    """Look at every stack at once, so that no stack waits for the look at another.

    Raises:
        Exception: nothing can be asked of AWS at all; else each stack meets its own error.
    """
    if not stacks:
        return

    def look(stack: Stack) -> Exception | None:
        try:
            described(stack, view)
        except Exception as error:
            return error
        return None

    with ThreadPoolExecutor(min(limit or AT_ONCE, len(stacks))) as pool:
        looks = [pool.submit(look, stack) for stack in stacks]
        while left := wait(looks, timeout=SILENCE_SECONDS).not_done:
            _beside().print(Text(f"AWS is still asked about {count(len(left), 'stack')}"))
    errors = [one.result() for one in looks]
    if errors[0] and all(errors):
        raise errors[0]


def _result(one: StackRun) -> Any:
    if one.outcome is None:
        return StackStatus.PENDING
    return one.outcome.result


def _raise_failures(run: Run) -> None:
    """Raise what the first stack raised, with the others' said before it."""
    failed = run.those(State.FAILED)
    for one in failed[1:]:
        _logger.error("%s: %s", one.name, one.outcome and one.outcome.cause)
    if failed and failed[0].outcome:
        raise failed[0].outcome.error or SceptreException(
            f"{failed[0].name}: {failed[0].outcome.cause}"
        )
