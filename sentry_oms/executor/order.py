"""Dependencies between the stacks of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Stack = Any
"""A ``sceptre.stack.Stack``; hashed by its name."""


def waits_for(launch_order: Sequence[Iterable[Stack]]) -> dict[str, frozenset[str]]:
    """Return each stack's name with those that it waits for, in the order of the batches.

    A plan has batches but no edges, and a delete reverses them. So of two stacks that depend on
    each other, the one in the earlier batch goes first. A stack that is not in the plan
    (``ignore``, ``obsolete``) passes its own dependencies on to its dependents.
    """
    batch_of = {stack: number for number, batch in enumerate(launch_order) for stack in batch}
    ordered = sorted(batch_of, key=lambda stack: (batch_of[stack], stack.name))
    before: dict[Stack, set[str]] = {stack: set() for stack in ordered}
    for stack in ordered:
        for other in _nearest(stack, batch_of):
            first, second = sorted((stack, other), key=lambda one: batch_of[one])
            before[second].add(first.name)
    return {stack.name: frozenset(before[stack]) for stack in ordered}


def _nearest(stack: Stack, planned: Iterable[Stack]) -> set[Stack]:
    """Return the dependencies in the plan, looking through those that are not in it."""
    found: set[Stack] = set()
    looked_at: set[Stack] = set()
    to_look_at = list(stack.dependencies)
    while to_look_at:
        dependency = to_look_at.pop()
        if dependency in looked_at:
            continue
        looked_at.add(dependency)
        if dependency in planned:
            found.add(dependency)
        else:
            to_look_at += dependency.dependencies
    return found


def heights(before: dict[str, frozenset[str]]) -> dict[str, int]:
    """Return for each stack the length of the longest chain that starts with it."""
    after: dict[str, set[str]] = {name: set() for name in before}
    for name, earlier in before.items():
        for one in earlier:
            after[one].add(name)
    found: dict[str, int] = {}
    # The keys are in the order of the batches, so dependents already have their height.
    for name in reversed(before):
        found[name] = 1 + max((found[later] for later in after[name]), default=0)
    return found
