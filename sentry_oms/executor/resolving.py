"""Tags are resolved before Sceptre asks for them.

Sceptre 4.7 resolves the parameters of all stacks under one lock
(``sceptre/resolvers/__init__.py``, ``ResolvableProperty.__get__``), so that a tag that asks AWS
holds up every other stack. What is put into the container before is not resolved again.
"""

from __future__ import annotations

from typing import Any

from sceptre.helpers import _call_func_on_values
from sceptre.resolvers import Resolver


def resolve_ahead(stack: Any) -> None:
    """Put the values of the stack's parameters where its tags are.

    A tag that raises is left for Sceptre to ask, which knows whether an error or a placeholder is
    wanted; so is one that gives nothing, whose parameter Sceptre takes out.
    """

    def resolve(container: Any, key: Any, tag: Resolver) -> None:
        try:
            value = tag.resolve()
        except Exception:
            return
        if value is not None:
            container[key] = value

    # The attribute behind the property, since the property is what takes the lock.
    _call_func_on_values(resolve, stack._parameters, Resolver)
