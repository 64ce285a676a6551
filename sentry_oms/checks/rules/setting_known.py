"""OMS005: every setting of a stack file is one that Sceptre knows."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from sceptre.config.reader import (
    CONFIG_MERGE_STRATEGIES,
    STACK_CONFIG_ATTRIBUTES,
    STACK_GROUP_CONFIG_ATTRIBUTES,
)

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stack_file import StackFile

KNOWN = {
    *CONFIG_MERGE_STRATEGIES,
    *STACK_CONFIG_ATTRIBUTES.required,
    *STACK_CONFIG_ATTRIBUTES.optional,
    *STACK_GROUP_CONFIG_ATTRIBUTES.required,
    *STACK_GROUP_CONFIG_ATTRIBUTES.optional,
    "disable_rollback",
    "ignore",
    "obsolete",
    # What Sceptre's reader adds of its own.
    "project_path",
    "stack_group_path",
}


def find(project: Project) -> Iterator[Fault]:
    """Settings of stack files that are neither Sceptre's nor a config.yaml's."""
    for file in project.stacks:
        for key, meant in sorted(unknown(file).items()):
            remedy = f"did you mean {meant}?" if meant else None
            yield file.fault(key, "is no setting of Sceptre's, which ignores it", remedy)


def unknown(file: StackFile) -> dict[str, str | None]:
    """The settings that Sceptre ignores, with what each was probably meant to be."""
    own = set(file.stack.config) - set(file.stack.stack_group_config) - KNOWN
    return {key: next(iter(get_close_matches(key, KNOWN, n=1)), None) for key in own}


RULE = Rule(
    code="OMS005",
    title="Every setting of a stack file is one that Sceptre knows",
    cause=(
        "A key at the top of a stack file is misspelt. Sceptre ignores it silently: a stack with "
        "`paramaters:` launches with defaults."
    ),
    remedy="correct its name, or move it into a config.yaml if it is a variable of your own",
    scope=Scope.STACKS,
    find=find,
)
