"""A Sceptre stack whose AWS calls get scripted answers, for tests of hooks and resolvers."""

from __future__ import annotations

from itertools import count
from typing import Any
from unittest.mock import MagicMock

from botocore.exceptions import ClientError
from sceptre.stack import Stack

_numbers = count()


def stack(name: str = "dev/task-oms", *responses: Any) -> Any:
    """Return a stack whose AWS calls give ``responses``, in order; an exception is raised."""
    double = MagicMock(spec=Stack)
    double.name = name
    double.region = "us-east-1"
    # Each stack has its own connection, so that tests share nothing in the view of AWS.
    double.profile = f"profile-{next(_numbers)}"
    double.external_name = f"sentry-{name.partition('/')[2]}-dev"
    double.sceptre_role = None
    double.cloudformation_service_role = None
    double.notifications = []
    double.dependencies = []
    double.hooks = {}
    double.tags = {"Project": "sentry-oms"}
    double.connection_manager.call.side_effect = responses
    return double


def calls(double: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the calls to AWS: command and arguments."""
    return [
        (call.kwargs["command"], call.kwargs["kwargs"])
        for call in double.connection_manager.call.call_args_list
    ]


def commands(double: Any) -> list[str]:
    """Return the commands of the calls to AWS."""
    return [command for command, _ in calls(double)]


def refusal(code: str, message: str = "") -> ClientError:
    """Return an error of an AWS service."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


class Clock:
    """Seconds that pass only during sleep."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    @property
    def now(self) -> float:
        return sum(self.slept)

    def __call__(self) -> float:
        return self.now

    monotonic = __call__

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
