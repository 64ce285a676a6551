"""How long each stack takes on AWS, in minutes, and the critical path of a graph of them."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase

import networkx as nx

MINUTES = {
    "vpc": 3.0,
    "cognito": 0.5,
    "dynamodb-*": 0.7,
    "sqs": 1.0,
    "secrets": 0.4,
    "redis": 12.0,
    "alb": 3.5,
    "cluster-*": 1.5,
    "task-*": 4.0,
    "pipeline-*": 1.0,
}
"""By a stack's own name or a pattern of it."""

DELETE_SHARE = 0.5
"""The part of it that a deletion takes."""

ROLLED_OUT = "task-*"
"""The stacks that a new size of the tasks updates."""


def minutes(stack: str) -> float:
    """Return how long a creation or an update of a stack (``dev/vpc``) takes.

    Raises:
        KeyError: MINUTES has no pattern for it.
    """
    name = own_name(stack)
    found = [time for pattern, time in MINUTES.items() if fnmatchcase(name, pattern)]
    if not found:
        raise KeyError(f"tools/bench/durations.py does not say how long {name} takes")
    return found[0]


def rollout_minutes(stack: str) -> float:
    """Return the same if only the services change."""
    return minutes(stack) if fnmatchcase(own_name(stack), ROLLED_OUT) else 0.0


def critical_path(graph: nx.DiGraph, duration: Callable[[str], float]) -> float:
    """Return the least time that any executor needs: the longest path through the graph."""
    done: dict[str, float] = {}
    for stack in nx.topological_sort(graph):
        before = max((done[one] for one in graph.predecessors(stack)), default=0.0)
        done[stack] = before + duration(stack)
    return max(done.values(), default=0.0)


def own_name(stack: str) -> str:
    """``dev/vpc`` is ``vpc``."""
    return stack.rpartition("/")[2]
