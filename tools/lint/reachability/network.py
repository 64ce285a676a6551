"""The network of an environment: nodes with an interface in the VPC, groups, subnets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, NamedTuple

from sentry_oms import names
from sentry_oms.cloudformation.placeholders import Place, of_resource
from sentry_oms.cloudformation.templates import Template
from tools.lint.deployed import REGION

ANY = "-1"
"""The protocol of a rule for every protocol and port."""

LAST = 65535
EVERYWHERE = "0.0.0.0/0"
SUBNET_GROUP = "AWS::ElastiCache::SubnetGroup"

KNOWN = {
    "AWS::EC2::NatGateway",  # It only answers calls from inside.
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECS::Service",
    "AWS::ElastiCache::ReplicationGroup",
    SUBNET_GROUP,
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
}
"""The types that may refer to a subnet or to a security group."""


class Ports(NamedTuple):
    """A range of ports of a protocol, or of ANY."""

    protocol: str
    first: int = 0
    last: int = LAST

    def __str__(self) -> str:
        protocol = "any protocol" if self.protocol == ANY else self.protocol
        if (self.first, self.last) == (0, LAST):
            return protocol
        span = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{protocol} {span}"

    def common(self, other: Ports) -> Ports | None:
        """Return the ports in both ranges."""
        if ANY not in (self.protocol, other.protocol) and self.protocol != other.protocol:
            return None
        protocol = other.protocol if self.protocol == ANY else self.protocol
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Ports(protocol, first, last) if first <= last else None


def tcp(*ports: int) -> list[Ports]:
    """Return single TCP ports."""
    return [Ports("tcp", port, port) for port in sorted(ports)]


def common(some: Iterable[Ports], others: Iterable[Ports]) -> list[Ports]:
    """Return the ranges in both, each once, in order."""
    others = list(others)
    both = {one.common(other) for one in some for other in others}
    return sorted(ports for ports in both if ports)


class Rule(NamedTuple):
    """A rule of a security group; the peer is a group's ID or a range of addresses."""

    ports: Ports
    peer: str

    @property
    def cidr(self) -> IPv4Network | IPv6Network | None:
        """The range of addresses, if the peer is one."""
        return ip_network(self.peer) if "/" in self.peer else None


class Group(NamedTuple):
    """A security group, named by stack and logical ID."""

    name: str
    ingress: list[Rule]
    egress: list[Rule]


class Subnet(NamedTuple):
    """A subnet, named by stack and logical ID; a public one has a route to the internet."""

    name: str
    cidr: IPv4Network
    public: bool
    gives_addresses: bool


class Node(NamedTuple):
    """A resource in the VPC; ``addressed`` if it asks for a public address."""

    name: str
    groups: list[str]
    subnets: list[Subnet]
    listens: list[Ports]
    addressed: bool = False


