"""Who reaches whom, for people: rendered into docs/SECURITY.md."""

from __future__ import annotations

from collections.abc import Iterator

from tests.judges.reachability.judge import SENTENCES, calls_out, networks, reached
from tests.judges.reachability.network import INTERNET, Network
from tests.judges.reachability.ports import Ports


def section() -> str:
    """A picture of prod, the table of every environment, and what is held."""
    every = {network.environment: dict(_edges(network)) for network in networks()}
    pairs = list(dict.fromkeys(pair for edges in every.values() for pair in edges))
    head = ["from", "to", *every]
    rows = [
        [caller, called, *(edges.get((caller, called), "-") for edges in every.values())]
        for caller, called in pairs
    ]
    lines = [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]
    held = [f"- {sentence}" for sentence in SENTENCES]
    return "\n".join(
        [*_picture(every["prod"]), "", *lines, "", "Held in every environment:", "", *held]
    )


def _edges(network: Network) -> Iterator[tuple[tuple[str, str], str]]:
    for caller in (None, *network.nodes):
        for called in network.nodes:
            if ports := reached(network, caller, called):
                yield (caller.name if caller else INTERNET, called.name), _text(ports)
    for caller in network.nodes:
        if ports := calls_out(network, caller):
            yield (caller.name, f"{INTERNET}, through NAT"), _text(ports)


def _text(ports: list[Ports]) -> str:
    return ", ".join(map(str, ports))


def _picture(edges: dict[tuple[str, str], str]) -> Iterator[str]:
    yield "```mermaid"
    yield "flowchart LR"
    for (caller, called), ports in edges.items():
        yield f'  {_node(caller)} -->|"{ports}"| {_node(called)}'
    yield "```"


def _node(name: str) -> str:
    return f'{name.replace(" ", "_").replace(",", "")}["{name}"]'
