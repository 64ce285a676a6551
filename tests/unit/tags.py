"""A stack as tags see it, for their unit tests."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

from botocore.exceptions import ClientError
from sceptre.stack import Stack


def stack(name: str = "dev/task-oms", *responses: Any) -> Any:
    """A stack whose AWS calls answer with ``responses``, in order; an exception is raised."""
    double = MagicMock(spec=Stack)
    double.name = name
    double.region = "us-east-1"
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
