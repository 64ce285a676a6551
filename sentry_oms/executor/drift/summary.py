"""The summary of a drift command on stderr, and its exit code.

The lines are Markdown as they are: an indented line is a block of code there.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator

import click
from click.globals import pop_context
from rich.console import Console
from rich.text import Text

from sentry_oms.executor.drift.masking import one_line
from sentry_oms.executor.drift.model import Difference, ResourceDrift, ResourceStatus, StackStatus
from sentry_oms.executor.events import Run, StackRun
from sentry_oms.executor.words import names_by

NO_DRIFT, NOT_KNOWN, DRIFT = 0, 1, 2
_WORST_FIRST = (
    StackStatus.NOT_KNOWN,
    StackStatus.DRIFTED,
    StackStatus.AS_LAUNCHED,
    StackStatus.LEFT_OUT,
)
_UNSPECIFIED = "CloudFormation names no property"


def end_with(run: Run, context: click.Context, console: Console) -> None:
    """Make Sceptre's command print the summary after its own answer, and exit with our code.

    Sceptre's command ends with the number of stacks that it could not check
    (``sceptre/cli/drift.py``), which is 0 even if there is drift. click runs a context's close
    callbacks after that, and the exit code of a callback wins.
    """

    def end() -> None:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, SystemExit):
            return
        for line in lines(run):
            console.print(Text(line))
        # click does not, if a callback exits; a later command of the process would run in it.
        pop_context()
        sys.exit(exit_code(run))

    context.call_on_close(end)


def exit_code(run: Run) -> int:
    """0: no drift; 2: drift; 1: the status of some stack is not known."""
    found = {_status(stack) for stack in run}
    if StackStatus.NOT_KNOWN in found:
        return NOT_KNOWN
    return DRIFT if StackStatus.DRIFTED in found else NO_DRIFT


def lines(run: Run) -> Iterator[str]:
    """Yield the drift, the worst first, and what to do about it."""
    counts = Counter(_status(stack) for stack in run)
    words = [f"{counts[one]} {one.value}" for one in _WORST_FIRST if counts[one]]
    yield f"drift: {', '.join(words)}"
    resources = [(stack.name, one) for stack in run for one in _resources(stack)]
    meant = [
        f"meant: {name}: {_label(resource)} {_values(one)}: {one.meant}"
        for name, resource in resources
        for one in resource.differences
        if one.meant
    ]
    not_checked = [
        f"not checked: {name}: {_label(resource)}"
        for name, resource in resources
        if resource.status is ResourceStatus.UNKNOWN
    ]
    yield from _block([*_not_known(run), *_drifted(run), *meant, *not_checked])
    drifted = [stack.name for stack in run if _status(stack) is StackStatus.DRIFTED]
    if drifted:
        yield from ("", "A launch does not undo it; docs/DRIFT.md says what does. For details:")
        yield from _block(f"sceptre drift show -D {name}" for name in drifted)


def _status(stack: StackRun) -> StackStatus:
    found = stack.outcome.drift if stack.outcome else None
    return found.status if found else StackStatus.NOT_KNOWN


def _block(of: Iterable[str]) -> Iterator[str]:
    inside = [f"    {one}" for one in of]
    if inside:
        yield from ("", *inside)


def _not_known(run: Run) -> Iterator[str]:
    stacks = (stack for stack in run if _status(stack) is StackStatus.NOT_KNOWN)
    for cause, names in names_by(lambda one: one.cause, stacks):
        yield f"not known: {names}: {one_line(cause or 'interrupted')}"


def _drifted(run: Run) -> Iterator[str]:
    for stack in run:
        checked = [one for one in _resources(stack) if one.status is not ResourceStatus.UNKNOWN]
        if _status(stack) is StackStatus.DRIFTED and not checked:
            yield f"drifted: {stack.name}: {_UNSPECIFIED}"
        for resource in checked:
            start = f"drifted: {stack.name}: {_label(resource)}"
            if resource.status is ResourceStatus.DELETED:
                yield f"{start} is gone"
            elif not resource.differences:
                yield f"{start} is modified: {_UNSPECIFIED}"
            for one in resource.differences:
                if not one.meant:
                    yield f"{start} {_values(one)}"


def _resources(stack: StackRun) -> tuple[ResourceDrift, ...]:
    return stack.outcome.drift.resources if stack.outcome and stack.outcome.drift else ()


def _label(resource: ResourceDrift) -> str:
    return f"{resource.logical_id} ({resource.type})"


def _values(difference: Difference) -> str:
    actual, expected = (
        "nothing" if value in ("", "null") else value
        for value in (difference.actual, difference.expected)
    )
    return f"{difference.path} is {actual}, launched as {expected}"
