"""The lines that a person reads of drift: on a terminal, in a log, or in an issue.

Markdown as they stand: what is indented is a block of code there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from sentry_oms.executor.drift.masking import one_line
from sentry_oms.executor.drift.model import Difference, ResourceDrift, ResourceStatus, StackStatus
from sentry_oms.executor.events import Run, StackRun

NO_DRIFT, NOT_KNOWN, DRIFT = 0, 1, 2
_WORST_FIRST = (
    StackStatus.NOT_KNOWN,
    StackStatus.DRIFTED,
    StackStatus.AS_LAUNCHED,
    StackStatus.LEFT_OUT,
)
_UNSAID = "CloudFormation does not say in what"


def exit_code(run: Run) -> int:
    """0 no drift, 2 drift, and 1 where it is not known of every stack."""
    found = {_status(stack) for stack in run}
    if StackStatus.NOT_KNOWN in found:
        return NOT_KNOWN
    return DRIFT if StackStatus.DRIFTED in found else NO_DRIFT


def lines(run: Run) -> Iterator[str]:
    """What was found, the worst first, and what to do about it."""
    counts = Counter(_status(stack) for stack in run)
    words = [f"{counts[one]} {one.value}" for one in _WORST_FIRST if counts[one]]
    yield f"drift: {', '.join(words)}"
    yield from _block([*_not_known(run), *_drifted(run), *_meant(run), *_not_checked(run)])
    drifted = [stack.name for stack in run if _status(stack) is StackStatus.DRIFTED]
    if drifted:
        yield from ("", "A launch does not undo it. docs/DRIFT.md says what does; for more of it:")
        yield from _block(f"sceptre drift show -D {name}" for name in drifted)


def _status(stack: StackRun) -> StackStatus:
    found = stack.outcome.drift if stack.outcome else None
    return found.status if found else StackStatus.NOT_KNOWN


def _block(of: Iterable[str]) -> Iterator[str]:
    inside = [f"    {one}" for one in of]
    if inside:
        yield from ("", *inside)


def _not_known(run: Run) -> Iterator[str]:
    by_cause: defaultdict[str, list[str]] = defaultdict(list)
    for stack in run:
        if _status(stack) is StackStatus.NOT_KNOWN:
            by_cause[(stack.outcome and stack.outcome.cause) or "interrupted"].append(stack.name)
    for cause, names in by_cause.items():
        yield f"not known: {', '.join(names)}: {one_line(cause)}"


def _drifted(run: Run) -> Iterator[str]:
    for stack in run:
        checked = [one for one in _resources(stack) if one.status is not ResourceStatus.UNKNOWN]
        if _status(stack) is StackStatus.DRIFTED and not checked:
            yield f"drifted: {stack.name}: {_UNSAID}"
        for resource in checked:
            start = f"drifted: {stack.name}: {_named(resource)}"
            if resource.status is ResourceStatus.DELETED:
                yield f"{start} is gone"
            elif not resource.differences:
                yield f"{start} is modified: {_UNSAID}"
            for one in resource.differences:
                if not one.meant:
                    yield f"{start} {_differs(one)}"


def _meant(run: Run) -> Iterator[str]:
    for stack in run:
        for resource in _resources(stack):
            for one in resource.differences:
                if one.meant:
                    yield f"meant: {stack.name}: {_named(resource)} {_differs(one)}: {one.meant}"


def _not_checked(run: Run) -> Iterator[str]:
    for stack in run:
        for resource in _resources(stack):
            if resource.status is ResourceStatus.UNKNOWN:
                yield f"not checked: {stack.name}: {_named(resource)}"


def _resources(stack: StackRun) -> tuple[ResourceDrift, ...]:
    return stack.outcome.drift.resources if stack.outcome and stack.outcome.drift else ()


def _named(resource: ResourceDrift) -> str:
    return f"{resource.logical_id} ({resource.type})"


def _differs(one: Difference) -> str:
    return f"{one.path} is {_said(one.actual)}, launched as {_said(one.expected)}"


def _said(value: str) -> str:
    return "nothing" if value in ("", "null") else value
