"""Which stack waits for which, read from config alone: nothing here asks AWS."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
from sceptre.context import SceptreContext
from sceptre.plan.plan import SceptrePlan


def dependencies(project: Path, path: str) -> nx.DiGraph:
    """Sceptre's own graph of the stacks at a path of config, and of what they wait for.

    Args:
        project: the directory that holds config/ and templates/.
        path: an environment, or a stack's file.

    Returns:
        A graph of stacks' names (``dev/vpc``); an edge goes from a stack to one that waits for it.

    Raises:
        SceptreException: there is no such path, or config is wrong.
    """
    plan = SceptrePlan(SceptreContext(str(project), path))
    graph = plan.graph.filtered(plan.command_stacks).graph
    return nx.relabel_nodes(graph, {stack: stack.name for stack in graph})