@dataclass(frozen=True)
class Network:
    """The network of an environment, read from its templates by stack."""

    environment: str
    templates: Mapping[str, Template]

    @cached_property
    def vpc(self) -> IPv4Network:
        """The VPC's addresses."""
        return next(IPv4Network(vpc["CidrBlock"]) for _, vpc in self._all("AWS::EC2::VPC"))

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        """The security groups by ID."""
        # AWS adds this rule to a group without one.
        default = [Rule(Ports(ANY), EVERYWHERE)]
        return {
            self._id(name, "GroupId"): Group(
                name,
                self._rules(name, group, "Ingress", "Source"),
                self._rules(name, group, "Egress", "Destination") or default,
            )
            for name, group in self._all("AWS::EC2::SecurityGroup")
        }

    @cached_property
    def subnets(self) -> Mapping[str, Subnet]:
        """The subnets by ID."""
        gateways = [self._id(name) for name, _ in self._all("AWS::EC2::InternetGateway")]
        public_tables = [
            route["RouteTableId"]
            for _, route in self._all("AWS::EC2::Route")
            if route.get("GatewayId") in gateways
        ]
        associations = [one for _, one in self._all("AWS::EC2::SubnetRouteTableAssociation")]
        tables = {one["SubnetId"]: one["RouteTableId"] for one in associations}
        return {
            self._id(name): Subnet(
                name,
                IPv4Network(subnet["CidrBlock"]),
                # Without its own table it uses the VPC's main table, which no template defines.
                tables.get(self._id(name)) in [None, *public_tables],
                bool(subnet.get("MapPublicIpOnLaunch", False)),
            )
            for name, subnet in self._all("AWS::EC2::Subnet")
        }

    @cached_property
    def nodes(self) -> list[Node]:
        """Everything that can be reached, or that calls."""
        return [*self._nodes()]

    def unknown(self) -> Iterator[str]:
        """Yield each resource of another type that refers to a subnet or to a group."""
        ids = [*self.subnets, *self.groups]
        for stack, template in self.templates.items():
            for key, one in template["Resources"].items():
                text = str(one.get("Properties", {}))
                if one["Type"] not in KNOWN and any(id_ in text for id_ in ids):
                    yield f"{stack}/{key} ({one['Type']}) is not known here"

    def _nodes(self) -> Iterator[Node]:
        for name, one in self._all("AWS::ElasticLoadBalancingV2::LoadBalancer"):
            listeners = self._all("AWS::ElasticLoadBalancingV2::Listener")
            own = (one for _, one in listeners if one["LoadBalancerArn"] == self._id(name))
            yield Node(
                "load balancer",
                one["SecurityGroups"],
                self._placed(one["Subnets"]),
                tcp(*(int(listener["Port"]) for listener in own)),
                one.get("Scheme", "internet-facing") == "internet-facing",
            )
        for name, one in self._all("AWS::ECS::Service"):
            stack = name.partition("/")[0]
            network = one["NetworkConfiguration"]["AwsvpcConfiguration"]
            containers = [
                container
                for owner, task in self._all("AWS::ECS::TaskDefinition")
                if owner.partition("/")[0] == stack
                for container in task["ContainerDefinitions"]
            ]
            mappings = (port for one in containers for port in one.get("PortMappings", []))
            yield Node(
                stack.replace("task-", "service "),
                network["SecurityGroups"],
                self._placed(network["Subnets"]),
                tcp(*(int(mapping["ContainerPort"]) for mapping in mappings)),
                network.get("AssignPublicIp", "DISABLED") != "DISABLED",
            )
        for _, one in self._all("AWS::ElastiCache::ReplicationGroup"):
            subnets = {self._id(key): group for key, group in self._all(SUBNET_GROUP)}
            placed = self._placed(subnets[one["CacheSubnetGroupName"]]["SubnetIds"])
            yield Node("redis", one["SecurityGroupIds"], placed, tcp(int(one.get("Port", 6379))))
        for name, one in self._all("AWS::EC2::VPCEndpoint"):
            if one.get("VpcEndpointType") == "Interface":
                placed = self._placed(one["SubnetIds"])
                yield Node(f"endpoint {name}", one["SecurityGroupIds"], placed, tcp(443))

    def _placed(self, subnets: Iterable[str]) -> list[Subnet]:
        return [self.subnets[one] for one in subnets]

    def _rules(self, name: str, group: Mapping[str, Any], direction: str, other: str) -> list[Rule]:
        """Return the rules of a group: its own, and those that are resources of their own."""
        rules = [*group.get(f"SecurityGroup{direction}", [])]
        separate = self._all(f"AWS::EC2::SecurityGroup{direction}")
        rules += [rule for _, rule in separate if rule["GroupId"] == self._id(name, "GroupId")]
        return [_rule(rule, f"{other}SecurityGroupId") for rule in rules]

    def _all(self, type_: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the resources of a type: stack and logical ID, and properties."""
        for stack, template in self.templates.items():
            for key, one in template["Resources"].items():
                if one["Type"] == type_:
                    yield f"{stack}/{key}", one.get("Properties", {})

    def _id(self, name: str, attribute: str = "") -> str:
        stack, _, key = name.partition("/")
        one = self.templates[stack]["Resources"][key]
        place = Place(names.stack_name(stack, self.environment), REGION, key)
        return of_resource(place, one["Type"], one.get("Properties", {}), attribute)


def _rule(rule: Mapping[str, Any], group: str) -> Rule:
    ports = Ports(str(rule["IpProtocol"]))
    if ports.protocol in ("tcp", "udp") and int(rule.get("FromPort", -1)) >= 0:
        ports = Ports(ports.protocol, int(rule["FromPort"]), int(rule["ToPort"]))
    # A prefix list counts as everywhere.
    return Rule(ports, rule.get(group) or rule.get("CidrIp") or rule.get("CidrIpv6") or EVERYWHERE)
