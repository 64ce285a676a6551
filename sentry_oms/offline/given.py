"""The parameters that config passes, with values as far as they are known offline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sentry_oms.cloudformation.evaluate import UNKNOWN
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project
from sentry_oms.offline.stack_file import StackFile
from sentry_oms.offline.values import is_list


class Given(NamedTuple):
    """A parameter that config passes, as far as its value is known offline.

    Args:
        file: the stack.
        name: the parameter's.
        declared: the template's declaration of it.
        items: its value; each item if it takes a list.
        whole: the value as it is sent.
    """

    file: StackFile
    name: str
    declared: Mapping[str, Any]
    items: tuple[str, ...]
    whole: str

    def fault(self, message: str, remedy: str | None = None) -> Fault:
        """Return a fault of the value; the template's ConstraintDescription is the remedy."""
        says = self.declared.get("ConstraintDescription")
        return self.file.fault(f"parameters.{self.name}", message, remedy or says)


def given_values(project: Project) -> Iterator[Given]:
    """Yield each parameter of the launched stacks whose value is known."""
    for file in project.stacks:
        for name in file.parameters if file.is_launched else ():
            declared = file.section("Parameters").get(name)
            value = project.values.given(file, name) if declared else UNKNOWN
            if declared is None or value is UNKNOWN:
                continue
            whole = ",".join(value) if isinstance(value, list) else str(value)
            items = [item.strip() for item in whole.split(",")] if is_list(declared) else [whole]
            yield Given(file, name, declared, tuple(items), whole)
