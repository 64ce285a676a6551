"""The table of who reaches whom, rendered into docs/SECURITY.md."""

from __future__ import annotations

from tools.lint.reachability.table import named, networks, pairs, reached


def section() -> str:
    """Return a row for each pair of which one reaches the other in some environment."""
    every = networks()
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for network in every:
        for caller, called in pairs(network):
            if ports := reached(network, caller, called):
                row = rows.setdefault((named(caller), named(called)), {})
                row[network.environment] = ", ".join(map(str, ports))
    environments = [network.environment for network in every]
    lines = [["from", "to", *environments], ["---"] * (2 + len(environments))]
    for pair, row in rows.items():
        lines.append([*pair, *(row.get(environment, "-") for environment in environments)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
