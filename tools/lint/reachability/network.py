"""The network of an environment: what has an interface, where it stands, and its groups' rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_network
from typing import Any, NamedTuple

from sentry_oms import names
from sentry_oms.cloudformation.placeholders import Place, of_resource
from sentry_oms.cloudformation.templates import Template
from tools.lint.deployed import REGION
from tools.lint.reachability.ports import ANY, LAST, Ports

INTERNET = "internet"

PLACED = (
    "NetworkInterfaces",
    "SecurityGroupIds",
    "SecurityGroups",
    "SubnetId",
    "SubnetIds",
    "Subnets",
    "VPCZoneIdentifier",
    "VpcConfig",
    "VpcSecurityGroupIds",
)
"""Properties that give a resource an interface in the VPC."""

EVERYWHERE = ("0.0.0.0/0", "::/0")


class Rule(NamedTuple):
    """A rule of a security group.

    Args:
        ports: what it lets through.
        group: from or to whom, where it is another group.
        cidr: from or to whom, where it is a range of addresses; what else there is, such as a
            prefix list, counts as everywhere.
    """

    ports: Ports
    group: str = ""
    cidr: str = ""


class Group(NamedTuple):
    """A security group.

    Args:
        name: stack and logical ID.
        ingress: who may come in.
        egress: where it may go; without any, AWS adds a rule to everywhere.
    """

    name: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


class Subnet(NamedTuple):
    """A subnet.

    Args:
        name: stack and logical ID.
        cidr: its addresses.
        public: there is a route to the internet gateway, so a public address is reached.
        gives_addresses: what is started in it gets a public address.
    """

    name: str
    cidr: str
    public: bool
    gives_addresses: bool


class Node(NamedTuple):
    """What has an interface in the VPC.

    Args:
        name: as people call it.
        groups: IDs of its security groups.
        subnets: IDs of its subnets.
        listens: the ports that it listens on.
        addressed: it asks for a public address.
    """

    name: str
    groups: tuple[str, ...]
    subnets: tuple[str, ...]
    listens: tuple[Ports, ...]
    addressed: bool


@dataclass(frozen=True)
class Network:
    """All of it, read from the templates as the environment gets them.

    Args:
        environment: dev, staging or prod.
        templates: by stack.
    """

    environment: str
    templates: Mapping[str, Template]

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        """By ID, with the rules that stand by themselves."""
        return {
            self._id(stack, key, "GroupId"): Group(
                f"{stack}/{key}",
                self._rules(stack, key, "Ingress"),
                self._rules(stack, key, "Egress") or (Rule(Ports(ANY), cidr=EVERYWHERE[0]),),
            )
            for stack, key, _ in self._all("AWS::EC2::SecurityGroup")
        }

    @cached_property
    def subnets(self) -> Mapping[str, Subnet]:
        """By ID."""
        gateways = {
            self._id(stack, key) for stack, key, _ in self._all("AWS::EC2::InternetGateway")
        }
        open_tables = {
            route["RouteTableId"]
            for _, _, route in self._all("AWS::EC2::Route")
            if route.get("GatewayId") in gateways
        }
        tables = {
            association["SubnetId"]: association["RouteTableId"]
            for _, _, association in self._all("AWS::EC2::SubnetRouteTableAssociation")
        }
        found = {}
        for stack, key, subnet in self._all("AWS::EC2::Subnet"):
            place = self._id(stack, key)
            # A subnet without a table of its own has the VPC's, which is nobody's here.
            is_public = place not in tables or tables[place] in open_tables
            gives = bool(subnet.get("MapPublicIpOnLaunch", False))
            found[place] = Subnet(f"{stack}/{key}", subnet["CidrBlock"], is_public, gives)
        return found

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Everything that can be reached, or that calls."""
        return (*self._load_balancers(), *self._services(), *self._redis(), *self._endpoints())

    @cached_property
    def vpc(self) -> str:
        """The VPC's addresses."""
        return next(str(vpc["CidrBlock"]) for _, _, vpc in self._all("AWS::EC2::VPC"))

    def strangers(self) -> Iterator[str]:
        """Yield a line for each resource with an interface that this module does not know."""
        known = {
            "AWS::EC2::NatGateway",  # It only answers what was asked from inside.
            "AWS::EC2::SubnetRouteTableAssociation",
            "AWS::EC2::VPCEndpoint",
            "AWS::ECS::Service",
            "AWS::ElastiCache::ReplicationGroup",
            "AWS::ElastiCache::SubnetGroup",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
        }
        for stack, template in self.templates.items():
            for key, one in template["Resources"].items():
                placed = any(name in one.get("Properties", {}) for name in PLACED)
                if placed and one["Type"] not in known:
                    yield f"{stack}/{key} ({one['Type']}) is not known here"

    def _load_balancers(self) -> Iterator[Node]:
        for stack, key, one in self._all("AWS::ElasticLoadBalancingV2::LoadBalancer"):
            place = self._id(stack, key)
            listens = [
                Ports("tcp", int(listener["Port"]), int(listener["Port"]))
                for _, _, listener in self._all("AWS::ElasticLoadBalancingV2::Listener")
                if listener["LoadBalancerArn"] == place
            ]
            addressed = one.get("Scheme", "internet-facing") == "internet-facing"
            groups, subnets = tuple(one["SecurityGroups"]), tuple(one["Subnets"])
            yield Node("load balancer", groups, subnets, tuple(sorted(listens)), addressed)

    def _services(self) -> Iterator[Node]:
        for stack, _, one in self._all("AWS::ECS::Service"):
            network = one["NetworkConfiguration"]["AwsvpcConfiguration"]
            listens = [
                Ports(mapping.get("Protocol", "tcp"), port, port)
                for owner, _, task in self._all("AWS::ECS::TaskDefinition")
                if owner == stack
                for container in task["ContainerDefinitions"]
                for mapping in container.get("PortMappings", [])
                for port in [int(mapping["ContainerPort"])]
            ]
            yield Node(
                stack.replace("task-", "service "),
                tuple(network["SecurityGroups"]),
                tuple(network["Subnets"]),
                tuple(listens),
                network.get("AssignPublicIp", "DISABLED") != "DISABLED",
            )

    def _redis(self) -> Iterator[Node]:
        subnets = {
            self._id(stack, key): tuple(one["SubnetIds"])
            for stack, key, one in self._all("AWS::ElastiCache::SubnetGroup")
        }
        for _, _, one in self._all("AWS::ElastiCache::ReplicationGroup"):
            port = int(one.get("Port", 6379))
            groups, placed = tuple(one["SecurityGroupIds"]), subnets[one["CacheSubnetGroupName"]]
            yield Node("redis", groups, placed, (Ports("tcp", port, port),), False)

    def _endpoints(self) -> Iterator[Node]:
        for _, key, one in self._all("AWS::EC2::VPCEndpoint"):
            if one.get("VpcEndpointType") == "Interface":
                groups, subnets = tuple(one["SecurityGroupIds"]), tuple(one["SubnetIds"])
                yield Node(f"endpoint {key}", groups, subnets, (Ports("tcp", 443, 443),), False)

    def _rules(self, stack: str, key: str, direction: str) -> tuple[Rule, ...]:
        other = "Source" if direction == "Ingress" else "Destination"
        group = self.templates[stack]["Resources"][key].get("Properties", {})
        inline = group.get(f"SecurityGroup{direction}", [])
        place = self._id(stack, key, "GroupId")
        alone = [
            rule
            for _, _, rule in self._all(f"AWS::EC2::SecurityGroup{direction}")
            if rule["GroupId"] == place
        ]
        return tuple(_rule(rule, other) for rule in [*inline, *alone])

    def _all(self, kind: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for stack, template in self.templates.items():
            for key, one in template["Resources"].items():
                if one["Type"] == kind:
                    yield stack, key, one.get("Properties", {})

    def _id(self, stack: str, key: str, attribute: str = "") -> str:
        one = self.templates[stack]["Resources"][key]
        place = Place(names.stack_name(stack, self.environment), REGION, key)
        return of_resource(place, one["Type"], one.get("Properties", {}), attribute)


def within(cidr: str, other: str) -> bool:
    """Whether a range of addresses lies in another."""
    one, around = ip_network(cidr), ip_network(other)
    if one.version != around.version:
        return False
    first, last = int(one.network_address), int(one.broadcast_address)
    return int(around.network_address) <= first and last <= int(around.broadcast_address)


def _rule(rule: Mapping[str, Any], other: str) -> Rule:
    protocol = str(rule["IpProtocol"])
    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
    spans = protocol in ("tcp", "udp") and int(first) >= 0
    ports = Ports(protocol, int(first), int(last)) if spans else Ports(protocol, 0, LAST)
    group = rule.get(f"{other}SecurityGroupId", "")
    cidr = rule.get("CidrIp") or rule.get("CidrIpv6") or ("" if group else EVERYWHERE[0])
    return Rule(ports, group, cidr)
