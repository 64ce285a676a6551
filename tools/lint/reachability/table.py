"""The connections that may be possible, compared with those that the network allows."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from ipaddress import IPv4Network

from sentry_oms.names import ENVIRONMENTS
from tools.lint.deployed import deployed
from tools.lint.reachability.network import ANY, Network, Node, Ports, Rule, common, tcp
from tools.lint.report import Report, table

INTERNET = "internet"

# The services behind the load balancer share a group, so each admits the ports of both.
ALLOWED = (
    (INTERNET, "load balancer", tcp(80, 443)),
    ("load balancer", "service frontend", tcp(8080, 8081)),
    ("load balancer", "service websocket", tcp(8080, 8081)),
    ("service oms", "redis", tcp(6379)),
    ("service websocket", "redis", tcp(6379)),
    ("service oms", INTERNET, tcp(8443)),
    ("service *", INTERNET, tcp(443)),
    ("service *", "load balancer", tcp(443)),
    ("service *", "endpoint *", tcp(443)),
)
"""Callers, called nodes and ports. A connection in no row is a finding; so is a row that names two
nodes of which one can't reach the other."""


def lint() -> Report:
    """Compare every environment with the table."""
    found = [line for network in networks() for line in findings(network)]
    return Report("reachability", len(ALLOWED), found)


def section() -> str:
    """Return a table of the connections of each environment."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for network in networks():
        for caller, called in pairs(network):
            if ports := reached(network, caller, called):
                row = rows.setdefault((_name(caller), _name(called)), {})
                row[network.environment] = ", ".join(map(str, ports))
    lines = [[*pair, *(row.get(one, "-") for one in ENVIRONMENTS)] for pair, row in rows.items()]
    return table(("from", "to", *ENVIRONMENTS), lines)


def networks() -> list[Network]:
    """Return the network of every environment as it is deployed."""
    return [Network(environment, deployed(environment)) for environment in ENVIRONMENTS]


def findings(network: Network) -> Iterator[str]:
    """Yield each difference from the table, public address, loose rule and unknown resource."""
    for check in (_connections, _addresses, _loose_rules, Network.unknown):
        yield from (f"{network.environment}: {line}" for line in check(network))


def pairs(network: Network) -> Iterator[tuple[Node | None, Node | None]]:
    """Yield every caller with every node that it could call; None is the internet."""
    callers = [node for node in network.nodes if not node.name.startswith("endpoint")]
    for caller in (None, *callers):
        for called in (*network.nodes, None):
            if caller or called:
                yield caller, called


def admitted(network: Network, caller: Node | None, called: Node | None) -> list[Ports]:
    """Return the ports that the groups of both nodes allow."""
    let_in = [
        rule.ports
        for group in (called.groups if called else ())
        for rule in network.groups[group].ingress
        if _matches(network, rule, caller)
    ]
    let_out = [
        rule.ports
        for group in (caller.groups if caller else ())
        for rule in network.groups[group].egress
        if _matches(network, rule, called)
    ]
    if called is None:
        return sorted(set(let_out))
    if caller is None:
        return sorted(set(let_in)) if _is_public(called) else []
    return common(let_in, let_out)


def reached(network: Network, caller: Node | None, called: Node | None) -> list[Ports]:
    """Return the ports that the groups allow and the called node listens on."""
    found = admitted(network, caller, called)
    return common(found, called.listens) if called else found


def _name(node: Node | None) -> str:
    return node.name if node else INTERNET


def _connections(network: Network) -> Iterator[str]:
    possible = set()
    for caller, called in pairs(network):
        names = (_name(caller), _name(called))
        allowed = [
            ports
            for one, other, some in ALLOWED
            if fnmatchcase(names[0], one) and fnmatchcase(names[1], other)
            for ports in some
        ]
        for ports in admitted(network, caller, called):
            if not any(ports.common(one) == ports for one in allowed):
                yield f"{names[0]} reaches {names[1]} on {ports}"
        if reached(network, caller, called):
            possible.add(names)
    for one, other, _ in ALLOWED:
        if "*" not in one + other and (one, other) not in possible:
            yield f"{one} does not reach {other}"


def _addresses(network: Network) -> Iterator[str]:
    for node in network.nodes:
        if node.name == "load balancer":
            continue
        if node.addressed:
            yield f"{node.name} asks for a public address"
        for subnet in node.subnets:
            if subnet.public:
                yield f"{node.name} is in {subnet.name}, which has a route to the internet"
            if subnet.gives_addresses:
                yield f"{node.name} is in {subnet.name}, which gives public addresses"


def _loose_rules(network: Network) -> Iterator[str]:
    for group in network.groups.values():
        for rule in group.egress:
            if rule.ports.protocol == ANY and _matches(network, rule, None):
                yield f"{group.name} allows calls to everywhere"
    # A range of addresses would admit any future node in it.
    for node in network.nodes:
        for key in node.groups if node.name == "redis" else ():
            for rule in network.groups[key].ingress:
                if rule.cidr:
                    yield f"redis admits {rule.cidr} on {rule.ports}"


def _is_public(node: Node) -> bool:
    return any(one.public and (node.addressed or one.gives_addresses) for one in node.subnets)


def _matches(network: Network, rule: Rule, node: Node | None) -> bool:
    """Return whether a rule applies to a node, or to addresses outside the VPC."""
    addresses = rule.cidr
    if addresses is None:
        return node is not None and rule.peer in node.groups
    if node is None:
        is_inside = isinstance(addresses, IPv4Network) and addresses.subnet_of(network.vpc)
        return not is_inside and not addresses.is_loopback
    return isinstance(addresses, IPv4Network) and any(
        addresses.overlaps(subnet.cidr) for subnet in node.subnets
    )
