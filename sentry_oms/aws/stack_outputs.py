"""Outputs of a stack that others depend on."""

from __future__ import annotations

from typing import Any

from sceptre.exceptions import StackDoesNotExistError

from sentry_oms.aws.view import VIEW, View, described, outputs_of


def outputs(target: Any, label: str, view: View = VIEW) -> dict[str, str]:
    """The outputs of a ``sceptre.stack.Stack``, by key.

    Raises:
        StackDoesNotExistError: it is not on AWS; ``label`` says who asks.
    """
    found = described(target, view)
    if found is None:
        raise StackDoesNotExistError(
            f"{label}: {target.external_name} does not exist yet: launch {target.name}.yaml first"
        )
    return outputs_of(found)
