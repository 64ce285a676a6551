"""Empty the shared view after each hook that may change a stack.

Sceptre 4.7 describes a stack after the hooks before an operation, and the dependents of a stack
after the hooks that follow it, so it sees what they did. The shared view would answer with what was
seen before. A hook of Sceptre's, such as ``!cmd``, or of another project may change any stack.
Those of this project write no stack, so the view stays.

Upstream: nothing to fix. It can be removed when the shared view is.
"""

from __future__ import annotations

import inspect
import logging
from typing import Any

from sceptre import hooks
from sceptre.hooks import Hook

from sentry_oms.aws.view import VIEW

OURS = "hooks"
"""The import package of this project's hooks."""

_original = hooks.execute_hooks


def install() -> None:
    """Replace ``execute_hooks``; skip this if Sceptre differs from the supported version."""
    if list(inspect.signature(_original).parameters) != ["hooks"]:
        logging.getLogger("sceptre").warning(
            "what a hook changes may not be seen, because this Sceptre has another "
            "sceptre.hooks.execute_hooks"
        )
        return
    hooks.execute_hooks = execute_hooks


def execute_hooks(hooks: Any) -> None:
    """Run the hooks of a point one by one, and empty the view after each that is not ours."""
    for hook in hooks if isinstance(hooks, list) else ():
        try:
            _original([hook])
        finally:
            if isinstance(hook, Hook) and not type(hook).__module__.startswith(f"{OURS}."):
                VIEW.forget_all()
