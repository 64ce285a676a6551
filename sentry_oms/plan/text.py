"""A plan on a terminal: losses of state and refused changes first, in red; then the rest."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from sentry_oms.plan.change import Action, Exit, Kind, Plan, ResourceChange, StackPlan
from sentry_oms.plan.words import (
    because,
    exit_line,
    heading,
    parameter,
    subject,
    summary,
    types,
    verb,
)

_SIGNS = {Action.ADD: "+", Action.MODIFY: "~", Action.REPLACE: "-/+", Action.REMOVE: "-"}
_STYLES = {Action.ADD: "green", Action.REPLACE: "yellow", Action.REMOVE: "yellow"}
_LOSS = "bold red"
_EXIT_STYLES = {Exit.NO_CHANGE: "green", Exit.ERROR: _LOSS, Exit.LOSES_STATE: _LOSS}

Line = tuple[str, str]
"""Words and their style."""


def show(plan: Plan, console: Console) -> None:
    """Print the plan."""
    for words, style in lines(plan):
        console.print(Text(words, style))


def lines(plan: Plan) -> Iterator[Line]:
    """The plan, line by line."""
    losses = list(plan.losses)
    if losses:
        yield "replaces or removes state", _LOSS
        for stack, change in losses:
            yield from _severe(stack, change, _LOSS)
        yield "", ""
    refusals = list(plan.refusals)
    if refusals:
        yield "CloudFormation will refuse", _LOSS
        for stack, change in refusals:
            yield from _severe(stack, change, _LOSS)
        yield "", ""
    others = [(stack, one) for stack in plan.stacks for one in stack.replacements]
    if others:
        yield "replaces or removes", "yellow"
        for stack, change in others:
            yield from _severe(stack, change, "yellow")
        yield "", ""
    for stack in plan.changing:
        yield from _stack(stack)
        yield "", ""
    for stack in plan.those(Kind.LEFT_OUT):
        yield f"{stack.name} is left out: {', '.join(stack.notes)}", "dim"
    for stack in plan.those(Kind.FAILED):
        yield heading(stack), _LOSS
    yield summary(plan), "bold"
    yield exit_line(plan), _EXIT_STYLES.get(plan.exit, "yellow")


def _severe(stack: StackPlan, change: ResourceChange, style: str) -> Iterator[Line]:
    why = because(change)
    cause = f": {why}" if why else ""
    yield f"  {stack.name} {verb(change)} {subject(change)}{cause}", style
    for more in (change.loss, change.obstacle):
        if more:
            yield f"      {more}", style


def _stack(stack: StackPlan) -> Iterator[Line]:
    yield heading(stack), "bold"
    for note in stack.notes:
        yield f"  {note}", "yellow"
    for changed in stack.parameters:
        # All parameters of a new stack are new; what matters is which are not known.
        if stack.kind is not Kind.NEW or changed.known_after:
            yield f"  {parameter(changed)}", "cyan" if changed.known_after else ""
    if stack.kind is Kind.NEW:
        yield f"    + add {types(stack)}", "green"
        return
    for change in stack.resources:
        style = _LOSS if change.loss else _STYLES.get(change.action, "")
        why = because(change)
        doubt = "" if change.certain else "may "
        words = f"  {_SIGNS[change.action]:>3} {doubt}{change.action.value} {subject(change)}"
        yield words + (f": {why}" if why else ""), style
