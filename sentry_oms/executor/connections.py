"""Connections of stacks to AWS, some of which wait for another stack's output.

``sceptre_role: !stack_output roles.yaml::Arn`` is known once the other stack is complete. Sceptre
keeps the first value that the tag gives, so it must not be read earlier.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sceptre.resolvers import Resolver

from sentry_oms.executor.retries import stop_retrying_limits


def is_known(stack: Any) -> bool:
    """Whether the role of a ``sceptre.stack.Stack`` depends on no tag that is still unresolved."""
    # The private attribute, because the property resolves the tag.
    return not isinstance(stack._sceptre_role, Resolver)


def prepare(stack: Any) -> None:
    """Set the retries of a stack's session, before its first client takes them over."""
    # Without credentials there is no session; the first call of the stack reports that.
    with suppress(Exception):
        stop_retrying_limits(stack.connection_manager.get_session())
