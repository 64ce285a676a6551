"""A plan in words, for a terminal and for Markdown alike."""

from __future__ import annotations

from collections import Counter

from sentry_oms.executor.words import count
from sentry_oms.plan.change import (
    Action,
    Exit,
    Kind,
    ParameterChange,
    Plan,
    ResourceChange,
    StackPlan,
)
from sentry_oms.plan.said import PlanResult

LONGEST = 120
"""Characters of a parameter's value that are shown; JSON has all."""

EXITS = {
    Exit.NO_CHANGE: "no change",
    Exit.ERROR: "not everything can be planned or applied",
    Exit.CHANGES: "changes",
    Exit.LOSES_STATE: "changes, and state is lost",
}


def verb(change: ResourceChange) -> str:
    """``replace``, ``may replace``."""
    if change.action is Action.ADD and not change.certain:
        return "may add"
    return change.action.value if change.certain else f"may {change.action.value}"


def subject(change: ResourceChange) -> str:
    """The resource: its logical id, type, and id on AWS."""
    physical = f", {change.physical_id}" if change.physical_id else ""
    return f"{change.logical_id} ({change.type}{physical})"


def because(change: ResourceChange) -> str:
    """The properties that cause a change, or nothing."""
    return ", ".join(map(str, change.causes))


def parameter(change: ParameterChange) -> str:
    """A parameter's values: of lists, what is added and what is gone."""
    if change.known_after:
        return f"{change.name}: known after {change.known_after}"
    if change.old is None:
        return f"{change.name}: {_short(change.new)}"
    if change.new is None:
        return f"{change.name}: no longer passed"
    before, after = (one.split(",") for one in (change.old, change.new))
    if len(before) > 1 or len(after) > 1:
        added = [f"+ {item}" for item in after if item not in before]
        gone = [f"- {item}" for item in before if item not in after]
        if added or gone:
            return f"{change.name}: {', '.join([*added, *gone])}"
    return f"{change.name}: {_short(change.old)} -> {_short(change.new)}"


def heading(stack: StackPlan) -> str:
    """What becomes of a stack, in a line."""
    if stack.kind is Kind.FAILED:
        return f"{stack.name}: can't be planned: {stack.error}"
    if stack.kind is Kind.NEW:
        return f"{stack.name} is new: {count(len(stack.resources), 'resource')}, rendered only"
    if stack.kind is Kind.MAY_CHANGE:
        return f"{stack.name} may change"
    found = Counter(verb(one) for one in stack.resources)
    counts = ", ".join(f"{number} to {word}" for word, number in found.items() if "may" not in word)
    maybe = sum(number for word, number in found.items() if "may" in word)
    parts = [part for part in (counts, f"{maybe} that may change" if maybe else "") if part]
    return f"{stack.name} changes: {', '.join(parts) or 'its outputs'}"


def types(stack: StackPlan) -> str:
    """The resources of a stack, counted by type: ``2 AWS::SQS::Queue``."""
    found = Counter(one.type for one in stack.resources)
    return ", ".join(f"{number} {kind}" for kind, number in sorted(found.items()))


def summary(plan: Plan) -> str:
    """The last line."""
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
    lost = len(list(plan.losses))
    losses = f"; {count(lost, 'resource')} with state replaced or removed" if lost else ""
    refused = sum(1 for _ in plan.refusals)
    refusals = f"; {count(refused, 'change')} refused" if refused else ""
    return f"plan {plan.target}: {', '.join(found) or 'no stack'}{losses}{refusals}"


def exit_line(plan: PlanResult) -> str:
    """What the exit code says."""
    return f"exit {plan.exit.value}: {EXITS[plan.exit]}"


def _short(value: str | None) -> str:
    text = "nothing" if not value else " ".join(value.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
