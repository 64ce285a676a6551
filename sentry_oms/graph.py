"""A picture of an environment's stacks, as a Mermaid flowchart.

The layers are a table in ``names`` and not what a walk over the graph gives. By their dependencies
alone both clusters would stand beside redis, and so they launch, on purpose; a person thinks of
them as what the services run on. A stack that the table does not have stands right above the
highest of those that it waits for.

Only the edges that no longer way implies are drawn, so that a person can follow them.
"""

from __future__ import annotations

import re
from collections import defaultdict

import networkx as nx

from sentry_oms.markers import written_between
from sentry_oms.names import LAYERS

END = "<!-- end of oms graph -->"

KNOWN = [name for _, members in LAYERS for name in members]
"""The stacks of the table, in its order."""


def layer(graph: nx.DiGraph, stack: str) -> int:
    """The layer of a stack of the graph."""
    for number, (_, members) in enumerate(LAYERS):
        if _own_name(stack) in members:
            return number
    return max((layer(graph, before) + 1 for before in graph.predecessors(stack)), default=0)


def mermaid(graph: nx.DiGraph, environment: str) -> str:
    """The flowchart of a graph as ``dependencies`` gives it."""
    layers: defaultdict[int, list[str]] = defaultdict(list)
    for stack in sorted(graph, key=_place):
        layers[layer(graph, stack)].append(stack)
    has_titles = any(_own_name(stack) in KNOWN for stack in graph)
    lines = ["flowchart LR"]
    for number, stacks in sorted(layers.items()):
        lines.append(f"  subgraph layer{number} [{_title(number, has_titles)}]")
        lines += [f"    {_node(stack, environment)}" for stack in stacks]
        lines.append("  end")
    ordered = [stack for _, stacks in sorted(layers.items()) for stack in stacks]
    return "\n".join([*lines, *_arrows(nx.transitive_reduction(graph), ordered, environment)])


def written_into(text: str, picture: str, environment: str) -> str:
    """``text`` with the picture between its markers.

    Raises:
        NoMarkersError: it has none for the environment.
    """
    start = f"<!-- oms graph {environment} -->"
    return written_between(text, start, END, f"```mermaid\n{picture}\n```")


def _arrows(graph: nx.DiGraph, ordered: list[str], environment: str) -> list[str]:
    """A line for all stacks that the same stacks wait for."""
    sources: dict[tuple[str, ...], list[str]] = {}
    for stack in ordered:
        targets = tuple(target for target in ordered if graph.has_edge(stack, target))
        if targets:
            sources.setdefault(targets, []).append(stack)

    def several(stacks: list[str] | tuple[str, ...]) -> str:
        return " & ".join(_node_id(stack, environment) for stack in stacks)

    return [f"  {several(stacks)} --> {several(targets)}" for targets, stacks in sources.items()]


def _title(number: int, has_titles: bool) -> str:
    title = LAYERS[number].title if has_titles and number < len(LAYERS) else ""
    return f"Layer {number}: {title}" if title else f"Layer {number}"


def _place(stack: str) -> tuple[int, str]:
    """In the table's order, and then by name."""
    name = _own_name(stack)
    return (KNOWN.index(name) if name in KNOWN else len(KNOWN)), stack


def _own_name(stack: str) -> str:
    return stack.rpartition("/")[2]


def _node(stack: str, environment: str) -> str:
    label, node_id = _label(stack, environment), _node_id(stack, environment)
    return node_id if node_id == label else f'{node_id}["{label}"]'


def _label(stack: str, environment: str) -> str:
    return stack.removeprefix(f"{environment}/")


def _node_id(stack: str, environment: str) -> str:
    """What Mermaid takes as a name: a slash it does not."""
    return re.sub(r"[^\w-]", "-", _label(stack, environment))
