"""Run one command on one stack and return its outcome."""

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
_DELETE = "fix the cause that its events name, then sceptre delete {path}"
_KNOWN_MODULES = ("sceptre", "botocore", "boto3", "sentry_oms", "hooks", "resolvers", "jinja2")

_logger = logging.getLogger("sceptre")


def perform(actions: Actions, command: str, arguments: tuple[Any, ...]) -> Outcome:
    """Run a command of ``StackActions``; never raises."""
    try:
        return _perform(actions, command, arguments)
    except Exception as error:
        _logger.debug("%s", actions.stack.name, exc_info=True)
        return _failure(actions, _message(error), error)


def _perform(actions: Actions, command: str, arguments: tuple[Any, ...]) -> Outcome:
    try:
        result = getattr(actions, command)(*arguments)
    except CannotUpdateFailedStackError as error:
        return _failure(actions, stuck(actions.get_status(), actions.stack), error)
    if actions.refused:
        return _failure(actions, _message(actions.refused), actions.refused)
    if command in drift.COMMANDS:
        return drift.drift_outcome(actions, result)
    if command not in GIVES_STATUS:
        return Outcome(State.COMPLETE, result, actions.operation)
    if result == StackStatus.COMPLETE or result == 0:
        state = State.COMPLETE if actions.operation else State.UNCHANGED
        return Outcome(state, result, actions.operation)
    if result == StackStatus.IN_PROGRESS:
        return _failure(actions, busy(actions.get_status(), actions.stack))
    return _failure(actions, actions.why())


def unreachable(stack: Any, error: Exception) -> Outcome:
    """Return the outcome of a stack without a connection, because its role is not known."""
    return Outcome(State.FAILED, StackStatus.FAILED, None, _why(stack, _message(error)), error)


def _failure(actions: Actions, cause: str, error: Exception | None = None) -> Outcome:
    why = _why(actions.stack, cause)
    return Outcome(State.FAILED, StackStatus.FAILED, actions.operation, why, error)


def _why(stack: Any, cause: str) -> str:
    """Return the cause without the stack's name, which the reader already knows."""
    return cause.removeprefix(f"{stack.name}: ").removeprefix(f"{stack.name} - ")


def busy(status: str, stack: Any) -> str:
    """Return one line on a stack that another operation is changing."""
    return f"{stack.external_name} is {status}: wait until the other operation ends"


def stuck(status: str, stack: Any) -> str:
    """Return one line on a stack whose status blocks every change, and what to do about it."""
    name = stack.external_name
    remedy = _REMEDIES.get(status, _DELETE).format(name=name, path=stack.name)
    return f"{name} is {status} and can't be changed: {remedy}"


def _message(error: Exception) -> str:
    """Return the error as one line, with its place in the code if it is a bug."""
    message = " ".join(str(error).split())
    if type(error).__module__.startswith(_KNOWN_MODULES):
        return message
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {message} ({frame.filename}:{frame.lineno})"
