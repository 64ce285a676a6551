"""Plans as a comment on a pull request: the losses in a table, and each stack folded.

The comment begins with a marker, by which a later run finds and replaces it. A comment that is too
long is cut at its end, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sentry_oms.executor.words import count
from sentry_oms.plan.change import (
    Kind,
    NotPlanned,
    Plan,
    PlanResult,
    ResourceChange,
    Severity,
    StackPlan,
)
from sentry_oms.plan.words import (
    NO_LONGER,
    because,
    exit_line,
    heading,
    orphan_line,
    parameters,
    summary,
    types,
    values,
    verb,
)

LONGEST = 65_000
"""Characters; GitHub accepts 65,536, and the workflow that posts the comment may need a few."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")
_FOLDED = "<details>"


def markdown(results: Sequence[PlanResult], longest: int = LONGEST) -> str:
    """Return the comment on the targets, of at most ``longest`` characters."""
    pieces = list(_pieces(results))
    text = "\n".join(pieces)
    if len(text) < longest:
        return text + "\n"
    return _cut(pieces, longest, " ".join(one.target.replace("/", " ") for one in results))


def _cut(pieces: Sequence[str], longest: int, names: str) -> str:
    """Return as many of the first pieces as fit, and a notice about the others."""

    def notice(left_out: Sequence[str]) -> str:
        stacks = sum(piece.startswith(_FOLDED) for piece in left_out)
        of_stacks = f"{count(stacks, 'stack')} and " if stacks else ""
        return (
            f"\n\n> **Cut here**: a comment can't hold more. {of_stacks}"
            f"{count(len(left_out) - stacks, 'line')} are left out, which "
            f"`oms plan {names}` prints, here in the log of the job.\n"
        )

    room = longest - len(notice(pieces))
    taken, length = 0, 0
    while taken < len(pieces) and length + len(pieces[taken]) + 1 <= room:
        length += len(pieces[taken]) + 1
        taken += 1
    return "\n".join(pieces[:taken]).rstrip("\n") + notice(pieces[taken:])


def _pieces(results: Sequence[PlanResult]) -> Iterator[str]:
    """Yield lines, and each folded stack as a whole, so that it is not cut."""
    plans = [one for one in results if isinstance(one, Plan)]
    targets = ", ".join(one.target for one in results)
    headings = [_heading(one) for one in results]
    yield f"<!-- oms plan {targets} -->"
    yield "\n\n".join(headings)
    losses = [
        (
            stack.name,
            _subject(one),
            f"**{verb(one)}**",
            _escaped(because(one)),
            _sentences(one.loss, one.obstacle),
        )
        for plan in plans
        for stack, one in plan.severe(Severity.LOSS)
    ]
    columns = ("stack", "resource", "what", "because")
    yield from _section(":red_circle: Replaces or removes state", (*columns, "then"), losses)
    for severity, title in (
        (Severity.REFUSAL, ":no_entry: CloudFormation will refuse"),
        (Severity.REPLACEMENT, "Replaces or removes"),
    ):
        changes = [
            (stack.name, _subject(one), verb(one), _sentences(because(one), one.obstacle))
            for plan in plans
            for stack, one in plan.severe(severity)
        ]
        yield from _section(title, columns, changes)
    orphans = [(orphan_line(one), _escaped(one.remedy)) for plan in plans for one in plan.orphans]
    yield from _section(NO_LONGER.capitalize(), ("stack on AWS", "what to do"), orphans)
    for plan in plans:
        for note in plan.notes:
            yield from ("", f"> {_escaped(note)}")
    for one in results:
        if isinstance(one, NotPlanned):
            yield from ("", f"> **{_escaped(f'{one.target} was not planned: {one.reason}')}**")
            for finding in one.findings:
                yield f"> - {_escaped(finding)}"
    for plan in plans:
        for stack in plan.those(Kind.FAILED):
            yield from ("", f"> **{_escaped(heading(stack))}**")
    for plan in plans:
        for stack in plan.changing:
            yield from ("", "\n".join(_stack(stack)))
    for plan in plans:
        for kind, words in ((Kind.UNCHANGED, "Unchanged"), (Kind.LEFT_OUT, "Left out")):
            names = [stack.name for stack in plan.those(kind)]
            if names:
                yield from ("", f"{words}: {', '.join(names)}")


def _heading(result: PlanResult) -> str:
    unknown = f"plan {result.target}: nothing is known"
    line = summary(result) if isinstance(result, Plan) else unknown
    return f"### {_escaped(line)}\n\n`{exit_line(result)}`"


def _section(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield from ("", f"#### {title}", "", *_table(columns, rows))


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _stack(stack: StackPlan) -> Iterator[str]:
    yield f"{_FOLDED}<summary>{_escaped(heading(stack))}</summary>"
    yield ""
    points = [_escaped(note) for note in stack.notes]
    points += [f"parameter {_escaped(line)}" for _, line in parameters(stack)]
    if stack.kind is Kind.NEW:
        points.append(f"add {types(stack)}")
    for point in points:
        yield f"- {point}"
    if stack.resources and stack.kind is not Kind.NEW:
        if points:
            yield ""
        rows = [
            (
                verb(one),
                _subject(one),
                _escaped(because(one)),
                "<br>".join(map(_escaped, values(one))),
            )
            for one in stack.resources
        ]
        yield from _table(("what", "resource", "because", "values"), rows)
    yield from ("", "</details>")


def _subject(change: ResourceChange) -> str:
    physical = f" `{change.physical_id}`" if change.physical_id else ""
    return f"{change.logical_id} ({change.type}){physical}"


def _sentences(*texts: str | None) -> str:
    return _escaped(". ".join(filter(None, texts)))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
