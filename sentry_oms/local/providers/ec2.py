"""EC2 types that ministack lacks."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.provider import Place, Properties, Provider, Resource, dropped_tags
from sentry_oms.local.shapes import request


class ElasticIp(Provider):
    """``AWS::EC2::EIP``: ``Ref`` is the address, ``AllocationId`` an attribute."""

    type = "AWS::EC2::EIP"
    replacing = ("Domain", "NetworkBorderGroup", "PublicIpv4Pool")
    tagged = True

    def create(self, place: Place, properties: Properties) -> Resource:
        """Allocate an address."""
        ec2 = self.aws.client("ec2")
        address = ec2.allocate_address(Domain=properties.get("Domain", "vpc"))
        retag(ec2, address["AllocationId"], {}, properties)
        return _address(address)

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Only tags change in place."""
        ec2 = self.aws.client("ec2")
        address = self._find(physical_id)
        retag(ec2, address["AllocationId"], previous, properties)
        return _address(address)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Release the address."""
        self.aws.client("ec2").release_address(AllocationId=self._find(physical_id)["AllocationId"])

    def _find(self, public_ip: str) -> dict[str, Any]:
        addresses = self.aws.client("ec2").describe_addresses()["Addresses"]
        return next(address for address in addresses if address["PublicIp"] == public_ip)


class NatGateway(Provider):
    """``AWS::EC2::NatGateway``."""

    type = "AWS::EC2::NatGateway"
    replacing = ("SubnetId", "AllocationId", "ConnectivityType", "PrivateIpAddress")
    tagged = True

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the gateway; an unknown subnet is refused, as on AWS."""
        ec2 = self.aws.client("ec2")
        ec2.describe_subnets(SubnetIds=[properties["SubnetId"]])
        wanted = {
            key: properties[key]
            for key in ("SubnetId", "AllocationId", "ConnectivityType")
            if key in properties
        }
        gateway = ec2.create_nat_gateway(**wanted)["NatGateway"]
        retag(ec2, gateway["NatGatewayId"], {}, properties)
        return _gateway(gateway["NatGatewayId"])

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Only tags change in place."""
        retag(self.aws.client("ec2"), physical_id, previous, properties)
        return _gateway(physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the gateway; EC2 goes on listing it as deleted, as on AWS."""
        self.aws.client("ec2").delete_nat_gateway(NatGatewayId=physical_id)


class FlowLog(Provider):
    """``AWS::EC2::FlowLog``: everything but its tags replaces it."""

    type = "AWS::EC2::FlowLog"
    replacing = (
        "DeliverLogsPermissionArn",
        "LogDestination",
        "LogDestinationType",
        "LogFormat",
        "LogGroupName",
        "MaxAggregationInterval",
        "ResourceId",
        "ResourceType",
        "TrafficType",
    )
    tagged = True

    def create(self, place: Place, properties: Properties) -> Resource:
        """Log the traffic of one resource."""
        ec2 = self.aws.client("ec2")
        wanted = {
            key: value for key, value in properties.items() if key not in {"ResourceId", "Tags"}
        }
        wanted["ResourceIds"] = [properties["ResourceId"]]
        (flow_log,) = ec2.create_flow_logs(**request(ec2, "CreateFlowLogs", wanted))["FlowLogIds"]
        retag(ec2, flow_log, {}, properties)
        return Resource(flow_log, {"Id": flow_log})

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Only tags change in place."""
        retag(self.aws.client("ec2"), physical_id, previous, properties)
        return Resource(physical_id, {"Id": physical_id})

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Stop logging; what was delivered stays."""
        self.aws.client("ec2").delete_flow_logs(FlowLogIds=[physical_id])


def retag(ec2: Any, resource_id: str, previous: Properties, properties: Properties) -> None:
    """Bring the template's tags to the resource; tags from elsewhere stay."""
    dropped = dropped_tags(previous, properties)
    if dropped:
        ec2.delete_tags(Resources=[resource_id], Tags=[{"Key": key} for key in dropped])
    tags = properties.get("Tags", [])
    if tags:
        ec2.create_tags(**request(ec2, "CreateTags", {"Resources": [resource_id], "Tags": tags}))


def _address(address: dict[str, Any]) -> Resource:
    return Resource(
        address["PublicIp"],
        {"AllocationId": address["AllocationId"], "PublicIp": address["PublicIp"]},
    )


def _gateway(gateway_id: str) -> Resource:
    return Resource(gateway_id, {"NatGatewayId": gateway_id})
