"""Reading YAML into models, with one line that names stack, tag and field when it is wrong.

A tag declares what it takes as class attributes, so that the offline check knows it as well:

``model``
    the pydantic model of its argument;
``shorthand``
    the field that a bare scalar stands for, where one does;
``offline``
    true where ``resolve()`` asks nothing of AWS.
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
    """Validate ``tag.argument`` as ``model``; a bare scalar stands for the field ``shorthand``.

    Raises:
        InvalidResolverArgumentError, InvalidHookArgumentValueError: naming every field at fault.
    """
    argument = _written_out(tag.argument, shorthand)
    kind = InvalidHookArgumentValueError if isinstance(tag, Hook) else InvalidResolverArgumentError
    return validate(model, argument, f"{tag.stack.name}: {tag_name(tag)}", kind)


def faults(tag: CustomYamlTagBase) -> Iterator[tuple[str, str]]:
    """What is wrong in the argument of a tag that declares a ``model``: field and message.

    Nothing is resolved. What another tag will give is not known yet, and passes.
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
    """Validate ``data`` as ``model``, or raise ``error``: one line that begins with ``label``."""
    try:
        return model.model_validate(data)
    except ValidationError as invalid:
        raise error(f"{label} {'; '.join(map(_fault, invalid.errors()))}") from None


def depends_on(tag: CustomYamlTagBase, field: str) -> None:
    """Add the edge from the tag's stack to the stack file named in the argument's ``field``.

    For a tag's ``setup()``: it reads ``_argument``, because a dict argument is still empty in
    ``__init__`` and nested tags are not set up yet. A missing file is reported by Sceptre, which
    reads every dependency after this.
    """
    argument = tag._argument
    path = argument.get(field) if isinstance(argument, dict) else None
    if isinstance(path, str):
        tag.stack.dependencies.append(sceptreise_path(normalise_path(path)))


def dependency(tag: CustomYamlTagBase, path: str) -> Any:
    """The ``sceptre.stack.Stack`` of the stack file that ``depends_on`` added.

    Raises:
        SceptreException: under ``--ignore-dependencies``, where Sceptre drops them all.
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
    """``SecretArn`` -> ``!secret_arn``."""
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
