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
from sceptre.hooks import Hook
from sceptre.resolvers import CustomYamlTagBase
from sceptre.resolvers.no_value import NoValue
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

HOUSE_RULES = "house_rules"
"""The setting with which a project asks for the rules of this one (docs/decisions/0012)."""


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

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters that the file passes, with unresolved tags."""
        raw: Mapping[str, Any] = self.stack._parameters
        return {name: value for name, value in raw.items() if not isinstance(value, NoValue)}

    @property
    def is_launched(self) -> bool:
        """Whether a launch includes it; an ignored stack may lack values."""
        return not (self.stack.ignore or self.stack.obsolete)

    @property
    def template(self) -> Template | None:
        """The template, or None if it can't be read without AWS."""
        return self.rendering.template

    @cached_property
    def is_expanded(self) -> bool:
        """Whether macros change the template at deployment, so that only parameters are known."""
        return _has_macros(self.template)

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a section of the template, or an empty one if it has none or it is unknown."""
        if self.is_expanded and name not in ("Metadata", "Parameters"):
            return {}
        found: Mapping[str, Any] = (self.template or {}).get(name) or {}
        return found

    @property
    def account(self) -> tuple[Any, ...]:
        """Equal for stacks of one account, as far as config says."""
        return self.stack.profile, repr(self.stack._sceptre_role)

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
        if self._handler.get("type", "file") != "file" or self._is_written_by_hook:
            return Rendering()
        try:
            body = self._own_template.body
        except (TemplateNotFoundError, FileNotFoundError):
            message = f"there is no templates/{self._template_path}"
            return self._unreadable(Kind.TEMPLATE_MISSING, self.fault("template.path", message))
        except Exception as error:  # A template in Python may raise anything.
            if self._may_need_other_stacks:
                return Rendering()
            return self._unreadable(Kind.TEMPLATE_REFUSED, self._refusal(error))
        return self._parsed(body)

    @property
    def _own_template(self) -> SceptreTemplate:
        """A template object of the check's own, because Sceptre's keeps what it has rendered.

        A launch renders the stack's after the hooks before it, which may write a file that it
        reads.
        """
        return SceptreTemplate(
            name=self.name,
            handler_config=dict(self._handler),
            sceptre_user_data=self.stack._sceptre_user_data,
            stack_group_config=self.stack.stack_group_config,
        )

    @property
    def _is_written_by_hook(self) -> bool:
        """Whether a hook of another plugin may write the template before it is read."""
        return not self.stack.stack_group_config.get(HOUSE_RULES) and any(
            place.startswith("hooks.before_")
            and isinstance(tag, Hook)
            and getattr(tag, "model", None) is None
            for place, tag in self.tags
        )

    @property
    def _may_need_other_stacks(self) -> bool:
        """Whether the template's Python may read what the stacks before it create."""
        has_house_rules = self.stack.stack_group_config.get(HOUSE_RULES)
        is_python = self._template_path.endswith(".py")
        return bool(not has_house_rules and is_python and self.stack.dependencies)

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
        _drop_nulls(template)
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


def _drop_nulls(template: Any) -> None:
    """Remove sections and Properties that are empty in YAML; CloudFormation accepts them."""
    resources = template.get("Resources") if isinstance(template, dict) else None
    for part in (template, *(resources.values() if isinstance(resources, dict) else ())):
        if isinstance(part, dict):
            for key in [key for key, value in part.items() if value is None]:
                del part[key]


def _has_macros(template: Any) -> bool:
    is_template = isinstance(template, dict)
    return is_template and ("Transform" in template or "'Fn::Transform'" in str(template))


def _misshapen(template: Any) -> Iterator[tuple[str, str]]:
    """Yield the faults of a template's outermost structure. cfn-lint checks the rest."""
    if _has_macros(template):
        return  # Macros may write any part.
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
