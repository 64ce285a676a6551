"""OMS062: ranges, routes, endpoints and security rules are such as EC2 takes.

Sources:
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network
from itertools import combinations
from typing import Any

from sentry_oms.checks.by_kind import Found, beyond, by_kind, given, has, is_true, one_of, without
from sentry_oms.checks.evaluate import text_of
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published import read
from sentry_oms.checks.published.validator import number
from sentry_oms.checks.rule import Fault, Rule, Scope

TARGETS = (
    *("CarrierGatewayId", "CoreNetworkArn", "EgressOnlyInternetGatewayId", "GatewayId"),
    *("InstanceId", "LocalGatewayId", "NatGatewayId", "NetworkInterfaceId", "TransitGatewayId"),
    *("VpcEndpointId", "VpcPeeringConnectionId", "OdbNetworkArn"),
)
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
SOURCES = (
    *("CidrIp", "CidrIpv6", "SourcePrefixListId", "SourceSecurityGroupId"),
    *("DestinationPrefixListId", "DestinationSecurityGroupId", "SourceSecurityGroupName"),
)
DESCRIBED = r"^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}$"
PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "-1")

ROUTE_TABLE = {"pattern": "^rtb-"}
ROUTE = {
    "requiredOr": [*DESTINATIONS],
    "requiredXor": [*TARGETS],
    **has(
        RouteTableId=ROUTE_TABLE,
        GatewayId={"pattern": r"^(igw|vgw|vpce)-"},
        NatGatewayId={"pattern": r"^nat-"},
    ),
}
NAT = {
    **has(AllocationId={"pattern": "^eipalloc-"}, SubnetId={"pattern": "^subnet-"}),
    "if": {"required": ["ConnectivityType"], **has(ConnectivityType=one_of("private"))},
    "then": without("AllocationId", "SecondaryAllocationIds"),
    "else": {"required": ["AllocationId"]},
}
ENDPOINT = {
    "allOf": [has(RouteTableIds={"items": ROUTE_TABLE})],
    "if": {"required": ["VpcEndpointType"], **has(VpcEndpointType=one_of("Interface"))},
    "then": without("RouteTableIds"),
    "else": {
        **has(
            PrivateDnsEnabled=one_of(False),
            SubnetIds=False,
            SecurityGroupIds=False,
            ServiceName={"pattern": r"\.(s3|dynamodb|s3express)$"},
        )
    },
}
FLOW_LOG = {
    "allOf": [
        has(MaxAggregationInterval=one_of(60, 600)),
        given(
            {"LogDestinationType": one_of("s3")},
            has(
                LogDestination={"pattern": "^arn:aws[a-z-]*:s3:::"}, DeliverLogsPermissionArn=False
            ),
        ),
        {
            "if": {
                "required": ["LogDestinationType"],
                **has(LogDestinationType=one_of("s3", "kinesis-data-firehose")),
            },
            "else": {"required": ["DeliverLogsPermissionArn"]},
        },
    ]
}  # fmt: skip
GROUP = has(
    GroupName={"not": {"pattern": "^sg-"}, "pattern": DESCRIBED},
    GroupDescription={"pattern": DESCRIBED},
)
SCHEMAS = {
    "AWS::EC2::Route": ROUTE,
    "AWS::EC2::SubnetRouteTableAssociation": has(
        RouteTableId=ROUTE_TABLE, SubnetId={"pattern": "^subnet-"}
    ),
    "AWS::EC2::VPCGatewayAttachment": {
        "requiredOr": ["InternetGatewayId", "VpnGatewayId"],
        **has(InternetGatewayId={"pattern": "^igw-"}, VpcId={"pattern": "^vpc-"}),
    },
    "AWS::EC2::NatGateway": NAT,
    "AWS::EC2::VPCEndpoint": ENDPOINT,
    "AWS::EC2::FlowLog": FLOW_LOG,
    "AWS::EC2::SecurityGroup": GROUP,
}


def find(project: Project) -> Iterator[Fault]:
    """What a resource says of itself, then what subnets, routes and NATs say of each other."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(
        project,
        {
            "AWS::EC2::VPC": lambda vpc: _range(vpc, 16, 28),
            "AWS::EC2::Subnet": lambda subnet: _range(subnet, 16, 28),
            "AWS::EC2::Route": lambda route: _block(route, "DestinationCidrBlock"),
            "AWS::EC2::VPCEndpoint": _service,
            "AWS::EC2::SecurityGroup": _group,
            "AWS::EC2::SecurityGroupIngress": lambda rule: _rule(rule.properties),
            "AWS::EC2::SecurityGroupEgress": lambda rule: _rule(rule.properties),
        },
    )
    yield from _subnets(project)
    yield from _counted(project)
    yield from _twice(project, "AWS::EC2::Route", ("RouteTableId", *DESTINATIONS))
    yield from _twice(project, "AWS::EC2::SubnetRouteTableAssociation", ("SubnetId",))
    yield from _twice(project, "AWS::EC2::NatGateway", ("AllocationId",))
    yield from _names_of_endpoints(project)


