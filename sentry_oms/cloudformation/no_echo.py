"""NoEcho parameters, whose values must not be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MASKED = "****"
"""The text in place of the value."""


def is_no_echo(declared: Mapping[str, Any]) -> bool:
    """Return whether a parameter is NoEcho.

    Args:
        declared: the parameter's declaration in the template.
    """
    return str(declared.get("NoEcho", "")).lower() == "true"
