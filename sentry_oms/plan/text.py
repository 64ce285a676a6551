"""A plan on a terminal: losses of state and refused changes first, then the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from sentry_oms.plan.change import Action, Exit, Kind, Plan, ResourceChange, Severity, StackPlan
from sentry_oms.plan.words import (
    NO_LONGER,
    because,
    exit_line,
    heading,
    orphan_line,
    parameters,
    subject,
    summary,
    types,
    values,
    verb,
)

_SIGNS = {Action.ADD: "+", Action.MODIFY: "~", Action.REPLACE: "-/+", Action.REMOVE: "-"}
_STYLES = {Action.ADD: "green", Action.REPLACE: "yellow", Action.REMOVE: "yellow"}
_LOSS = "bold red"
_EXIT_STYLES = {Exit.NO_CHANGE: "green", Exit.ERROR: _LOSS, Exit.LOSES_STATE: _LOSS}
_SECTIONS = (
    (Severity.LOSS, "replaces or removes state", _LOSS),
    (Severity.REFUSAL, "CloudFormation will refuse", _LOSS),
    (Severity.REPLACEMENT, "replaces or removes", "yellow"),
)

Line = tuple[str, str]
"""Words and their style."""


def show(plan: Plan, console: Console) -> None:
    """Print the plan."""
    for words, style in lines(plan):
        console.print(Text(words, style))


def severe_lines(plan: Plan) -> Iterator[Line]:
    """Yield the losses of state, the refused changes, and what else is replaced or removed."""
    for severity, title, style in _SECTIONS:
        changes = plan.severe(severity)
        if changes:
            yield title, style
            for stack, change in changes:
                yield f"  {stack.name} {_change(change)}", style
                for more in (change.loss, change.obstacle):
                    if more:
                        yield f"      {more}", style
            yield "", ""


def deletion_lines(plan: Plan) -> Iterator[Line]:
    """Yield the state that a deletion loses: a line for each stack, type and fate."""
    found = Counter(
        (stack.name, one.type, one.loss) for stack in plan.stacks for one in stack.resources
    )
    if found:
        yield "removes state", _LOSS
    for (stack, kind, loss), number in found.items():
        yield f"  {stack} {number} {kind}: {loss}", _LOSS


def summary_lines(plan: Plan) -> Iterator[Line]:
    """Yield the most severe changes, and a line for each stack that changes."""
    yield from severe_lines(plan)
    for stack in plan.changing:
        yield heading(stack), "bold"
    for stack in plan.those(Kind.FAILED):
        yield heading(stack), _LOSS
    yield summary(plan), "bold"


def lines(plan: Plan) -> Iterator[Line]:
    """Yield the plan, line by line."""
    yield from severe_lines(plan)
    for stack in plan.changing:
        yield from _stack(stack)
        yield "", ""
    for stack in plan.those(Kind.LEFT_OUT):
        yield f"{stack.name} is left out: {', '.join(stack.notes)}", "dim"
    for stack in plan.those(Kind.FAILED):
        yield heading(stack), _LOSS
    if plan.orphans:
        yield NO_LONGER, "yellow"
        for orphan in plan.orphans:
            yield f"  {orphan_line(orphan)}", "yellow"
            yield f"      {orphan.remedy}", ""
    for note in plan.notes:
        yield note, "yellow"
    yield summary(plan), "bold"
    yield exit_line(plan), _EXIT_STYLES.get(plan.exit, "yellow")


def _stack(stack: StackPlan) -> Iterator[Line]:
    yield heading(stack), "bold"
    for note in stack.notes:
        yield f"  {note}", "yellow"
    for parameter, line in parameters(stack):
        yield f"  {line}", "cyan" if parameter.known_after else ""
    if stack.kind is Kind.NEW:
        yield f"    + add {types(stack)}", "green"
        return
    for change in stack.resources:
        style = _LOSS if change.loss else _STYLES.get(change.action, "")
        yield f"  {_SIGNS[change.action]:>3} {_change(change)}", style
        for line in values(change):
            yield f"        {line}", ""


def _change(change: ResourceChange) -> str:
    why = because(change)
    return f"{verb(change)} {subject(change)}" + (f": {why}" if why else "")
