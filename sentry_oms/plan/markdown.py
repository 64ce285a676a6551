"""Plans as a comment of a pull request: the losses in a table, and each stack folded away.

It begins with a marker, by which a later run finds its comment of before and puts the new one in
its place. What a comment can't hold is cut at its end, and it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sentry_oms.executor.words import count
from sentry_oms.plan.change import Kind, Plan, ResourceChange, StackPlan
from sentry_oms.plan.said import NotPlanned, PlanResult
from sentry_oms.plan.words import because, exit_line, heading, parameter, summary, types, verb

LONGEST = 65_000
"""Characters; GitHub takes 65,536, of which whoever posts the comment may need a few."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")
_FOLDED = "<details>"


def marker(target: str) -> str:
    """What is the same in every plan of a target."""
    return f"<!-- oms plan {target} -->"


def markdown(said: Sequence[PlanResult], longest: int = LONGEST) -> str:
    """The comment.

    Args:
        said: of each target, its plan, or why there is none.
        longest: how many characters the comment may have.
    """
    pieces = list(_pieces(said))
    if len("\n".join(pieces)) < longest:
        return "\n".join(pieces) + "\n"
    return _cut(pieces, longest, " ".join(one.target.replace("/", " ") for one in said))


def _cut(pieces: Sequence[str], longest: int, words: str) -> str:
    """As many of the first pieces as fit, and a word on the others."""

    def ending(left_out: Sequence[str]) -> str:
        stacks = sum(piece.startswith(_FOLDED) for piece in left_out)
        of_stacks = f"{count(stacks, 'stack')} and " if stacks else ""
        return (
            f"\n\n> **Cut here**: a comment can't hold more. {of_stacks}"
            f"{count(len(left_out) - stacks, 'line')} are left out, which "
            f"`oms plan {words}` prints, here in the log of the job.\n"
        )

    room = longest - len(ending(pieces))
    taken, length = 0, 0
    while taken < len(pieces) and length + len(pieces[taken]) + 1 <= room:
        length += len(pieces[taken]) + 1
        taken += 1
    return "\n".join(pieces[:taken]).rstrip("\n") + ending(pieces[taken:])


def _pieces(said: Sequence[PlanResult]) -> Iterator[str]:
    """Lines, and of what is folded away the whole, which is not to be cut within."""
    plans = [one for one in said if isinstance(one, Plan)]
    yield marker(", ".join(one.target for one in said))
    for number, one in enumerate(said):
        if number:
            yield ""
        yield f"### {_escaped(summary(one)) if isinstance(one, Plan) else _not_planned(one)}"
        yield ""
        yield f"`{exit_line(one)}`"
    yield from _losses(plans)
    yield from _table(
        "#### :no_entry: CloudFormation will refuse",
        [refusal for plan in plans for refusal in plan.refusals],
    )
    yield from _table(
        "#### Replaces or removes",
        [(stack, one) for plan in plans for stack in plan.stacks for one in stack.replacements],
    )
    for one in said:
        if isinstance(one, NotPlanned):
            yield ""
            yield f"> **{_escaped(f'{one.target} was not planned: {one.reason}')}**"
            for finding in one.findings:
                yield f"> - {_escaped(finding)}"
    for plan in plans:
        for stack in plan.those(Kind.FAILED):
            yield ""
            yield f"> **{_escaped(heading(stack))}**"
    for plan in plans:
        for stack in plan.changing:
            yield ""
            yield "\n".join(_stack(stack))
    for plan in plans:
        yield from _rest(plan)


def _not_planned(one: NotPlanned) -> str:
    return _escaped(f"plan {one.target}: nothing is known")


def _losses(plans: Sequence[Plan]) -> Iterator[str]:
    losses = [loss for plan in plans for loss in plan.losses]
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


def _table(title: str, changes: Sequence[tuple[StackPlan, ResourceChange]]) -> Iterator[str]:
    if changes:
        yield ""
        yield title
        yield ""
        yield "| stack | resource | what | because |"
        yield "|---|---|---|---|"
        for stack, one in changes:
            why = ". ".join(filter(None, (because(one), one.obstacle)))
            yield f"| {stack.name} | {_subject(one)} | {verb(one)} | {_escaped(why)} |"


def _stack(stack: StackPlan) -> Iterator[str]:
    yield f"{_FOLDED}<summary>{_escaped(heading(stack))}</summary>"
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
