"""Ask before stacks are written, with the changes in view, losses first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.text import Text
from sceptre.exceptions import SceptreException

from sentry_oms.checks import check_stacks
from sentry_oms.executor.words import count
from sentry_oms.offline.reading import of_stacks
from sentry_oms.plan.change import Kind, Plan, Severity
from sentry_oms.plan.deletion import losses_of
from sentry_oms.plan.run import InterruptedPlanError, plan
from sentry_oms.plan.text import deletion_lines, summary_lines


def review(target: str, written: Sequence[Any], deleted: Sequence[Any]) -> Plan:
    """Return the changes of a command.

    Args:
        target: the path on the command line.
        written: each ``sceptre.stack.Stack`` that is created or updated.
        deleted: those that are deleted; of them only the losses are listed.

    Raises:
        SceptreException: config has mistakes, or AWS can't be read.
        click.Abort: Ctrl-C.
    """
    findings = check_stacks(written)
    if findings:
        environment = target.partition("/")[0]
        raise SceptreException(
            f"{count(len(findings), 'finding')} in config, nothing was changed: oms check "
            f"{environment} lists them"
        )
    project, names = of_stacks(written), {stack.name for stack in written}
    try:
        planned = plan(project, project.stacks, target).stacks if written else ()
    except InterruptedPlanError:
        raise click.Abort from None
    stacks = (*losses_of(deleted), *(one for one in planned if one.name in names))
    return Plan(target=target, stacks=stacks)


def ask(command: str, changes: Plan, console: Console) -> None:
    """Show the changes and ask; the environment's name must be typed if state is or may be lost.

    Args:
        command: such as ``launch``.
        changes: as ``review`` returns them.
        console: for the changes.

    Raises:
        click.Abort: the answer is no.
    """
    target = changes.target
    shown = deletion_lines if command == "delete" else summary_lines
    for words, style in shown(changes):
        console.print(Text(words, style))
    if not changes.severe(Severity.LOSS) and not changes.those(Kind.FAILED):
        click.confirm(f"Do you want to {command} '{target}'", abort=True)
        return
    environment = target.partition("/")[0]
    lost = "State is lost" if changes.severe(Severity.LOSS) else "State may be lost"
    typed = click.prompt(
        f"{lost}. To {command} '{target}', type {environment}", default="", show_default=False
    )
    if typed != environment:
        click.echo(f"'{typed}' is not {environment}: nothing was changed.")
        raise click.Abort
