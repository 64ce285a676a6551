"""Launch exactly the plan that ``oms plan --save`` saved: ``OMS_PLAN=FILE sceptre launch dev``.

The launch is refused before its first write if config or a stack has changed since. At its turn,
each stack is compared again, with the values of its tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from sceptre.exceptions import SceptreException

from sentry_oms.aws.view import StackKey, View, described
from sentry_oms.executor.basis import Basis
from sentry_oms.executor.resolving import sent
from sentry_oms.offline.reading import of_stacks

VARIABLE = "OMS_PLAN"
_MOST = 5
"""Changes that are named in one line."""


class SavedPlan(BaseModel):
    """The file: a plan and its basis."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    target: str
    plan: dict[str, Any]
    """As ``oms plan --format json`` prints it."""
    stacks: tuple[Basis, ...]
    """Of every stack that a launch includes."""


class PlanToKeep:
    """A saved plan that a launch must not leave."""

    def __init__(self, path: str, saved: SavedPlan) -> None:
        self._path = path
        self._saved = saved
        self._stacks = {one.name: one for one in saved.stacks}

    def check(self, stacks: Sequence[Any], view: View) -> None:
        """Check all stacks before the first write.

        Args:
            stacks: every ``sceptre.stack.Stack`` of the launch, with nothing resolved.
            view: has their descriptions.

        Raises:
            SceptreException: config or AWS has changed since the plan.
        """
        changes = list(self._changes(stacks, view))
        if changes:
            raise SceptreException(self._refusal(changes, "nothing was changed"))

    def check_turn(self, stack: Any, view: View, *, writes_first: bool) -> None:
        """Check a stack whose parameters are resolved, before it is written.

        Args:
            stack: a ``sceptre.stack.Stack``.
            view: has its description if it exists.
            writes_first: whether this launch has not written the stack yet.

        Raises:
            SceptreException: a value or the stack has changed since the plan.
        """
        values = sent(stack._parameters)
        if values is None:
            # Sceptre raises the error of the tag.
            return
        description = view.seen(StackKey.of(stack)) if writes_first else None
        basis = self._stacks[stack.name]
        changes = list(basis.changed_at_turn(stack.template.body, values, description))
        if changes:
            raise SceptreException(self._refusal(changes, "the stack was not changed"))

    def _changes(self, stacks: Sequence[Any], view: View) -> Iterator[str]:
        files = {file.name: file for file in of_stacks(stacks).stacks}
        if new := files.keys() - self._stacks.keys():
            yield f"{_listed(sorted(new))}, of which it has no plan"
        if gone := self._stacks.keys() - files.keys():
            yield f"{_listed(sorted(gone))}, which this launch leaves out"
        for name in files.keys() & self._stacks.keys():
            file = files[name]
            yield from self._stacks[name].changed_before(file, described(file.stack, view))

    def _refusal(self, changes: Sequence[str], outcome: str) -> str:
        return (
            f"{VARIABLE}: {self._path} is out of date, {outcome}: since the plan of "
            f"{self._saved.target}, these changed: {_listed(sorted(changes))}. Plan again: "
            f"oms plan {self._saved.target.replace('/', ' ')} --save {self._path}"
        )


def plan_to_keep(
    command: str, environ: Mapping[str, str], reads: Iterable[str]
) -> PlanToKeep | None:
    """Return the plan that OMS_PLAN names; None if it names none.

    Args:
        command: the command of ``StackActions``.
        environ: the environment variables.
        reads: the commands that change nothing, and so need no plan.

    Raises:
        SceptreException: the file can't be read, or the command is not a launch.
    """
    path = environ.get(VARIABLE)
    if not path or command in reads:
        return None
    if command != "launch":
        raise SceptreException(f"{VARIABLE}: only sceptre launch takes a plan: unset {VARIABLE}")
    try:
        return PlanToKeep(path, SavedPlan.model_validate_json(Path(path).read_text()))
    except (OSError, UnicodeDecodeError) as error:
        raise SceptreException(f"{VARIABLE}: {path} can't be read: {error}") from None
    except ValidationError:
        raise SceptreException(
            f"{VARIABLE}: {path} is no plan of this version: oms plan ENV --save {path}"
        ) from None


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {more} more" if more > 0 else "")
