"""Who reaches whom: what security groups and routes allow, against the table of what they may."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from ipaddress import ip_network

from sentry_oms.names import ENVIRONMENTS
from tools.lint.deployed import deployed
from tools.lint.reachability.network import INTERNET, Network, Node, Rule, within
from tools.lint.reachability.ports import ANY, Ports, common
from tools.lint.verdict import Verdict


def tcp(*ports: int) -> tuple[Ports, ...]:
    """Single TCP ports."""
    return tuple(Ports("tcp", port, port) for port in ports)


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
"""Who may reach whom, by names or patterns, on which ports; nobody else may reach anybody.

A row without a pattern must be reached, too.
"""


def networks() -> list[Network]:
    """The network of every environment as it is deployed."""
    return [Network(environment, deployed(environment)) for environment in ENVIRONMENTS]


def judge() -> Verdict:
    """Compare every environment with the table."""
    faults = [fault for network in networks() for fault in findings(network)]
    summary = [f"{len(ALLOWED)} rows in {len(networks())} environments"]
    return Verdict("reachability", len(ALLOWED), faults, [], summary)


def findings(network: Network) -> Iterator[str]:
    """Yield a line for what differs from the table, for public addresses and for loose rules."""
    for fault in (
        *_edges(network),
        *_addresses(network),
        *_loose_rules(network),
        *network.strangers(),
    ):
        yield f"{network.environment}: {fault}"


def admitted(network: Network, caller: Node | None, called: Node | None) -> list[Ports]:
    """Return what the groups of both allow, whether anything listens there or not.

    Args:
        network: of the environment.
        caller: who calls; None for the internet.
        called: who is called; None for the internet.
    """
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
        return sorted(set(let_in)) if _is_public(network, called) else []
    return common(let_in, let_out)


def reached(network: Network, caller: Node | None, called: Node | None) -> list[Ports]:
    """Return what the groups allow and something listens on; anything may listen outside."""
    found = admitted(network, caller, called)
    return common(found, called.listens) if called else found


def pairs(network: Network) -> Iterator[tuple[Node | None, Node | None]]:
    """Everybody who may call, with everybody who may be called; an endpoint only answers."""
    callers = [node for node in network.nodes if not node.name.startswith("endpoint")]
    for caller in (None, *callers):
        for called in (*network.nodes, None):
            if (caller, called) != (None, None):
                yield caller, called


def named(node: Node | None) -> str:
    """The name of a node, or the internet."""
    return node.name if node else INTERNET


def _edges(network: Network) -> Iterator[str]:
    met = set()
    for caller, called in pairs(network):
        names = (named(caller), named(called))
        allowed = [
            ports
            for one, other, some in ALLOWED
            if fnmatchcase(names[0], one) and fnmatchcase(names[1], other)
            for ports in some
        ]
        for ports in admitted(network, caller, called):
            if not ports.lies_in(allowed):
                yield f"{names[0]} reaches {names[1]} on {ports}"
        if reached(network, caller, called):
            met.add(names)
    for one, other, _ in ALLOWED:
        if "*" not in one + other and (one, other) not in met:
            yield f"{one} does not reach {other}"


def _addresses(network: Network) -> Iterator[str]:
    for node in network.nodes:
        if node.name == "load balancer":
            continue
        if node.addressed:
            yield f"{node.name} asks for a public address"
        for subnet in (network.subnets[place] for place in node.subnets):
            if subnet.public:
                yield f"{node.name} stands in {subnet.name}, which has a route to the internet"
            if subnet.gives_addresses:
                yield f"{node.name} stands in {subnet.name}, which gives public addresses"


def _loose_rules(network: Network) -> Iterator[str]:
    for key, group in network.groups.items():
        for rule in group.egress:
            if rule.ports.protocol == ANY and _matches(network, rule, None):
                yield f"{group.name} may go everywhere"
        # A range of addresses would admit whatever stands in it, today or tomorrow.
        of_redis = any(key in node.groups for node in network.nodes if node.name == "redis")
        for rule in group.ingress if of_redis else ():
            if rule.cidr:
                yield f"redis lets in {rule.cidr} on {rule.ports}"


def _is_public(network: Network, node: Node) -> bool:
    subnets = [network.subnets[place] for place in node.subnets]
    return any(subnet.public and (node.addressed or subnet.gives_addresses) for subnet in subnets)


def _matches(network: Network, rule: Rule, node: Node | None) -> bool:
    """Whether a rule is about a node, or about addresses outside the VPC; loopback is nobody's."""
    if node is None:
        return (
            bool(rule.cidr)
            and not within(rule.cidr, network.vpc)
            and not ip_network(rule.cidr).is_loopback
        )
    if rule.group in node.groups:
        return True
    if not rule.cidr or ":" in rule.cidr:
        return False
    subnets = [ip_network(network.subnets[place].cidr) for place in node.subnets]
    return any(ip_network(rule.cidr).overlaps(subnet) for subnet in subnets)
