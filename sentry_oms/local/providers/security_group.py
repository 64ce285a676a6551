"""Security groups, which ministack's drift detection can't check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sentry_oms.aws.absence import none_if_absent
from sentry_oms.local.provider import Aws, Properties, Reader

Permission = Mapping[str, Any]
"""An IpPermission of EC2: a protocol, ports, and any number of peers.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
"""

_PEERS = {
    "IpRanges": ("CidrIp", "CidrIp", "CidrIp"),
    "Ipv6Ranges": ("CidrIpv6", "CidrIpv6", "CidrIpv6"),
    "UserIdGroupPairs": ("GroupId", "SourceSecurityGroupId", "DestinationSecurityGroupId"),
    "PrefixListIds": ("PrefixListId", "SourcePrefixListId", "DestinationPrefixListId"),
}
"""EC2's lists of peers: the peer's key there, and in a template's ingress and egress rules."""
_IN, _OUT = 1, 2


def _read(aws: Aws, group_id: str) -> Properties | None:
    ec2 = aws.client("ec2")
    found = none_if_absent(
        lambda: ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"],
        "InvalidGroup.NotFound",
    )
    if not found:
        return None
    (group,) = found
    return {
        "GroupDescription": group["Description"],
        "SecurityGroupIngress": list(_rules(group["IpPermissions"], _IN)),
        "SecurityGroupEgress": list(_rules(group["IpPermissionsEgress"], _OUT)),
    }


def _rules(permissions: list[Permission], direction: int) -> Iterator[dict[str, Any]]:
    for permission in permissions:
        ports = {
            key: permission[key]
            for key in ("IpProtocol", "FromPort", "ToPort")
            if key in permission
        }
        for peers, names in _PEERS.items():
            for peer in permission.get(peers, []):
                rule = {**ports, names[direction]: peer[names[0]]}
                yield rule | {key: peer[key] for key in ("Description",) if key in peer}


READER = Reader(
    "AWS::EC2::SecurityGroup",
    frozenset({"GroupDescription", "SecurityGroupEgress", "SecurityGroupIngress"}),
    _read,
)
