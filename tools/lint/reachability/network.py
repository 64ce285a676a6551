"""The network of an environment: nodes with an interface in the VPC, groups, subnets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sentry_oms import names
from sentry_oms.cloudformation.placeholders import Place, of_resource
from sentry_oms.cloudformation.templates import Template
from tools.lint.deployed import REGION

ANY = "-1"
"""The protocol of a rule for every protocol and port."""

LAST = 65535
EVERYWHERE = "0.0.0.0/0"

PLACED = {
    "NetworkInterfaces",
    "SecurityGroupIds",
    "SecurityGroups",
    "SubnetId",
    "SubnetIds",
    "Subnets",
    "VPCZoneIdentifier",
    "VpcConfig",
    "VpcSecurityGroupIds",
}
"""Properties that give a resource an interface in the VPC."""

KNOWN = {
    "AWS::EC2::NatGateway",  # It only answers calls from inside.
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECS::Service",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
}
"""Types with such properties that are nodes, or no node."""


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


def tcp(*ports: int) -> tuple[Ports, ...]:
    """Return single TCP ports."""
    return tuple(Ports("tcp", port, port) for port in ports)


def common(some: Iterable[Ports], others: Iterable[Ports]) -> list[Ports]:
    """Return the ranges in both, each once, in order."""
    others = list(others)
    both = {one.common(other) for one in some for other in others}
    return sorted(ports for ports in both if ports)


class Rule(NamedTuple):
    """A rule of a security group, for another group or for a range of addresses."""

    ports: Ports
    group: str = ""
    cidr: str = ""


class Group(NamedTuple):
    """A security group, named by stack and logical ID."""

    name: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


class Subnet(NamedTuple):
    """A subnet, named by stack and logical ID.

    Args:
        public: it has a route to the internet gateway.
        gives_addresses: its instances get public addresses.
    """

    name: str
    cidr: str
    public: bool
    gives_addresses: bool


class Node(NamedTuple):
    """A resource with an interface in the VPC.

    Args:
        groups: the IDs of its security groups.
        subnets: the IDs of its subnets.
        listens: the ports that it listens on.
        addressed: it asks for a public address.
    """

    name: str
    groups: Sequence[str]
    subnets: Sequence[str]
    listens: Sequence[Ports]
    addressed: bool = False


@dataclass(frozen=True)
class Network:
    """The network of an environment, read from its templates by stack."""

    environment: str
    templates: Mapping[str, Template]

    @cached_property
    def vpc(self) -> str:
        """The VPC's addresses."""
        return next(str(vpc["CidrBlock"]) for _, _, vpc in self._all("AWS::EC2::VPC"))

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        """The security groups by ID."""
        return {
            self._id(stack, key, "GroupId"): Group(
                f"{stack}/{key}",
                self._rules(stack, key, group, "Ingress", "Source"),
                # AWS adds this rule to a group without one.
                self._rules(stack, key, group, "Egress", "Destination")
                or (Rule(Ports(ANY), cidr=EVERYWHERE),),
            )
            for stack, key, group in self._all("AWS::EC2::SecurityGroup")
        }

    @cached_property
    def subnets(self) -> Mapping[str, Subnet]:
        """The subnets by ID."""
        gateways = [self._id(*one[:2]) for one in self._all("AWS::EC2::InternetGateway")]
        public_tables = [
            route["RouteTableId"]
            for _, _, route in self._all("AWS::EC2::Route")
            if route.get("GatewayId") in gateways
        ]
        tables = {
            one["SubnetId"]: one["RouteTableId"]
            for _, _, one in self._all("AWS::EC2::SubnetRouteTableAssociation")
        }
        found = {}
        for stack, key, subnet in self._all("AWS::EC2::Subnet"):
            place = self._id(stack, key)
            # Without a table of its own it uses the VPC's main table, which no template defines.
            is_public = place not in tables or tables[place] in public_tables
            gives_addresses = bool(subnet.get("MapPublicIpOnLaunch", False))
            name = f"{stack}/{key}"
            found[place] = Subnet(name, subnet["CidrBlock"], is_public, gives_addresses)
        return found

    @cached_property
    def nodes(self) -> list[Node]:
        """Everything that can be reached, or that calls."""
        return [*self._nodes()]

    def unknown(self) -> Iterator[str]:
        """Yield each resource with an interface whose type is not known here."""
        for stack, template in self.templates.items():
            for key, one in template["Resources"].items():
                if PLACED & one.get("Properties", {}).keys() and one["Type"] not in KNOWN:
                    yield f"{stack}/{key} ({one['Type']}) is not known here"

    def _nodes(self) -> Iterator[Node]:
        for stack, key, one in self._all("AWS::ElasticLoadBalancingV2::LoadBalancer"):
            ports = [
                int(listener["Port"])
                for _, _, listener in self._all("AWS::ElasticLoadBalancingV2::Listener")
                if listener["LoadBalancerArn"] == self._id(stack, key)
            ]
            is_public = one.get("Scheme", "internet-facing") == "internet-facing"
            groups, listens = one["SecurityGroups"], tcp(*sorted(ports))
            yield Node("load balancer", groups, one["Subnets"], listens, is_public)
        for stack, _, one in self._all("AWS::ECS::Service"):
            network = one["NetworkConfiguration"]["AwsvpcConfiguration"]
            ports = [
                int(mapping["ContainerPort"])
                for owner, _, task in self._all("AWS::ECS::TaskDefinition")
                if owner == stack
                for container in task["ContainerDefinitions"]
                for mapping in container.get("PortMappings", [])
            ]
            name, groups = stack.replace("task-", "service "), network["SecurityGroups"]
            addressed = network.get("AssignPublicIp", "DISABLED") != "DISABLED"
            yield Node(name, groups, network["Subnets"], tcp(*ports), addressed)
        subnets = {
            self._id(stack, key): one["SubnetIds"]
            for stack, key, one in self._all("AWS::ElastiCache::SubnetGroup")
        }
        for _, _, one in self._all("AWS::ElastiCache::ReplicationGroup"):
            placed, listens = subnets[one["CacheSubnetGroupName"]], tcp(int(one.get("Port", 6379)))
            yield Node("redis", one["SecurityGroupIds"], placed, listens)
        for _, key, one in self._all("AWS::EC2::VPCEndpoint"):
            if one.get("VpcEndpointType") == "Interface":
                yield Node(f"endpoint {key}", one["SecurityGroupIds"], one["SubnetIds"], tcp(443))

    def _rules(
        self, stack: str, key: str, group: Mapping[str, Any], direction: str, other: str
    ) -> tuple[Rule, ...]:
        """Return the rules of a group: its own, and those that are resources of their own."""
        place = self._id(stack, key, "GroupId")
        separate = [
            rule
            for _, _, rule in self._all(f"AWS::EC2::SecurityGroup{direction}")
            if rule["GroupId"] == place
        ]
        own = group.get(f"SecurityGroup{direction}", [])
        return tuple(_rule(rule, f"{other}SecurityGroupId") for rule in (*own, *separate))

    def _all(self, kind: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for stack, template in self.templates.items():
            for key, one in template["Resources"].items():
                if one["Type"] == kind:
                    yield stack, key, one.get("Properties", {})

    def _id(self, stack: str, key: str, attribute: str = "") -> str:
        one = self.templates[stack]["Resources"][key]
        place = Place(names.stack_name(stack, self.environment), REGION, key)
        return of_resource(place, one["Type"], one.get("Properties", {}), attribute)


def _rule(rule: Mapping[str, Any], other: str) -> Rule:
    ports = Ports(str(rule["IpProtocol"]))
    if ports.protocol in ("tcp", "udp") and int(rule.get("FromPort", -1)) >= 0:
        ports = Ports(ports.protocol, int(rule["FromPort"]), int(rule["ToPort"]))
    group = rule.get(other, "")
    # A prefix list counts as everywhere.
    cidr = rule.get("CidrIp") or rule.get("CidrIpv6") or ("" if group else EVERYWHERE)
    return Rule(ports, group, cidr)
