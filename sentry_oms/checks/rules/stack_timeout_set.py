"""OMS012: every stack says how long its creation may take."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.rules.setting_known import unknown


def find(project: Project) -> Iterator[Fault]:
    """Stacks without a ``stack_timeout`` of at least a minute."""
    for file in project.stacks:
        timeout = file.stack.stack_timeout
        if not timeout and "stack_timeout" in unknown(file).values():
            continue  # OMS005 tells it.
        if not timeout:
            yield file.fault("stack_timeout", "is not set: a creation that hangs never ends")
        elif isinstance(timeout, bool) or not isinstance(timeout, int) or timeout < 0:
            yield file.fault("stack_timeout", f"'{timeout}' is no number of minutes")


RULE = Rule(
    code="OMS012",
    title="Every stack has a timeout",
    cause=(
        "`stack_timeout` is missing. A service that never becomes stable would hold its stack for "
        "hours."
    ),
    remedy="set it in minutes",
    scope=Scope.STACKS,
    find=find,
)
