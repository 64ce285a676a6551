"""Security groups for the drift detection, which in ministack does not know them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sentry_oms.aws.absence import none_if_absent
from sentry_oms.local.provider import Properties, Reader

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
"""EC2's list of peers: what names one there, and in a rule in and out of a template."""
_IN, _OUT = 1, 2


class SecurityGroup(Reader):
    """``AWS::EC2::SecurityGroup``: its description, and each rule as a template has it."""

    type = "AWS::EC2::SecurityGroup"
    reads = frozenset({"GroupDescription", "SecurityGroupEgress", "SecurityGroupIngress"})

    def read(self, physical_id: str) -> Properties | None:
        """The group as it is; None where there is none."""
        ec2 = self.aws.client("ec2")
        found = none_if_absent(
            lambda: ec2.describe_security_groups(GroupIds=[physical_id])["SecurityGroups"],
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
        shared = {
            key: permission[key]
            for key in ("IpProtocol", "FromPort", "ToPort")
            if key in permission
        }
        for peers, names in _PEERS.items():
            for peer in permission.get(peers, []):
                named = {names[direction]: peer[names[0]]}
                said = {key: peer[key] for key in ("Description",) if key in peer}
                yield {**shared, **named, **said}
