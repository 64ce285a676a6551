"""EC2 types that ministack lacks."""

from __future__ import annotations

from typing import ClassVar

from sentry_oms.local.provider import Place, Properties, Provider, Resource, Update
from sentry_oms.local.shapes import request


class _Ec2Provider(Provider):
    """A type of which only the tags change in place."""

    tagged = True
    id_attribute: ClassVar[str]
    """The attribute with the resource's ID."""

    def update(self, update: Update) -> Resource:
        """Update the tags."""
        ec2 = self.aws.client("ec2")
        resource = self._resource(update.physical_id)
        ids = [resource.attributes[self.id_attribute]]
        dropped = update.dropped_tags()
        if dropped:
            ec2.delete_tags(Resources=ids, Tags=[{"Key": key} for key in dropped])
        tags = update.properties.get("Tags", [])
        if tags:
            ec2.create_tags(**request(ec2, "CreateTags", {"Resources": ids, "Tags": tags}))
        return resource

    def _resource(self, physical_id: str) -> Resource:
        return Resource(physical_id, {self.id_attribute: physical_id})


class ElasticIp(_Ec2Provider):
    """``AWS::EC2::EIP``: ``Ref`` is the address, ``AllocationId`` an attribute."""

    type = "AWS::EC2::EIP"
    replacing = ("Domain", "NetworkBorderGroup", "PublicIpv4Pool")
    id_attribute = "AllocationId"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Allocate an address."""
        ec2 = self.aws.client("ec2")
        address = ec2.allocate_address(Domain=properties.get("Domain", "vpc"))["PublicIp"]
        return self.update(Update(place, address, {}, properties))

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Release the address."""
        allocation = self._resource(physical_id).attributes["AllocationId"]
        self.aws.client("ec2").release_address(AllocationId=allocation)

    def _resource(self, physical_id: str) -> Resource:
        addresses = self.aws.client("ec2").describe_addresses()["Addresses"]
        found = next(address for address in addresses if address["PublicIp"] == physical_id)
        attributes = {key: found[key] for key in ("AllocationId", "PublicIp")}
        return Resource(physical_id, attributes)


class NatGateway(_Ec2Provider):
    """``AWS::EC2::NatGateway``."""

    type = "AWS::EC2::NatGateway"
    replacing = ("SubnetId", "AllocationId", "ConnectivityType", "PrivateIpAddress")
    id_attribute = "NatGatewayId"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the gateway; like AWS, refuse an unknown subnet."""
        ec2 = self.aws.client("ec2")
        ec2.describe_subnets(SubnetIds=[properties["SubnetId"]])
        names = ("SubnetId", "AllocationId", "ConnectivityType")
        wanted = {name: properties[name] for name in names if name in properties}
        gateway = ec2.create_nat_gateway(**wanted)["NatGateway"]["NatGatewayId"]
        return self.update(Update(place, gateway, {}, properties))

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the gateway; like AWS, EC2 still lists it as deleted."""
        self.aws.client("ec2").delete_nat_gateway(NatGatewayId=physical_id)


class FlowLog(_Ec2Provider):
    """``AWS::EC2::FlowLog``."""

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
    id_attribute = "Id"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Log the traffic of one resource."""
        ec2 = self.aws.client("ec2")
        wanted = {
            key: value for key, value in properties.items() if key not in {"ResourceId", "Tags"}
        }
        wanted["ResourceIds"] = [properties["ResourceId"]]
        (flow_log,) = ec2.create_flow_logs(**request(ec2, "CreateFlowLogs", wanted))["FlowLogIds"]
        return self.update(Update(place, flow_log, {}, properties))

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Stop logging; delivered logs stay."""
        self.aws.client("ec2").delete_flow_logs(FlowLogIds=[physical_id])
