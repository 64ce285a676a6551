"""Faults of config.yaml files, by the model in ``sentry_oms.settings``, and repeated YAML keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

import yaml
from jinja2 import Environment, TemplateSyntaxError, meta
from pydantic import ValidationError

from sentry_oms.offline.fault import Fault
from sentry_oms.offline.project import Project
from sentry_oms.offline.source import Source
from sentry_oms.settings import Settings


def invalid_settings(project: Project) -> Iterator[Fault]:
    """Yield each unknown or invalid setting of the config.yaml files."""
    read = cache(lambda: _read_by_jinja(project))
    for source in project.group_configs:
        try:
            Settings.model_validate(yaml.safe_load(source.text) or {})
        except yaml.YAMLError:
            continue  # OMS001 reports it, unless Jinja makes it valid.
        except ValidationError as invalid:
            for error in invalid.errors():
                yield from _fault(source, error, read)


def _fault(source: Source, error: Any, read: Callable[[], set[str]]) -> Iterator[Fault]:
    field = ".".join(map(str, error["loc"]))
    if error["type"] != "extra_forbidden":
        message = error["msg"].removeprefix("Value error, ")
        yield Fault(source, field, f"'{error['input']}' is invalid", message)
    elif field not in read():
        close = get_close_matches(field, Settings.model_fields, n=1)
        remedy = f"did you mean {close[0]}?" if close else None
        yield Fault(source, field, "is read by no stack file, and is no setting of Sceptre", remedy)


def _read_by_jinja(project: Project) -> set[str]:
    """Return the variables that the stack files use."""
    found: set[str] = set()
    for path in (project.root / "config").rglob("*.yaml"):
        try:
            found |= meta.find_undeclared_variables(Environment().parse(path.read_text()))
        except TemplateSyntaxError:
            continue  # OMS001 reports it.
    return found


def repeated_keys(project: Project) -> Iterator[Fault]:
    """Yield each key that a config.yaml or a stack file gives again in one mapping."""
    for source in (*project.group_configs, *(file.source for file in project.stacks)):
        try:
            root = yaml.compose(_without_jinja(source.text), Loader=yaml.SafeLoader)
        except yaml.YAMLError:
            continue  # OMS001 reports it.
        for key, first in _repeated(root):
            line, again = (one.start_mark.line + 1 for one in (first, key))
            yield Fault(source, str(key.value), f"is given on line {line} already", line=again)


def _without_jinja(text: str) -> str:
    """Return the text with the same lines, and a plain word for each expression."""
    blank = re.sub(r"\{[%#].*?[%#]\}", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.S)
    return re.sub(r"\{\{.*?\}\}", "x", blank)


def _repeated(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    seen: dict[str, yaml.Node] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        first = seen.setdefault(str(key.value), key)
        if first is not key and key.value != "<<":
            yield key, first
        yield from _repeated(value)
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        yield from _repeated(item)
