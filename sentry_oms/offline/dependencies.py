"""The dependency graph of stacks, from config alone."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
from sceptre.context import SceptreContext
from sceptre.plan.plan import SceptrePlan


def dependencies(project: Path, path: str) -> nx.DiGraph:
    """Return Sceptre's graph of the stacks at a path of config and their dependencies.

    Args:
        project: the directory of config/ and templates/.
        path: an environment, or a stack's file.

    Returns:
        A graph of names (``dev/vpc``); an edge goes from a stack to its dependent.

    Raises:
        SceptreException: the path does not exist, or config is invalid.
    """
    plan = SceptrePlan(SceptreContext(str(project), path))
    graph = plan.graph.filtered(plan.command_stacks).graph
    return nx.relabel_nodes(graph, {stack: stack.name for stack in graph})
