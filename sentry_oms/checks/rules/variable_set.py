"""OMS006: every variable that config requires is set."""

from __future__ import annotations

import os
from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.source import Source

KEY = "required_variables"


def find(project: Project) -> Iterator[Fault]:
    """Variables listed in ``required_variables`` that the shell lacks; empty counts as set."""
    for file in project.stacks:
        required = file.stack.stack_group_config.get(KEY, [])
        source = _declared_in(project, file.name)
        if not isinstance(required, list) or not all(isinstance(one, str) for one in required):
            yield Fault(source, KEY, "must be a list of names", "write it as one")
            continue
        for name in required:
            if name not in os.environ:
                yield Fault(source, f"{KEY}.{name}", "is not set in the environment")


def _declared_in(project: Project, name: str) -> Source:
    """The config.yaml nearest to the stack that lists the variables."""
    parts = name.split("/")[:-1]
    folders = ["/".join(parts[:length]) for length in range(len(parts), -1, -1)]
    files = [
        Source.read(project.root, "/".join(filter(None, ["config", one, "config.yaml"])))
        for one in folders
    ]
    return next((one for one in files if KEY in one.text), files[-1])


RULE = Rule(
    code="OMS006",
    title="Every required variable is set",
    cause=(
        "A value that is not in the repository comes from a variable of the shell, and it is not "
        "set there. An unset variable would silently take an alarm topic or a certificate away; "
        "a variable that is set to nothing means none, and passes."
    ),
    remedy="set it, or set it to nothing for none; .variables says what it is",
    scope=Scope.STACKS,
    find=find,
)
