"""OMS020: every hook stands on a point that Sceptre has.

Source: https://docs.sceptre-project.org/latest/docs/hooks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope

OPERATIONS = (
    "create",
    "update",
    "delete",
    "launch",
    "create_change_set",
    "execute_change_set",
    "validate",
    "diff",
    "drift_detect",
    "drift_show",
    "dump_config",
    "dump_template",
    "generate",
)
POINTS = {f"{when}_{operation}" for when in ("before", "after") for operation in OPERATIONS}


def find(project: Project) -> Iterator[Fault]:
    """Keys of ``hooks`` that no operation looks at."""
    for file in project.stacks:
        hooks = file.stack.hooks
        for point in hooks if isinstance(hooks, dict) else ():
            if point not in POINTS:
                close = get_close_matches(str(point), POINTS, n=1)
                remedy = f"did you mean {close[0]}?" if close else None
                yield file.fault(f"hooks.{point}", "is no point that Sceptre has", remedy)


RULE = Rule(
    code="OMS020",
    title="Every hook stands on a point that Sceptre has",
    cause=(
        "A point's name is misspelt. Sceptre ignores it silently: the guard that stands there "
        "never runs."
    ),
    remedy="use before_ or after_ and an operation, such as before_update",
    scope=Scope.STACKS,
    find=find,
)
