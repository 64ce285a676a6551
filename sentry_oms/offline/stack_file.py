"""A stack as Sceptre reads it, with its file and its template.

Nothing here calls AWS. So parameters are unresolved, and a template whose user data has tags is not
rendered, because rendering would resolve them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from sceptre.exceptions import TemplateNotFoundError
from sceptre.helpers import normalise_path
from sceptre.resolvers import CustomYamlTagBase
from sceptre.stack import Stack
from sceptre.template import Template as SceptreTemplate

from sentry_oms.cloudformation.templates import Template, loaded
from sentry_oms.offline.fault import Fault
from sentry_oms.offline.source import Source

PLACES = {
    "parameters": "_parameters",
    "hooks": "_hooks",
    "sceptre_user_data": "_sceptre_user_data",
    "stack_tags": "_tags",
    "notifications": "_notifications",
    "template_bucket_name": "_template_bucket_name",
    "sceptre_role": "_sceptre_role",
    "cloudformation_service_role": "_cloudformation_service_role",
}
"""Fields of a stack file that may have tags, and Sceptre's attribute with the unresolved value."""


class Kind(Enum):
    """The reason why config, or a template, can't be read."""

    CONFIG = "config"
    TAG = "tag"
    DEPENDENCY = "dependency"
    CYCLE = "cycle"
    ARGUMENT = "argument"
    TEMPLATE_MISSING = "template missing"
    TEMPLATE_MALFORMED = "template malformed"
    TEMPLATE_REFUSED = "template refused"


class Unreadable(NamedTuple):
    """A part that can't be read, and the reason."""

    kind: Kind
    fault: Fault


class Rendering(NamedTuple):
    """A rendered template, or the reason why it can't be read."""

    body: str = ""
    template: Template | None = None
    unreadable: Unreadable | None = None


