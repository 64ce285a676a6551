"""Who reaches whom, and the sentences that must be true of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from sentry_oms.names import ENVIRONMENTS
from tests.judges.deployed import deployed
from tests.judges.reachability.network import INTERNET, Network, Node, Rule, within
from tests.judges.reachability.ports import ANY, Ports, common
from tests.judges.verdict import Verdict

WEB = (Ports("tcp", 80, 80), Ports("tcp", 443, 443))

BEHIND_LOAD_BALANCER = ("service frontend", "service websocket")
REDIS_CLIENTS = ("service oms", "service websocket")

SENTENCES = (
    "The internet reaches the load balancer, on 80 and 443, and nothing else.",
    "The load balancer reaches the services behind it, on their ports, and nothing else.",
    "Redis is reached by its clients, on its own port, and by nothing else.",
    "The order management service is reached by nobody.",
    "No task and no Redis has a public address, or stands in a subnet that a public one reaches.",
    "Redis calls nobody, and a group names where it may go.",
    "All that has an interface in the VPC is judged.",
)


def networks() -> list[Network]:
    """Of every environment, as it is deployed."""
    return [Network(environment, deployed(environment)) for environment in ENVIRONMENTS]


def judge() -> Verdict:
    """Every sentence in every environment."""
    faults = [fault for network in networks() for fault in findings(network)]
    summary = [f"{len(SENTENCES)} sentences in {len(networks())} environments"]
    return Verdict("reachability", len(SENTENCES), faults, [], summary)


def admitted(network: Network, caller: Node | None, called: Node) -> list[Ports]:
    """What the groups of both let through, whether anything listens there or not.

    Args:
        network: of the environment.
        caller: who calls; None for the internet.
        called: who is called.
    """
    let_in = [
        rule.ports
        for group in called.groups
        for rule in network.groups[group].ingress
        if _is_from(network, rule, caller)
    ]
    if caller is None:
        return sorted(set(let_in)) if _is_public(network, called) else []
    let_out = [
        rule.ports
        for group in caller.groups
        for rule in network.groups[group].egress
        if _is_to(network, rule, called)
    ]
    return common(let_in, let_out)


def reached(network: Network, caller: Node | None, called: Node) -> list[Ports]:
    """What the groups let through and something listens on."""
    return common(admitted(network, caller, called), called.listens)


def calls_out(network: Network, caller: Node) -> list[Ports]:
    """What a node may call outside the VPC."""
    rules = [rule for group in caller.groups for rule in network.groups[group].egress]
    return sorted({rule.ports for rule in rules if _is_outside(network, rule)})


def findings(network: Network) -> Iterator[str]:
    """What is not as the sentences say, a line each."""
    for number, judge in enumerate(_JUDGES):
        for fault in judge(network):
            yield f"{network.environment}: {fault}. But: {SENTENCES[number]}"


def _internet(network: Network) -> Iterator[str]:
    for node in network.nodes:
        allowed = WEB if node.name == "load balancer" else ()
        yield from _too_much(INTERNET, node, admitted(network, None, node), allowed)
    if not any(reached(network, None, node) for node in network.nodes):
        yield "the internet reaches nothing"


def _load_balancer(network: Network) -> Iterator[str]:
    listens = [ports for node in _behind(network) for ports in node.listens]
    for balancer in _named(network, "load balancer"):
        for node in network.nodes:
            # The services behind it share a group, so each is let in on the ports of both.
            allowed = listens if node.name in BEHIND_LOAD_BALANCER else []
            found = admitted(network, balancer, node)
            yield from _too_much(balancer.name, node, found, allowed)
        for outside in calls_out(network, balancer):
            yield f"the load balancer may call the internet on {outside}"
        for node in _behind(network):
            if reached(network, balancer, node) != sorted(node.listens):
                yield f"the load balancer does not reach {node.name}"


def _redis(network: Network) -> Iterator[str]:
    for redis in _named(network, "redis"):
        for node in network.nodes:
            found = admitted(network, node, redis)
            allowed = redis.listens if node.name in REDIS_CLIENTS else ()
            yield from _too_much(node.name, redis, found, allowed)
            if allowed and not found:
                yield f"{node.name} does not reach redis"
        # A range of addresses would let in whoever stands in it, today or tomorrow.
        for group in redis.groups:
            for rule in network.groups[group].ingress:
                if rule.cidr:
                    yield f"redis lets in {rule.cidr} on {rule.ports}"


def _order_management(network: Network) -> Iterator[str]:
    for oms in _named(network, "service oms"):
        for node in network.nodes:
            yield from _too_much(node.name, oms, admitted(network, node, oms), ())


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


def _egress(network: Network) -> Iterator[str]:
    for redis in _named(network, "redis"):
        for outside in calls_out(network, redis):
            yield f"redis may call the internet on {outside}"
        for node in network.nodes:
            yield from _too_much(redis.name, node, admitted(network, redis, node), ())
    for group in network.groups.values():
        for rule in group.egress:
            if rule.ports.protocol == ANY and _is_outside(network, rule):
                yield f"{group.name} may go everywhere"


def _strangers(network: Network) -> Iterator[str]:
    for stranger in network.strangers():
        yield f"{stranger} is not known here"


_JUDGES = (
    _internet,
    _load_balancer,
    _redis,
    _order_management,
    _addresses,
    _egress,
    _strangers,
)


def _too_much(
    caller: str, called: Node, found: Sequence[Ports], allowed: Sequence[Ports]
) -> Iterator[str]:
    for ports in found:
        if not ports.lies_in(allowed):
            yield f"{caller} reaches {called.name} on {ports}"


def _behind(network: Network) -> list[Node]:
    return [node for node in network.nodes if node.name in BEHIND_LOAD_BALANCER]


def _named(network: Network, name: str) -> list[Node]:
    return [node for node in network.nodes if node.name == name]


def _is_public(network: Network, node: Node) -> bool:
    subnets = [network.subnets[place] for place in node.subnets]
    return any(subnet.public and (node.addressed or subnet.gives_addresses) for subnet in subnets)


def _is_from(network: Network, rule: Rule, caller: Node | None) -> bool:
    if caller is None:
        return _is_outside(network, rule)
    return rule.group in caller.groups or _overlaps(network, rule, caller)


def _is_to(network: Network, rule: Rule, called: Node) -> bool:
    return rule.group in called.groups or _overlaps(network, rule, called)


def _overlaps(network: Network, rule: Rule, node: Node) -> bool:
    if not rule.cidr or ":" in rule.cidr:
        return False
    subnets = [ip_network(network.subnets[place].cidr) for place in node.subnets]
    return any(ip_network(rule.cidr).overlaps(subnet) for subnet in subnets)


def _is_outside(network: Network, rule: Rule) -> bool:
    """Whether a rule is about addresses that are not the VPC's; a host's own are nobody's."""
    if not rule.cidr:
        return False
    return not within(rule.cidr, network.vpc) and not ip_network(rule.cidr).is_loopback
