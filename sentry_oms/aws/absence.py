"""Calls about resources that may not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

Answer = TypeVar("Answer")


def none_if_absent(ask: Callable[[], Answer], *codes: str) -> Answer | None:
    """Return the result of ``ask``, or None if AWS refuses it with one of the error codes.

    Raises:
        ClientError: AWS refuses it with another code.
    """
    try:
        return ask()
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return None
        raise
