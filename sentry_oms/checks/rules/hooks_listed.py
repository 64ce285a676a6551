"""OMS021: what stands on a point is a list of hooks."""

from __future__ import annotations

from collections.abc import Iterator

from sceptre.hooks import Hook

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope


def find(project: Project) -> Iterator[Fault]:
    """Values of ``hooks`` that Sceptre passes over."""
    for file in project.stacks:
        hooks = file.stack.hooks
        if not isinstance(hooks, dict):
            yield file.fault("hooks", "must have points, such as before_update, as its keys")
            continue
        for point, listed in hooks.items():
            if not isinstance(listed, list):
                yield file.fault(f"hooks.{point}", "must be a list")
                continue
            for position, item in enumerate(listed):
                if not isinstance(item, Hook):
                    yield file.fault(f"hooks.{point}.{position}", f"'{item}' is no hook")


RULE = Rule(
    code="OMS021",
    title="What stands on a point is a list of hooks",
    cause=(
        "A hook stands there without the hyphen of a list, or a plain text or a resolver stands "
        "in the list. Sceptre passes over it silently, and the hook never runs."
    ),
    remedy="write each hook as `- !name argument`",
    scope=Scope.STACKS,
    find=find,
)