def network(value: Any) -> IPv4Network | None:
    """A block of IPv4 addresses; None where it is none, or not known."""
    try:
        found = ip_network(value, strict=False) if isinstance(value, str) and "/" in value else None
    except ValueError:
        return None
    return found if isinstance(found, IPv4Network) else None


def _is_ipv6(value: str) -> bool:
    try:
        return ip_network(value, strict=False).version == 6
    except ValueError:
        return False


def _block(resource: Resource, name: str) -> Found:
    value = resource.properties.get(name)
    if isinstance(value, str) and network(value) is None:
        yield name, f"'{value}' is no block of addresses"


def _range(resource: Resource, widest: int, narrowest: int) -> Found:
    yield from _block(resource, "CidrBlock")
    block = network(resource.properties.get("CidrBlock"))
    if block and not widest <= block.prefixlen <= narrowest:
        yield "CidrBlock", f"{block} must have a mask from /{widest} to /{narrowest}"


def _counted(project: Project) -> Iterator[Fault]:
    """Uses of Fn::Cidr that ask for more blocks than the range holds."""
    for subnet in project.of_kind("AWS::EC2::Subnet"):
        raw = subnet.file.section("Resources")[subnet.key].get("Properties", {})
        expression = raw.get("CidrBlock")
        while isinstance(expression, dict) and "Fn::Select" in expression:
            expression = expression["Fn::Select"][-1]
        if not isinstance(expression, dict) or "Fn::Cidr" not in expression:
            continue
        evaluator = project.values.evaluator(subnet.file)
        block, count, bits = (evaluator.value(part) for part in expression["Fn::Cidr"])
        whole, asked, size = network(block), number(count), number(bits)
        if whole and asked and size and asked > 2 ** (32 - size - whole.prefixlen):
            message = f"{whole} does not hold {asked:.0f} blocks of {size:.0f} bits"
            yield subnet.fault("CidrBlock", message)


def _service(endpoint: Resource) -> Found:
    name = str(endpoint.properties.get("ServiceName"))
    found = re.fullmatch(r"com\.amazonaws\.([a-z0-9-]+)\.([a-z0-9.-]+)", name)
    region = endpoint.file.stack.region
    if not found:
        return
    services = {*read("iam")["principals"], *read("iam")["services"], "s3express"}
    if found[1] != region:
        yield "ServiceName", f"'{name}' is of {found[1]}, and the VPC of {region}"
    elif found[2].split(".")[0].removesuffix("-fips") not in services:
        yield "ServiceName", f"there is no service '{found[2]}'"


def _group(group: Resource) -> Found:
    for list_ in ("SecurityGroupIngress", "SecurityGroupEgress"):
        seen = []
        for at, rule in enumerate(group.properties.get(list_, [])):
            if not isinstance(rule, dict):
                continue
            for path, message in _rule(rule):
                yield f"{list_}.{at}.{path}".rstrip("."), message
            same = {key: text_of(value) for key, value in rule.items() if key != "Description"}
            if same in seen:
                yield f"{list_}.{at}", "is the same as a rule before it"
            seen.append(same)


