"""Commands over many stacks run through our executor, where the project says so.

Sceptre 4.7 runs batch after batch, each as slow as its slowest stack, and goes on after a stack
has failed (``sceptre/plan/executor.py``). Where config.yaml says ``executor: ready_queue``,
``sentry_oms.executor`` runs the command instead; any other project runs as it always did.

Upstream: https://github.com/Sceptre/sceptre/issues/747. It can go when Sceptre starts each stack
after its own dependencies and stops what depends on a failed one.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterable
from typing import Any

from sceptre.exceptions import InvalidConfigFileError
from sceptre.plan import plan
from sceptre.plan.actions import StackActions
from sceptre.plan.executor import SceptrePlanExecutor

KEY = "executor"
READY_QUEUE = "ready_queue"

_ARGUMENTS = ["self", "command", "launch_order", "max_concurrency"]
_LEANED_ON = (
    "_protect_execution",
    "_wait_for_completion",
    "_wait_for_drift_status",
    "_describe_stack_drift_detection_status",
    "_describe_stack_resource_drifts",
    "_get_status",
    "describe",
)


def install() -> None:
    """Put our executor where a plan looks it up; leave it where Sceptre is another than we know."""
    strange = _strange()
    if strange:
        logging.getLogger("sceptre").warning(
            "executor: ready_queue is left out, since this Sceptre has another %s: "
            "commands run as Sceptre runs them",
            strange,
        )
        return
    plan.SceptrePlanExecutor = Executor


def _strange() -> str | None:
    """What of Sceptre differs from the release that this was written against."""
    if getattr(plan, "SceptrePlanExecutor", None) not in (SceptrePlanExecutor, Executor):
        return "sceptre.plan.plan.SceptrePlanExecutor"
    if list(inspect.signature(SceptrePlanExecutor.__init__).parameters) != _ARGUMENTS:
        return "SceptrePlanExecutor"
    missing = [name for name in _LEANED_ON if not hasattr(StackActions, name)]
    return f"StackActions (no {', '.join(missing)})" if missing else None


class Executor(SceptrePlanExecutor):
    """Sceptre's own, until a project asks for ours."""

    def __init__(self, command: str, launch_order: Any, max_concurrency: int | None) -> None:
        super().__init__(command, launch_order, max_concurrency)
        self._limit = max_concurrency

    def execute(self, *arguments: Any) -> Any:
        """Run the command; a dictionary of each stack's response.

        Raises:
            InvalidConfigFileError: config.yaml names an executor that there is not.
        """
        if not _wants_ready_queue(stack for batch in self.launch_order for stack in batch):
            return super().execute(*arguments)
        # Only now: every command imports the tags, and few need this.
        from sentry_oms.executor.run import execute

        return execute(self.command, arguments, self.launch_order, self._limit)


def _wants_ready_queue(stacks: Iterable[Any]) -> bool:
    asked = {stack.stack_group_config.get(KEY): stack.name for stack in stacks}
    for value, name in asked.items():
        if value not in (None, READY_QUEUE):
            raise InvalidConfigFileError(
                f"{name}: config.yaml {KEY}: there is no '{value}': write {READY_QUEUE}, "
                "or take the line out for Sceptre's own"
            )
    return READY_QUEUE in asked
