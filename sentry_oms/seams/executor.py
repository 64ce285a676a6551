"""Run commands over many stacks by our executor, if the project asks for it.

Sceptre 4.7 runs batch after batch, each as slow as its slowest stack, and continues after a stack
has failed (``sceptre/plan/executor.py``). If config.yaml says ``executor: ready_queue``,
``sentry_oms.executor`` runs the command instead; other projects are not affected.

Upstream: https://github.com/Sceptre/sceptre/issues/747. It can be removed when Sceptre starts each
stack after its own dependencies and stops the dependents of a failed stack.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterable
from typing import Any

import click
from sceptre.exceptions import InvalidConfigFileError
from sceptre.plan import plan
from sceptre.plan.actions import StackActions
from sceptre.plan.executor import SceptrePlanExecutor

from sentry_oms.aws.view import VIEW

KEY = "executor"
READY_QUEUE = "ready_queue"
_META = "sentry_oms.ready_queue"

_ARGUMENTS = ["self", "command", "launch_order", "max_concurrency"]
_REQUIRED = (
    "_protect_execution",
    "_wait_for_completion",
    "_wait_for_drift_status",
    "_describe_stack_drift_detection_status",
    "_describe_stack_resource_drifts",
    "_get_status",
    "describe",
)


def install() -> None:
    """Replace Sceptre's executor; skip this if Sceptre differs from the supported version."""
    difference = _difference()
    if difference:
        logging.getLogger("sceptre").warning(
            "executor: ready_queue is ignored, because this Sceptre has another %s: "
            "Sceptre's own executor runs the commands",
            difference,
        )
        return
    plan.SceptrePlanExecutor = Executor


def _difference() -> str | None:
    """Return the part of Sceptre that differs from the supported version."""
    if getattr(plan, "SceptrePlanExecutor", None) not in (SceptrePlanExecutor, Executor):
        return "sceptre.plan.plan.SceptrePlanExecutor"
    if list(inspect.signature(SceptrePlanExecutor.__init__).parameters) != _ARGUMENTS:
        return "SceptrePlanExecutor"
    missing = [name for name in _REQUIRED if not hasattr(StackActions, name)]
    return f"StackActions (no {', '.join(missing)})" if missing else None


class Executor(SceptrePlanExecutor):
    """Sceptre's own executor, unless the project asks for ours."""

    def __init__(self, command: str, launch_order: Any, max_concurrency: int | None) -> None:
        super().__init__(command, launch_order, max_concurrency)
        self._limit = max_concurrency

    def execute(self, *arguments: Any) -> Any:
        """Run the command and return each stack's response.

        Raises:
            InvalidConfigFileError: config.yaml names an unknown executor.
        """
        is_ours = _wants_ready_queue(stack for batch in self.launch_order for stack in batch)
        context = click.get_current_context(silent=True)
        if context:
            context.meta[_META] = is_ours
        with VIEW.command(drops=is_ours):
            if not is_ours:
                return super().execute(*arguments)
            # Imported here, because every command imports the tags and few need this.
            from sentry_oms.executor.run import execute

            return execute(self.command, arguments, self.launch_order, self._limit)


def is_requested() -> bool:
    """Whether the project of the current command line asks for our executor."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_META))


def _wants_ready_queue(stacks: Iterable[Any]) -> bool:
    wanted = {stack.stack_group_config.get(KEY): stack.name for stack in stacks}
    for value, name in wanted.items():
        if value not in (None, READY_QUEUE):
            raise InvalidConfigFileError(
                f"{name}: config.yaml {KEY}: '{value}' is unknown: write {READY_QUEUE}, "
                "or remove the line for Sceptre's own"
            )
    return READY_QUEUE in wanted
