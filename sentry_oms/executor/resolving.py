"""Resolve a stack's parameters before Sceptre does.

Sceptre 4.7 resolves the parameters of all stacks under one lock
(``sceptre/resolvers/__init__.py``, ``ResolvableProperty.__get__``), so a tag that calls AWS blocks
every other stack. Sceptre does not resolve values again that are already in the container.
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
    """Replace the tags among a ``sceptre.stack.Stack``'s parameters by their values.

    A tag that raises or returns None is left to Sceptre, which then raises, uses a placeholder, or
    drops the parameter.
    """
    tags = dict(stack._parameters)

    def resolve(container: Any, key: Any, tag: Resolver) -> None:
        try:
            value = tag.resolve()
        except Exception:
            return
        if value is not None:
            container[key] = value

    # The private attribute, because the property takes the lock.
    _call_func_on_values(resolve, stack._parameters, Resolver)
    values = sent(stack._parameters)
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


def sent(parameters: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the parameters as Sceptre sends them; None if one of them is unresolved."""
    sent = {}
    for name, value in parameters.items():
        if any(
            isinstance(one, Resolver) for one in (value if isinstance(value, list) else [value])
        ):
            return None
        if value is not None:
            sent[name] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return sent
