"""A picture of an environment's stacks, as a Mermaid flowchart.

The layers are the table ``names.LAYERS``. Dependencies alone would put both clusters beside redis,
where they do launch; readers think of them as what the services run on. A stack that the table
lacks is drawn above the highest of its dependencies.

Draws the transitive reduction.
"""

from __future__ import annotations

import re
from collections import defaultdict

import networkx as nx

from sentry_oms.names import LAYERS

END = "<!-- end of oms graph -->"

KNOWN = [name for _, members in LAYERS for name in members]
"""The stacks of the table, in its order."""


class NoMarkersError(Exception):
    """The page lacks the markers of a rendered part."""


def layer(graph: nx.DiGraph, stack: str) -> int:
    """Return the layer of a stack of the graph."""
    for number, (_, members) in enumerate(LAYERS):
        if _own_name(stack) in members:
            return number
    return max((layer(graph, before) + 1 for before in graph.predecessors(stack)), default=0)


def mermaid(graph: nx.DiGraph, environment: str) -> str:
    """Return the flowchart of a graph of ``dependencies``."""
    layers: defaultdict[int, list[str]] = defaultdict(list)
    for stack in sorted(graph, key=_position):
        layers[layer(graph, stack)].append(stack)
    has_titles = any(_own_name(stack) in KNOWN for stack in graph)
    lines = ["flowchart LR"]
    for number, stacks in sorted(layers.items()):
        has_title = has_titles and number < len(LAYERS)
        title = f"Layer {number}: {LAYERS[number].title}" if has_title else f"Layer {number}"
        lines.append(f"  subgraph layer{number} [{title}]")
        for stack in stacks:
            label, node = stack.removeprefix(f"{environment}/"), _node(stack, environment)
            lines.append(f"    {node}" if node == label else f'    {node}["{label}"]')
        lines.append("  end")
    ordered = [stack for _, stacks in sorted(layers.items()) for stack in stacks]
    return "\n".join([*lines, *_arrows(nx.transitive_reduction(graph), ordered, environment)])


def written_into(text: str, picture: str, environment: str) -> str:
    """Return ``text`` with the picture between the environment's markers.

    Raises:
        NoMarkersError: a marker is missing.
    """
    start = f"<!-- oms graph {environment} -->"
    return written_between(text, start, END, f"```mermaid\n{picture}\n```")


def written_between(text: str, start: str, end: str, part: str) -> str:
    """Return ``text`` with the rendered part on the lines between two markers.

    Raises:
        NoMarkersError: a marker is missing.
    """
    before, found, rest = text.partition(start)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise NoMarkersError(f"there is no '{start}' with '{end}' after it")
    return f"{before}{start}\n{part}\n{end}{after}"


def _arrows(graph: nx.DiGraph, ordered: list[str], environment: str) -> list[str]:
    """Return one line for all stacks that have the same dependents."""
    sources: dict[tuple[str, ...], list[str]] = {}
    for stack in ordered:
        targets = tuple(target for target in ordered if graph.has_edge(stack, target))
        if targets:
            sources.setdefault(targets, []).append(stack)

    def several(stacks: list[str] | tuple[str, ...]) -> str:
        return " & ".join(_node(stack, environment) for stack in stacks)

    return [f"  {several(stacks)} --> {several(targets)}" for targets, stacks in sources.items()]


def _position(stack: str) -> tuple[int, str]:
    """Return the sort key: the table's order, then the name."""
    name = _own_name(stack)
    return (KNOWN.index(name) if name in KNOWN else len(KNOWN)), stack


def _own_name(stack: str) -> str:
    return stack.rpartition("/")[2]


def _node(stack: str, environment: str) -> str:
    """Return a name that Mermaid accepts; it may have no slash."""
    return re.sub(r"[^\w-]", "-", stack.removeprefix(f"{environment}/"))