class StackFile:
    """A stack as the rules see it.

    Args:
        root: the project's directory.
        stack: a ``sceptre.stack.Stack``.
    """

    def __init__(self, root: Path, stack: Stack) -> None:
        self.root = root
        self.stack = stack
        self.name: str = stack.name
        self.group = self.name.partition("/")[0]

    @cached_property
    def source(self) -> Source:
        """The stack file."""
        return Source.read(self.root, f"config/{self.name}.yaml")

    @cached_property
    def template_source(self) -> Source:
        """The template file, or the stack file if there is none."""
        path = self._template_path
        return Source.read(self.root, f"templates/{path}") if path else self.source

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters that the file passes, with unresolved tags."""
        raw: Mapping[str, Any] = self.stack._parameters
        return raw

    @property
    def is_launched(self) -> bool:
        """Whether a launch includes it; an ignored stack may lack values."""
        return not (self.stack.ignore or self.stack.obsolete)

    @property
    def template(self) -> Template | None:
        """The template, or None if it can't be read without AWS."""
        return self.rendering.template

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a section of the template, or an empty one."""
        found: Mapping[str, Any] = (self.template or {}).get(name) or {}
        return found

    def fault(self, field: str, message: str, remedy: str | None = None) -> Fault:
        """Return a fault in the stack file."""
        return Fault(self.source, field, message, remedy, self.name)

    def template_fault(self, field: str, message: str, remedy: str | None = None) -> Fault:
        """Return a fault in the template file."""
        return Fault(self.template_source, field, message, remedy, self.name)

    @cached_property
    def tags(self) -> tuple[tuple[str, CustomYamlTagBase], ...]:
        """Every tag of the file with its field, including nested tags."""
        return tuple(
            found
            for field, attribute in PLACES.items()
            for found in walk_tags(getattr(self.stack, attribute, None), field)
        )

    @cached_property
    def rendering(self) -> Rendering:
        """The template, rendered as Sceptre renders it."""
        if any(walk_tags([self.stack._sceptre_user_data, self._handler])):
            return Rendering()
        if self._handler.get("type", "file") != "file":
            return Rendering()
        try:
            body = self._sceptres_template.body
        except (TemplateNotFoundError, FileNotFoundError):
            message = f"there is no templates/{self._template_path}"
            return self._unreadable(Kind.TEMPLATE_MISSING, self.fault("template.path", message))
        except Exception as error:  # A template in Python may raise anything.
            return self._unreadable(Kind.TEMPLATE_REFUSED, self._refusal(error))
        return self._parsed(body)

    @property
    def _sceptres_template(self) -> SceptreTemplate:
        """The stack's template object, which the following launch reuses.

        To create it, Sceptre resolves bucket and role of the launch. If these are tags, the check
        creates an object of its own.
        """
        says_where = [
            self.stack._template_bucket_name,
            self.stack._s3_details,
            self.stack._sceptre_role,
        ]
        if not any(walk_tags(says_where)):
            return self.stack.template
        return SceptreTemplate(
            name=self.name,
            handler_config=dict(self._handler),
            sceptre_user_data=self.stack._sceptre_user_data,
            stack_group_config=self.stack.stack_group_config,
        )

    def _parsed(self, body: str) -> Rendering:
        try:
            template = loaded(body)
        except json.JSONDecodeError as error:
            return self._malformed(f"is not valid JSON: {error.msg}", error.lineno)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            return self._malformed(f"is not valid YAML: {error.problem}", line)
        except Exception as error:  # Raised by CloudFormation's tags.
            return self._malformed(f"is not valid YAML: {error}", 1)
        for field, message in _misshapen(template):
            fault = self.template_fault(field, message)
            return self._unreadable(Kind.TEMPLATE_MALFORMED, fault)
        return Rendering(body, template)

    def _malformed(self, message: str, line: int) -> Rendering:
        fault = Fault(self.template_source, "", message, None, self.name, line)
        return self._unreadable(Kind.TEMPLATE_MALFORMED, fault)

    def _refusal(self, error: Exception) -> Fault:
        message = str(error).removeprefix(f"{self.name}: ")
        if message.startswith("sceptre_user_data"):
            return self.fault(*message.split(" ", maxsplit=1))
        message = f"{type(error).__name__}: {message.replace(f'{self.root}/', '')}"
        return self.template_fault("", message, "correct the template, or its sceptre_user_data")

    @staticmethod
    def _unreadable(kind: Kind, fault: Fault) -> Rendering:
        return Rendering(unreadable=Unreadable(kind, fault))

    @property
    def _handler(self) -> dict[str, Any]:
        found = self.stack._template_handler_config
        return found if isinstance(found, dict) else {"path": found}

    @property
    def _template_path(self) -> str:
        path = self._handler.get("path")
        return normalise_path(path).replace("\\", "/") if isinstance(path, str) else ""


def _misshapen(template: Any) -> Iterator[tuple[str, str]]:
    """Yield the faults of a template's outermost structure. cfn-lint checks the rest."""
    if not isinstance(template, dict) or not template.get("Resources"):
        yield "", "has no Resources: it is not a CloudFormation template"
        return
    for section in ("Metadata", "Parameters", "Mappings", "Conditions", "Resources", "Outputs"):
        parts = template.get(section) or {}
        if not isinstance(parts, dict):
            yield section, "must be a mapping"
            continue
        for key, part in parts.items() if section in ("Parameters", "Resources", "Outputs") else ():
            if not isinstance(part, dict) or not isinstance(part.get("Properties", {}), dict):
                yield f"{section}.{key}", "must be a mapping, and its Properties too"


def walk_tags(value: Any, field: str = "") -> Iterator[tuple[str, CustomYamlTagBase]]:
    """Yield each tag in a value with its field, including nested tags."""
    if isinstance(value, CustomYamlTagBase):
        yield field, value
        value = value._argument
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk_tags(item, f"{field}.{key}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from walk_tags(item, f"{field}.{position}")
