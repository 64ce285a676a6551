"""One command on one stack, and what became of it."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from sceptre.exceptions import CannotUpdateFailedStackError
from sceptre.stack_status import StackStatus

from sentry_oms.executor.actions import Actions
from sentry_oms.executor.drift import reading as drift
from sentry_oms.executor.states import Outcome, State

GIVES_STATUS = frozenset({"create", "update", "launch", "delete", "execute_change_set"})
"""The commands whose action returns a StackStatus."""

_REMEDIES = {
    "UPDATE_ROLLBACK_FAILED": "aws cloudformation continue-update-rollback --stack-name {name}",
    "UPDATE_FAILED": (
        "aws cloudformation rollback-stack --retain-except-on-create --stack-name {name}"
    ),
    "ROLLBACK_FAILED": (
        "delete by hand what its events say could not be deleted, "
        "then aws cloudformation delete-stack --stack-name {name}"
    ),
}
_DELETE = "sceptre delete {path}, after what its events say is mended"

_logger = logging.getLogger("sceptre")


def perform(actions: Actions, command: str, arguments: tuple[Any, ...]) -> Outcome:
    """Run a command of ``StackActions``; never raises."""
    try:
        return _performed(actions, command, arguments)
    except Exception as error:
        _logger.debug("%s", actions.stack.name, exc_info=True)
        return _failed(actions, _message(error), error)


def _performed(actions: Actions, command: str, arguments: tuple[Any, ...]) -> Outcome:
    try:
        result = getattr(actions, command)(*arguments)
        if actions.refused:
            return _failed(actions, _message(actions.refused), actions.refused)
        if command in drift.COMMANDS:
            return drift.drift_outcome(actions, result)
        if command not in GIVES_STATUS or result == StackStatus.COMPLETE or result == 0:
            state = State.COMPLETE if actions.operation or _only_reads(command) else State.UNCHANGED
            return Outcome(state, result, actions.operation)
        return _failed(actions, _why(actions, result))
    except CannotUpdateFailedStackError as error:
        return _failed(actions, _stuck(actions), error)


def _failed(actions: Actions, cause: str, error: Exception | None = None) -> Outcome:
    # Who reads it knows already which stack it is about.
    why = cause.removeprefix(f"{actions.stack.name}: ").removeprefix(f"{actions.stack.name} - ")
    return Outcome(State.FAILED, StackStatus.FAILED, actions.operation, why, error)


def _only_reads(command: str) -> bool:
    return command not in GIVES_STATUS


def _why(actions: Actions, status: Any) -> str:
    if status != StackStatus.IN_PROGRESS:
        return actions.why()
    return (
        f"{actions.stack.external_name} is {actions.get_status()}, by somebody else: "
        "wait until that is over"
    )


def _stuck(actions: Actions) -> str:
    return stuck(actions.get_status(), actions.stack)


def stuck(status: str, stack: Any) -> str:
    """What to do with a stack whose status keeps it from being changed, as one line."""
    name = stack.external_name
    remedy = _REMEDIES.get(status, _DELETE).format(name=name, path=stack.name)
    return f"{name} is {status}, in which it can't be changed: {remedy}"


def _message(error: Exception) -> str:
    """The error as one line; where it isn't one of Sceptre or AWS, with the place in the code."""
    message = " ".join(str(error).split())
    if type(error).__module__.startswith(("sceptre", "botocore", "boto3", "sentry_oms", "hooks")):
        return message
    if type(error).__module__.startswith(("resolvers", "jinja2")):
        return message
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {message} ({frame.filename}:{frame.lineno})"
