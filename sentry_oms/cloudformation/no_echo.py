"""Parameters whose values a template calls NoEcho: nobody shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MASKED = "****"
"""What is shown in their place."""


def is_no_echo(declared: Mapping[str, Any]) -> bool:
    """Whether a parameter's value must not be shown.

    Args:
        declared: its declaration in the template.
    """
    return str(declared.get("NoEcho", "")).lower() == "true"
