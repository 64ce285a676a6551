"""The values that are known offline and that a template's parameters constrain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sentry_oms.checks.evaluate import UNKNOWN
from sentry_oms.checks.project import Project
from sentry_oms.checks.rule import Fault
from sentry_oms.checks.stack_file import StackFile
from sentry_oms.checks.values import is_list


class Given(NamedTuple):
    """A parameter that config passes, with what is known of its value.

    Args:
        file: the stack.
        name: the parameter's.
        declared: the template's declaration of it.
        items: its value; each item where it takes a list.
        whole: the value as it is sent.
    """

    file: StackFile
    name: str
    declared: Mapping[str, Any]
    items: tuple[str, ...]
    whole: str

    def fault(self, message: str, remedy: str | None = None) -> Fault:
        """A fault in the parameter's value; what the template says of it is the remedy."""
        says = self.declared.get("ConstraintDescription")
        return self.file.fault(f"parameters.{self.name}", message, remedy or says)


def given_values(project: Project) -> Iterator[Given]:
    """Each parameter of the launched stacks that the template has and whose value is known."""
    for file in project.stacks:
        for name in file.parameters if file.is_launched else ():
            declared = file.section("Parameters").get(name)
            value = project.values.given(file, name) if declared else UNKNOWN
            if declared is None or value is UNKNOWN:
                continue
            whole = ",".join(value) if isinstance(value, list) else str(value)
            items = [item.strip() for item in whole.split(",")] if is_list(declared) else [whole]
            yield Given(file, name, declared, tuple(items), whole)
