"""The wording of a plan, for a terminal and for Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sentry_oms.executor.words import count
from sentry_oms.plan.change import (
    Exit,
    Kind,
    Orphan,
    ParameterChange,
    Plan,
    PlanResult,
    ResourceChange,
    Severity,
    StackPlan,
)

LONGEST = 120
"""Characters of a value; JSON has more of them."""
MOST_VALUES = 10
"""Lines of values for one resource; JSON has all."""

NO_LONGER = "no longer in config, and left by a launch"

EXITS = {
    Exit.NO_CHANGE: "no change",
    Exit.ERROR: "not everything can be planned or applied",
    Exit.CHANGES: "changes",
    Exit.LOSES_STATE: "changes, and state is lost",
}


def verb(change: ResourceChange) -> str:
    """``replace``, ``may replace``."""
    return change.action.value if change.certain else f"may {change.action.value}"


def subject(change: ResourceChange) -> str:
    """Return the resource's logical ID, type, and physical ID."""
    physical = f", {change.physical_id}" if change.physical_id else ""
    return f"{change.logical_id} ({change.type}{physical})"


def because(change: ResourceChange) -> str:
    """Return the properties that cause a change; may be empty."""
    return ", ".join(map(str, change.causes))


def values(change: ResourceChange) -> Iterator[str]:
    """Yield the old and new values of a resource's properties, each as a line."""
    for value in change.values[:MOST_VALUES]:
        path = value.path.removeprefix("/")
        if value.old is None:
            yield f"{path}: + {_short(value.new)}"
        elif value.new is None:
            yield f"{path}: - {_short(value.old)}"
        else:
            yield f"{path}: {_short(value.old)} -> {_short(value.new)}"
    more = len(change.values) - MOST_VALUES
    if more > 0:
        yield f"{count(more, 'more value')}: --format json has all"


def parameters(stack: StackPlan) -> Iterator[tuple[ParameterChange, str]]:
    """Yield the parameters worth listing, each with its line."""
    for change in stack.parameters:
        # All parameters of a new stack are new; only unknown ones are worth listing.
        if stack.kind is not Kind.NEW or change.known_after:
            yield change, f"{change.name}: {_values(change)}"


def _values(change: ParameterChange) -> str:
    """Return old and new value; of a list, the items added and removed."""
    if change.known_after:
        return f"known after {change.known_after}"
    if change.old is None:
        return _short(change.new)
    if change.new is None:
        return "no longer passed"
    before, after = (one.split(",") for one in (change.old, change.new))
    if len(before) > 1 or len(after) > 1:
        added = [f"+ {item}" for item in after if item not in before]
        gone = [f"- {item}" for item in before if item not in after]
        if added or gone:
            return ", ".join([*added, *gone])
    return f"{_short(change.old)} -> {_short(change.new)}"


def heading(stack: StackPlan) -> str:
    """Return a stack's change as one line."""
    if stack.kind is Kind.FAILED:
        return f"{stack.name}: can't be planned: {stack.error}"
    if stack.kind is Kind.NEW:
        return f"{stack.name} is new: {count(len(stack.resources), 'resource')}, rendered only"
    if stack.kind is Kind.MAY_CHANGE:
        return f"{stack.name} may change"
    found = Counter(one.action.value for one in stack.resources if one.certain)
    parts = [f"{number} to {word}" for word, number in found.items()]
    maybe = len(stack.resources) - found.total()
    if maybe:
        parts.append(f"{maybe} that may change")
    return f"{stack.name} changes: {', '.join(parts) or 'its outputs'}"


def types(stack: StackPlan) -> str:
    """Return the number of resources of each type: ``2 AWS::SQS::Queue``."""
    found = Counter(one.type for one in stack.resources)
    return ", ".join(f"{number} {kind}" for kind, number in sorted(found.items()))


def orphan_line(orphan: Orphan) -> str:
    """Return a stack that is no longer in config, with its state."""
    state = f" holds {', '.join(orphan.state)}" if orphan.state else ""
    return f"{orphan.name} ({orphan.status}){state}"


def summary(plan: Plan) -> str:
    """Return the last line."""
    parts = [
        (Kind.CHANGED, "changes", "change"),
        (Kind.NEW, "is new", "are new"),
        (Kind.MAY_CHANGE, "may change", "may change"),
        (Kind.UNCHANGED, "unchanged", "unchanged"),
        (Kind.LEFT_OUT, "left out", "left out"),
        (Kind.FAILED, "not planned", "not planned"),
    ]
    found: list[str] = []
    for kind, one, more in parts:
        number = len(plan.those(kind))
        if number:
            noun = f"{count(number, 'stack')}" if not found else str(number)
            found.append(f"{noun} {one if number == 1 else more}")
    line = f"plan {plan.target}: {', '.join(found) or 'no stack'}"
    if lost := len(plan.severe(Severity.LOSS)):
        line += f"; {count(lost, 'resource')} with state replaced or removed"
    if refused := len(plan.severe(Severity.REFUSAL)):
        line += f"; {count(refused, 'change')} refused"
    if plan.orphans:
        line += f"; {count(len(plan.orphans), 'stack')} no longer in config"
    return line


def exit_line(result: PlanResult) -> str:
    """Return the exit code with its meaning."""
    return f"exit {result.exit.value}: {EXITS[result.exit]}"


def _short(value: str | None) -> str:
    text = "nothing" if not value else " ".join(value.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
