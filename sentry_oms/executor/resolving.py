"""Tags are resolved before Sceptre asks for them.

Sceptre 4.7 resolves the parameters of all stacks under one lock
(``sceptre/resolvers/__init__.py``, ``ResolvableProperty.__get__``), so that a tag that asks AWS
holds up every other stack. What is put into the container before is not resolved again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sceptre.helpers import _call_func_on_values
from sceptre.resolvers import Resolver

from sentry_oms.aws.differences import kept
from sentry_oms.aws.view import StackKey, View
from sentry_oms.cloudformation.templates import deployed_template, loaded


def resolve_ahead(stack: Any, view: View) -> None:
    """Put the values of the stack's parameters where its tags are.

    A tag that raises is left for Sceptre to ask, which knows whether an error or a placeholder is
    wanted; so is one that gives nothing, whose parameter Sceptre takes out.

    Args:
        stack: a ``sceptre.stack.Stack``.
        view: what this process has seen of AWS.
    """
    tags = dict(stack._parameters)

    def resolve(container: Any, key: Any, tag: Resolver) -> None:
        try:
            value = tag.resolve()
        except Exception:
            return
        if value is not None:
            container[key] = value

    # The attribute behind the property, since the property is what takes the lock.
    _call_func_on_values(resolve, stack._parameters, Resolver)
    values = _sent(stack._parameters)
    description = view.seen(StackKey.of(stack)) if values else None
    if values and description and description["StackStatus"].endswith("_COMPLETE"):
        keep = kept(
            tags,
            values,
            stack,
            description,
            lambda: loaded(stack.template.body),
            lambda: deployed_template(stack),
        )
        stack._parameters.update(keep)


def _sent(parameters: Mapping[str, Any]) -> dict[str, str] | None:
    """The parameters as Sceptre sends them; None while a tag among them is not resolved."""
    sent = {}
    for name, value in parameters.items():
        if any(
            isinstance(one, Resolver) for one in (value if isinstance(value, list) else [value])
        ):
            return None
        if value is not None:
            sent[name] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return sent
