"""Validation of YAML by models; an error names stack, tag and field in one line.

A tag describes its argument by class attributes, which the offline check reads, too:

``model``
    the pydantic model of the argument;
``shorthand``
    the field that a bare scalar sets, if any;
``offline``
    true if ``resolve()`` makes no call to AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sceptre.exceptions import (
    InvalidHookArgumentValueError,
    InvalidResolverArgumentError,
    SceptreException,
)
from sceptre.helpers import normalise_path, sceptreise_path
from sceptre.hooks import Hook
from sceptre.resolvers import CustomYamlTagBase

Model = TypeVar("Model", bound=BaseModel)


def parse(model: type[Model], tag: CustomYamlTagBase, shorthand: str | None = None) -> Model:
    """Validate ``tag.argument`` as ``model``; a bare scalar sets the field ``shorthand``.

    Raises:
        InvalidResolverArgumentError, InvalidHookArgumentValueError: the message names every
            invalid field.
    """
    argument = _written_out(tag.argument, shorthand)
    kind = InvalidHookArgumentValueError if isinstance(tag, Hook) else InvalidResolverArgumentError
    return validate(model, argument, f"{tag.stack.name}: {tag_name(tag)}", kind)


def faults(tag: CustomYamlTagBase) -> Iterator[tuple[str, str]]:
    """Yield field and message of each fault in the argument of a tag that declares a ``model``.

    Nothing is resolved: the values of nested tags are unknown, and pass.
    """
    model: type[BaseModel] | None = getattr(tag, "model", None)
    if model is None:
        return
    argument = _written_out(tag._argument, getattr(tag, "shorthand", None))
    try:
        model.model_validate(argument)
    except ValidationError as invalid:
        for error in invalid.errors():
            if not isinstance(_at(argument, error["loc"]), CustomYamlTagBase):
                yield ".".join(map(str, error["loc"])), _message(error)


def validate(
    model: type[Model], data: Any, label: str, error: type[SceptreException] = SceptreException
) -> Model:
    """Validate ``data`` as ``model``, or raise ``error`` with a line that begins with ``label``."""
    try:
        return model.model_validate(data)
    except ValidationError as invalid:
        raise error(f"{label} {'; '.join(map(_fault, invalid.errors()))}") from None


def depends_on(tag: CustomYamlTagBase, field: str) -> None:
    """Add a dependency on the stack file named in the argument's ``field``.

    Call it in a tag's ``setup()``. It reads ``_argument``, because a dict argument is still empty
    in ``__init__`` and nested tags are not set up yet. Sceptre reports a missing file.
    """
    argument = tag._argument
    path = argument.get(field) if isinstance(argument, dict) else None
    if isinstance(path, str):
        tag.stack.dependencies.append(sceptreise_path(normalise_path(path)))


def dependency(tag: CustomYamlTagBase, path: str) -> Any:
    """Return the ``sceptre.stack.Stack`` of the stack file that ``depends_on`` added.

    Raises:
        SceptreException: ``--ignore-dependencies`` is set, which drops all dependencies.
    """
    name = sceptreise_path(normalise_path(path)).removesuffix(".yaml")
    for stack in tag.stack.dependencies:
        if stack.name == name:
            return stack
    raise SceptreException(
        f"{tag.stack.name}: {tag_name(tag)} needs {path}, which --ignore-dependencies leaves out: "
        "run without it"
    )


def tag_name(tag: CustomYamlTagBase) -> str:
    """Return ``!secret_arn`` for a ``SecretArn``."""
    name = type(tag).__name__
    return "!" + "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _written_out(argument: Any, shorthand: str | None) -> Any:
    return argument if shorthand is None or isinstance(argument, dict) else {shorthand: argument}


def _at(data: Any, place: tuple[int | str, ...]) -> Any:
    for key in place:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _message(error: Any) -> str:
    return str(error["msg"]).removeprefix("Value error, ")


def _fault(error: Any) -> str:
    place = ".".join(map(str, error["loc"]))
    return f"{place}: {_message(error)}" if place else _message(error)