def _rule(rule: dict[str, Any]) -> Found:
    named = [source for source in SOURCES if source in rule]
    if len(named) != 1:
        yield "", f"must have exactly one of {', '.join(SOURCES)}"
    for name in ("CidrIp",):
        if isinstance(rule.get(name), str) and network(rule[name]) is None:
            yield name, f"'{rule[name]}' is no block of addresses"
    protocol = text_of(rule.get("IpProtocol", "")).lower()
    if protocol not in PROTOCOLS and not (protocol.isdigit() and int(protocol) <= 255):
        yield "IpProtocol", f"'{protocol}' is none of {', '.join(PROTOCOLS)} or 0 to 255"
    least, most = number(rule.get("FromPort")), number(rule.get("ToPort"))
    if protocol in ("tcp", "udp", "6", "17"):
        for name in ("FromPort", "ToPort"):
            port = number(rule.get(name))
            if port is not None and not 0 <= port <= 65535:
                yield name, f"{port:.0f} is no port"
        if least is not None and most is not None and least > most:
            yield "FromPort", f"{least:.0f} is more than ToPort, {most:.0f}"
    if protocol in ("icmp", "1", "icmpv6", "58"):
        for name in ("FromPort", "ToPort"):
            kind = number(rule.get(name))
            if kind is not None and not -1 <= kind <= 255:
                yield name, f"{kind:.0f} is no type or code of ICMP"
    if isinstance(rule.get("CidrIpv6"), str) and not _is_ipv6(rule["CidrIpv6"]):
        yield "CidrIpv6", f"'{rule['CidrIpv6']}' is no block of addresses"
    description = rule.get("Description", "")
    if isinstance(description, str) and not re.match(DESCRIBED, description):
        yield "Description", "has a letter that it may not have, or more than 255"


def _subnets(project: Project) -> Iterator[Fault]:
    vpcs = {
        (vpc.file.name, vpc.key): network(vpc.properties.get("CidrBlock"))
        for vpc in project.of_kind("AWS::EC2::VPC")
    }
    subnets = [
        (subnet, block)
        for subnet in project.of_kind("AWS::EC2::Subnet")
        if subnet.is_there and (block := network(subnet.properties.get("CidrBlock")))
    ]
    for subnet, block in subnets:
        ranges = [one for (file, _), one in vpcs.items() if file == subnet.file.name and one]
        if ranges and not any(block.subnet_of(one) for one in ranges):
            yield subnet.fault("CidrBlock", f"{block} is outside {ranges[0]}, the VPC's")
    for (one, left), (other, right) in combinations(subnets, 2):
        same = one.properties.get("VpcId") == other.properties.get("VpcId")
        if same and left.overlaps(right):
            yield other.fault("CidrBlock", f"{right} overlaps {left} of {one.key}")


def _twice(project: Project, kind: str, names: tuple[str, ...]) -> Iterator[Fault]:
    seen: dict[object, str] = {}
    for resource in project.of_kind(kind):
        key = tuple(str(resource.properties.get(name)) for name in names)
        if resource.is_there and key != ("None",) * len(names):
            owner = seen.setdefault((resource.file.name, key), resource.key)
            if owner != resource.key:
                field = next(name for name in reversed(names) if name in resource.properties)
                yield resource.fault(field, f"is what {owner} has already")


def _names_of_endpoints(project: Project) -> Iterator[Fault]:
    nameless = {
        vpc.file.name
        for vpc in project.of_kind("AWS::EC2::VPC")
        if not is_true(vpc.properties.get("EnableDnsSupport", True))
        or not is_true(vpc.properties.get("EnableDnsHostnames", False))
    }
    for endpoint in project.of_kind("AWS::EC2::VPCEndpoint"):
        if is_true(endpoint.properties.get("PrivateDnsEnabled")) and endpoint.file.name in nameless:
            message = "needs EnableDnsSupport and EnableDnsHostnames of the VPC"
            yield endpoint.fault("PrivateDnsEnabled", message)


RULE = Rule(
    code="OMS062",
    title="A network is such as EC2 takes",
    cause=(
        "A range is too wide, too narrow, outside its VPC or overlaps another; a route has no "
        "target or two; a port or a protocol is none; an endpoint has what its kind may not have."
    ),
    remedy="correct the template, or the range that config gives",
    scope=Scope.STACKS,
    find=find,
)
