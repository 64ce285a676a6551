"""Typical durations of stacks on AWS, and the critical path of a graph of them."""

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
"""Minutes of a creation or an update, by a pattern of the stack's own name."""

DELETE_SHARE = 0.5
"""The part of it that a deletion takes."""


def minutes(stack: str) -> float:
    """Return the minutes of a creation or an update of a stack, such as ``dev/vpc``.

    Raises:
        KeyError: MINUTES has no pattern for it.
    """
    name = stack.rpartition("/")[2]
    for pattern, duration in MINUTES.items():
        if fnmatchcase(name, pattern):
            return duration
    raise KeyError(f"{name} has no duration in tools/bench/durations.py")


def rollout_minutes(stack: str) -> float:
    """Return the minutes of a stack if only the services change."""
    return minutes(stack) if "/task-" in stack else 0.0


def critical_path(graph: nx.DiGraph, duration: Callable[[str], float]) -> float:
    """Return the duration of the longest path: no executor can be faster."""
    done: dict[str, float] = {}
    for stack in nx.topological_sort(graph):
        before = max((done[one] for one in graph.predecessors(stack)), default=0.0)
        done[stack] = before + duration(stack)
    return max(done.values(), default=0.0)
