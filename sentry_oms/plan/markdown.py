"""A plan as a comment of a pull request: the losses in a table, and each stack folded away.

It begins with a marker, by which a later run finds its comment of before and puts the new one in
its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentry_oms.plan.change import Kind, Plan, ResourceChange, StackPlan
from sentry_oms.plan.words import because, exit_line, heading, parameter, summary, types, verb

_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")


def marker(target: str) -> str:
    """What is the same in every plan of a target."""
    return f"<!-- oms plan {target} -->"


def markdown(plan: Plan) -> str:
    """The comment."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    yield marker(plan.target)
    yield f"### {_escaped(summary(plan))}"
    yield ""
    yield f"`{exit_line(plan)}`"
    losses = list(plan.losses)
    if losses:
        yield ""
        yield "#### :red_circle: Replaces or removes state"
        yield ""
        yield "| stack | resource | what | because | then |"
        yield "|---|---|---|---|---|"
        for stack, one in losses:
            then = ". ".join(filter(None, (one.loss, one.obstacle)))
            cells = (stack.name, _subject(one), f"**{verb(one)}**", _escaped(because(one)))
            yield f"| {' | '.join((*cells, _escaped(then)))} |"
    others = [(stack, one) for stack in plan.stacks for one in stack.replacements]
    if others:
        yield ""
        yield "#### Replaces or removes"
        yield ""
        yield "| stack | resource | what | because |"
        yield "|---|---|---|---|"
        for stack, one in others:
            why = ". ".join(filter(None, (because(one), one.obstacle)))
            yield f"| {stack.name} | {_subject(one)} | {verb(one)} | {_escaped(why)} |"
    for stack in plan.those(Kind.FAILED):
        yield ""
        yield f"> **{_escaped(heading(stack))}**"
    for stack in plan.changing:
        yield ""
        yield from _stack(stack)
    yield from _rest(plan)


def _stack(stack: StackPlan) -> Iterator[str]:
    yield f"<details><summary>{_escaped(heading(stack))}</summary>"
    yield ""
    points = [_escaped(note) for note in stack.notes]
    points += [
        f"parameter {_escaped(parameter(changed))}"
        for changed in stack.parameters
        if stack.kind is not Kind.NEW or changed.known_after
    ]
    if stack.kind is Kind.NEW:
        points.append(f"add {types(stack)}")
    for point in points:
        yield f"- {point}"
    if stack.resources and stack.kind is not Kind.NEW:
        if points:
            yield ""
        yield "| what | resource | because |"
        yield "|---|---|---|"
        for one in stack.resources:
            yield f"| {verb(one)} | {_subject(one)} | {_escaped(because(one))} |"
    yield ""
    yield "</details>"


def _rest(plan: Plan) -> Iterator[str]:
    for kind, words in ((Kind.UNCHANGED, "Unchanged"), (Kind.LEFT_OUT, "Left out")):
        names = [stack.name for stack in plan.those(kind)]
        if names:
            yield ""
            yield f"{words}: {', '.join(names)}"


def _subject(change: ResourceChange) -> str:
    physical = f" `{change.physical_id}`" if change.physical_id else ""
    return f"{change.logical_id} ({change.type}){physical}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
