"""The lines that a person reads of drift: on a terminal, in a log, or in an issue.

Markdown as they stand: what is indented is a block of code there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from sentry_oms.drift.found import Difference, ResourceDrift, ResourceStatus, StackStatus
from sentry_oms.drift.masking import one_line
from sentry_oms.executor.events import Run, StackRun
from sentry_oms.executor.states import State

NO_DRIFT, NOT_KNOWN, DRIFT = 0, 1, 2
_NOT_CHECKED = "not checked"
_WORST_FIRST = (
    _NOT_CHECKED,
    StackStatus.DRIFTED.value,
    StackStatus.IN_SYNC.value,
    StackStatus.LEFT_OUT.value,
)
_UNSAID = "CloudFormation does not say in what"


def exit_code(run: Run) -> int:
    """0 no drift, 2 drift, and 1 where it is not known of every stack."""
    words = {_word(stack) for stack in run}
    if _NOT_CHECKED in words:
        return NOT_KNOWN
    return DRIFT if StackStatus.DRIFTED.value in words else NO_DRIFT


def lines(run: Run) -> Iterator[str]:
    """What was found, the worst first, and what to do about it."""
    counts = Counter(_word(stack) for stack in run)
    yield f"drift: {', '.join(f'{counts[word]} {word}' for word in _WORST_FIRST if counts[word])}"
    yield from _block([*_not_checked(run), *_differing(run, is_meant=False)])
    meant = [*_differing(run, is_meant=True)]
    if meant:
        yield from ("", "Meant to differ, and in sync for that:")
        yield from _block(meant)
    drifted = [stack.name for stack in run if _word(stack) == StackStatus.DRIFTED.value]
    if drifted:
        yield from ("", "A launch does not undo it. docs/DRIFT.md says what does; for more of it:")
        yield from _block(f"sceptre drift show -D {name}" for name in drifted)


def _word(stack: StackRun) -> str:
    found = stack.outcome.drift if stack.outcome else None
    return found.status.value if found and stack.state is State.COMPLETE else _NOT_CHECKED


def _block(of: Iterable[str]) -> Iterator[str]:
    inside = [f"    {one}" for one in of]
    if inside:
        yield from ("", *inside)


def _not_checked(run: Run) -> Iterator[str]:
    by_cause: defaultdict[str, list[str]] = defaultdict(list)
    for stack in run:
        if _word(stack) == _NOT_CHECKED:
            by_cause[(stack.outcome and stack.outcome.cause) or "interrupted"].append(stack.name)
    for cause, names in by_cause.items():
        yield f"not checked: {', '.join(names)}: {one_line(cause)}"


def _differing(run: Run, is_meant: bool) -> Iterator[str]:
    for stack in run:
        found = stack.outcome.drift if stack.outcome else None
        if found is None:
            continue
        if found.status is StackStatus.DRIFTED and not found.resources and not is_meant:
            yield f"{stack.name}: {_UNSAID}"
        for resource in found.resources:
            for words in _of_resource(resource, is_meant):
                yield f"{stack.name} {resource.logical_id} ({resource.type}) {words}"


def _of_resource(resource: ResourceDrift, is_meant: bool) -> Iterator[str]:
    if not resource.differences and not is_meant:
        is_deleted = resource.status is ResourceStatus.DELETED
        yield "is deleted" if is_deleted else f"is modified: {_UNSAID}"
    for one in resource.differences:
        if bool(one.meant) == is_meant:
            yield _of_property(one)


def _of_property(one: Difference) -> str:
    words = f"{one.path}: expected {one.expected}, actual {one.actual}"
    return f"{words} ({one.meant})" if one.meant else words
