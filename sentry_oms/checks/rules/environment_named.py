"""OMS008: an environment is named as its folder is."""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.source import Source
from sentry_oms.checks.stack_file import StackFile


def find(project: Project) -> Iterator[Fault]:
    """A config.yaml whose ``environment`` is another folder's name."""
    for file in filter(is_misnamed, project.stacks):
        folder = _folder(file)
        source = Source.read(project.root, f"config/{folder}/config.yaml")
        message = f"is '{file.stack.stack_group_config['environment']}', in the folder of {folder}"
        yield Fault(source, "environment", message, f"write {folder}")


def is_misnamed(file: StackFile) -> bool:
    """Whether the stack takes itself to be of another environment than its folder's."""
    return bool(file.stack.stack_group_config.get("environment", _folder(file)) != _folder(file))


def _folder(file: StackFile) -> str:
    return file.name.split("/")[0]


RULE = Rule(
    code="OMS008",
    title="An environment is named as its folder is",
    cause=(
        "config.yaml was copied from another environment and not changed. Every stack would have "
        "the other environment's name, and a launch would change that one."
    ),
    remedy="write the folder's name",
    scope=Scope.STACKS,
    find=find,
)
