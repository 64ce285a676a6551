"""Show the changes before a launch, an update or a deletion asks, if the project asks for it.

Sceptre 4.7 asks ``Do you want to launch 'dev'`` and shows nothing that depends on AWS
(``sceptre/cli/helpers.py``, ``confirmation``). In projects with ``executor: ready_queue``, the
plan's summary is shown first. With ``-y`` nothing is asked, and nothing is read.

Upstream: no issue asks for it. It can be removed when Sceptre shows a plan before it asks.
"""

from __future__ import annotations

import inspect
import logging
import sys
from typing import Any

import click
from sceptre.context import SceptreContext
from sceptre.plan.plan import SceptrePlan

from sentry_oms.seams.executor import KEY, READY_QUEUE

_MODULES = ("sceptre.cli.launch", "sceptre.cli.update", "sceptre.cli.delete")
_ARGUMENTS = ["command", "ignore", "command_path", "change_set"]


def install() -> None:
    """Replace the question of three commands; skip this if Sceptre's is another one."""
    # Only the command line asks, and it has imported its commands before it imports the tags.
    modules = [sys.modules[name] for name in _MODULES if name in sys.modules]
    for module in modules:
        asks = getattr(module, "confirmation", None)
        if asks is not confirmation and (
            asks is None or list(inspect.signature(asks).parameters) != _ARGUMENTS
        ):
            logging.getLogger("sceptre").warning(
                "no changes are shown before a question, because this Sceptre has another %s",
                f"{module.__name__}.confirmation",
            )
            return
    for module in modules:
        vars(module)["confirmation"] = confirmation


def confirmation(
    command: str, ignore: bool, command_path: str, change_set: str | None = None
) -> None:
    """Ask whether to run a command, unless ``ignore``.

    Raises:
        click.Abort: the answer is no.
        SceptreException: the changes can't be found out; nothing is asked.
    """
    from sceptre.cli.helpers import confirmation as sceptres

    context = click.get_current_context(silent=True)
    stacks = [] if ignore or change_set or not context else _stacks(context, command, command_path)
    if context is None or not any(
        stack.stack_group_config.get(KEY) == READY_QUEUE for stack in stacks
    ):
        sceptres(command, ignore, command_path, change_set)
        return
    # Imported here, because every command imports the tags and few need this.
    from rich.console import Console

    from sentry_oms.plan.confirmation import ask, review

    deleted = [
        one for one in stacks if command == "delete" or (one.obsolete and "prune" in command)
    ]
    written = [one for one in stacks if one not in deleted and not (one.ignore or one.obsolete)]
    with Console(stderr=True).status("asking CloudFormation ..."):
        changes = review(command_path.removesuffix(".yaml"), written, deleted)
    no_color = True if context.obj.get("no_colour") else None
    ask(command, changes, Console(no_color=no_color, highlight=False, soft_wrap=True))


def _stacks(context: click.Context, command: str, path: str) -> list[Any]:
    """Return the stacks of the command, read as Sceptre's command reads them."""
    deletes = command == "delete"
    plan = SceptrePlan(
        SceptreContext(
            command_path=path,
            command_params=context.params,
            full_scan=deletes,
            **{
                name: context.obj.get(name)
                for name in ("project_path", "user_variables", "options", "ignore_dependencies")
            },
        )
    )
    plan.resolve(command, reverse=deletes)
    return list(plan)
