"""Outputs of a stack that other stacks depend on."""

from __future__ import annotations

from typing import Any

from sceptre.exceptions import StackDoesNotExistError

from sentry_oms.aws.view import VIEW, View, described, outputs_of


def outputs(target: Any, label: str, view: View = VIEW) -> dict[str, str]:
    """Return the outputs of a ``sceptre.stack.Stack``, by key.

    Raises:
        StackDoesNotExistError: it does not exist. The message begins with ``label``.
    """
    found = described(target, view)
    if found is None:
        raise StackDoesNotExistError(
            f"{label}: {target.external_name} does not exist yet: launch {target.name}.yaml first"
        )
    return outputs_of(found)
