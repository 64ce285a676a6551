"""A stack as tags see it, for their unit tests."""

from __future__ import annotations

from itertools import count
from typing import Any
from unittest.mock import MagicMock

from botocore.exceptions import ClientError
from sceptre.stack import Stack

_numbers = count()


def stack(name: str = "dev/task-oms", *responses: Any) -> Any:
    """A stack whose AWS calls answer with ``responses``, in order; an exception is raised."""
    double = MagicMock(spec=Stack)
    double.name = name
    double.region = "us-east-1"
    # A connection of its own, so that no test finds what another has seen.
    double.profile = f"profile-{next(_numbers)}"
    double.external_name = f"sentry-{name.partition('/')[2]}-dev"
    double.sceptre_role = None
    double.dependencies = []
    double.tags = {"Project": "sentry-oms"}
    double.connection_manager.call.side_effect = responses
    return double


def calls(double: Any) -> list[tuple[str, dict[str, Any]]]:
    """What was asked of AWS: command and arguments."""
    return [
        (call.kwargs["command"], call.kwargs["kwargs"])
        for call in double.connection_manager.call.call_args_list
    ]


def refusal(code: str, message: str = "") -> ClientError:
    """The error of an AWS service."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")
