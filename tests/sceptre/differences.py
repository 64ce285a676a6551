"""The listed differences between Sceptre's own executor and ours.

A difference that is not here fails a test, and so does a row that no longer differs.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.sceptre.cases import CASES


class Difference(NamedTuple):
    """An aspect that differs in some cases, and the reason."""

    aspect: str
    cases: frozenset[str]
    reason: str


def _of(names: str) -> frozenset[str]:
    return frozenset(names.split(", "))


_CREATED = _of("launch all, launch a part, create")
_UPDATED = _of("launch changed, launch one, update")
_EXECUTED = _of("update by change set, execute, execute only one")
_DELETED = _of("launch with prune, delete, delete a dependency, delete only a dependency, prune")
_UNCHANGED = _of("launch unchanged, update unchanged, create existing")
_FAILED = _of("launch a failing one, launch a failing dependent, create a failing one")
_NOT_EXECUTED = _of("execute one of two, execute no change set")
_WRITES = (
    _CREATED
    | _UPDATED
    | _EXECUTED
    | _DELETED
    | _UNCHANGED
    | _FAILED
    | _NOT_EXECUTED
    | _of("update absent")
)
_ABSENT = _of("delete absent, prune absent")
_POLICIES = _of("set-policy of a file, lock, unlock, lock absent")
_CHANGE_SETS = _of(
    "create a change set, create a change set of no stack, delete a change set, "
    "update by change set unchanged"
)
_RUNS = _WRITES | _ABSENT | _POLICIES | _CHANGE_SETS | _of("cancel an update, continue a rollback")

DIFFERENCES = (
    Difference(
        "run",
        _RUNS - _of("update by change set, update by change set unchanged"),
        "a run prints its progress and a summary, if the command prints no data",
    ),
    Difference(
        "options",
        _WRITES,
        "a write that is repeated after a lost answer takes effect once, and a failed update "
        "deletes the resources that it created",
    ),
    Difference(
        "events",
        _CREATED
        | _UPDATED
        | _EXECUTED
        | _NOT_EXECUTED
        | _of("launch a failing dependent, create existing"),
        "events are read only to find the cause or the token of an operation",
    ),
    Difference(
        "reads",
        _of("update unchanged, update absent, create existing"),
        "each stack is described before it is written",
    ),
    Difference("result", _of("launch a failing one"), "a failed stack stops its dependents"),
    Difference("data", _of("launch a failing one, update absent"), "the summary names the cause"),
    Difference(
        "data",
        _of(
            "list resources, list resources absent, list outputs, list change-sets, "
            "list change-sets absent, describe change-set, describe change-set absent, "
            "describe policy, validate, update by change set"
        ),
        "text has columns or is YAML, instead of objects of Python",
    ),
    Difference(
        "data",
        _of("diff unchanged, diff changed, diff absent, diff lines"),
        "a rule is as wide as the terminal",
    ),
    *(
        Difference(
            aspect,
            _of("launch declined, update declined, delete declined"),
            "the question shows the changes and the state that is lost",
        )
        for aspect in ("data", "reads")
    ),
    Difference("writes", _of("update declined"), "the changes come from change sets, then deleted"),
    *(
        Difference(
            aspect,
            _NOT_EXECUTED,
            "a change set that does not exist is a failure, and stops the dependents",
        )
        for aspect in ("result", "exit code", "data", "reads", "writes")
    ),
    Difference(
        "reads",
        _of("drift detect, drift detect absent, drift show, drift show drifted, drift show absent"),
        "the summary counts the resources that drift detection does not compare",
    ),
    Difference(
        "exit code",
        _of("drift detect absent, drift detect of no stack, drift show absent"),
        "1 says that the drift of a stack is not known",
    ),
    *(
        Difference(aspect, _of("dump config, dump all"), "config has the executor line")
        for aspect in ("result", "data")
    ),
)


def listed(case: str) -> set[str]:
    """Return the aspects of a case that may and must differ."""
    return {one.aspect for one in DIFFERENCES if case in one.cases}


def unknown() -> set[str]:
    """Return names in the table that no case has."""
    return set().union(*(one.cases for one in DIFFERENCES)) - {case.name for case in CASES}
