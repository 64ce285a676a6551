"""The resources that stacks certainly create, as their templates write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sentry_oms.cloudformation.evaluate import Evaluator
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project
from sentry_oms.offline.stack_file import StackFile


class Created(NamedTuple):
    """A resource that its stack certainly creates, with its properties as written."""

    file: StackFile
    key: str
    kind: str
    properties: Mapping[str, Any]
    evaluator: Evaluator

    def fault(self, path: str, message: str, remedy: str | None = None) -> Fault:
        """Return a fault of its properties, at a path that is empty or begins with a dot."""
        field = f"Resources.{self.key}.Properties{path}"
        return self.file.template_fault(field, message, remedy)


def created(project: Project, *, shortest: bool = False) -> Iterator[Created]:
    """Yield the resources of the checked stacks whose condition is true.

    Args:
        project: the project.
        shortest: use empty texts for unknown values, so that sizes are minimal.
    """
    for file in project.stacks:
        evaluator = project.values.evaluator(file, shortest=shortest)
        for key, one in file.section("Resources").items():
            if evaluator.creates(one):
                properties = one.get("Properties", {})
                yield Created(file, key, str(one.get("Type")), properties, evaluator)
