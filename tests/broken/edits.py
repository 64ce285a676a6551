"""Broken projects: copies of this project with one mistake each, and where the check reports it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sentry_oms.cloudformation.templates import Template
from tests.conftest import Project

Edit = Callable[[Project], None]


@dataclass(frozen=True)
class Broken:
    """A project with one mistake.

    Args:
        file: the file that the finding names.
        field: the field in it.
        edit: makes the mistake in a copy of the project.
        line: text on the reported line; the end of the field unless given.
        environment: the one that is checked.
        unset: a variable that the shell lacks.
        also: codes of findings that follow from the same mistake.
    """

    file: str
    field: str
    edit: Edit
    line: str | None = None
    environment: str = "dev"
    unset: str | None = None
    also: tuple[str, ...] = ()


def edited(
    file: str, field: str, old: str, new: str, reported: str | None = None, **more: Any
) -> Broken:
    """Replace text in a file. The finding is in the same file, or in another that is given."""
    return Broken(reported or file, field, replace(file, old, new), **more)


def appended(file: str, field: str, text: str, **more: Any) -> Broken:
    """Append lines to a file."""
    return Broken(file, field, append(file, text), **more)


def changed(file: str, path: str, value: Any, **more: Any) -> Broken:
    """Change a template at a path, where the finding is too."""
    field = ".".join(one for one in _parts(path) if one != "+")
    return Broken(file, field, put(file, path, value), **more)


def replace(file: str, old: str, new: str) -> Edit:
    """Return an edit that replaces text."""
    return lambda project: project.edit(file, old, new)


def append(file: str, text: str) -> Edit:
    """Return an edit that appends lines to a file."""

    def edit(project: Project) -> None:
        with (project.directory / file).open("a") as opened:
            opened.write(text)

    return edit


def put(file: str, path: str, value: Any) -> Edit:
    """Return an edit that changes a template."""

    def edit(project: Project) -> None:
        template = project.directory / file
        template.write_text(
            json.dumps(change(json.loads(template.read_text()), path, value), indent=2)
        )

    return edit


def every(*edits: Edit) -> Edit:
    """Return an edit that makes several."""

    def edit(project: Project) -> None:
        for one in edits:
            one(project)

    return edit


def change(template: Template, path: str, value: Any) -> Template:
    """Set the value at a path of a template, in place, and return the template.

    Args:
        template: the template.
        path: a resource and a path in its properties, such as ``Queue.QueueName``; with a slash at
            the beginning, a path from the template's root. ``+`` at the end appends to a list.
        value: the value; ``...`` removes what is there.
    """
    *parents, last = _parts(path)
    place: Any = template
    for part in parents:
        place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    if last == "+":
        place.append(value)
        return template
    key = int(last) if isinstance(place, list) else last
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return template


def _parts(path: str) -> list[str]:
    if path.startswith("/"):
        return path[1:].split("/")
    resource, *rest = path.split(".")
    return ["Resources", resource, "Properties", *rest]
