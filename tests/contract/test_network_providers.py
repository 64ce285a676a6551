"""Providers and repairs of networks and load balancers, tested through the services' APIs."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import EmbeddedAws
from tests.contract.stacks import VPC, deployed, drifts, one, refused, subnet, tag

NETWORK = {
    "Vpc": VPC,
    "Gateway": {"Type": "AWS::EC2::InternetGateway"},
    "Subnet0": subnet(0),
    "Subnet1": subnet(1),
    "Ip": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}},
}
NAT_GATEWAY = {
    "SubnetId": {"Ref": "Subnet0"},
    "AllocationId": {"Fn::GetAtt": ["Ip", "AllocationId"]},
}
FLOW_LOG = {
    "ResourceType": "VPC",
    "ResourceId": {"Ref": "Vpc"},
    "TrafficType": "ALL",
    "LogDestinationType": "s3",
    "LogDestination": "arn:aws:s3:::logs",
}
TARGET_GROUP = {"VpcId": {"Ref": "Vpc"}, "Port": 80, "Protocol": "HTTP"}


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("AWS::EC2::EIP", {"Domain": "vpc"}),
        ("AWS::EC2::NatGateway", NAT_GATEWAY),
        ("AWS::EC2::FlowLog", FLOW_LOG),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", TARGET_GROUP),
    ],
)
def test_a_tag_edit_keeps_the_resource(
    aws: EmbeddedAws, type_: str, properties: dict[str, Any]
) -> None:
    name = type_.rpartition("::")[2]
    first = deployed(aws, name, one(type_, {**properties, "Tags": tag("a")}, **NETWORK))
    assert deployed(aws, name, one(type_, {**properties, "Tags": tag("b")}, **NETWORK)) == first
    if "::EC2::" in type_:
        tags = aws.client("ec2").describe_tags(Filters=[{"Name": "value", "Values": ["a", "b"]}])
        assert {one["Value"] for one in tags["Tags"]} == {"b"}
    assert aws.delete(name) == "DELETE_COMPLETE"


def test_a_deleted_stack_releases_its_address(aws: EmbeddedAws) -> None:
    address = deployed(aws, "eip", one("AWS::EC2::EIP", {}))
    aws.delete("eip")
    addresses = aws.client("ec2").describe_addresses()["Addresses"]
    assert address not in [one["PublicIp"] for one in addresses]


def test_another_subnet_replaces_a_nat_gateway(aws: EmbeddedAws) -> None:
    def states() -> list[str]:
        found = aws.client("ec2").describe_nat_gateways(NatGatewayIds=[first, second])
        return [one["State"] for one in found["NatGateways"]]

    type_ = "AWS::EC2::NatGateway"
    first = deployed(aws, "nat", one(type_, NAT_GATEWAY, **NETWORK))
    second = deployed(
        aws, "nat", one(type_, {**NAT_GATEWAY, "SubnetId": {"Ref": "Subnet1"}}, **NETWORK)
    )
    assert states() == ["deleted", "available"]
    aws.delete("nat")
    assert states() == ["deleted", "deleted"]
    nowhere = one(type_, {**NAT_GATEWAY, "SubnetId": "subnet-0"}, **NETWORK)
    assert "'subnet-0' does not exist" in refused(aws, "nowhere", nowhere)


def test_another_destination_replaces_a_flow_log(aws: EmbeddedAws) -> None:
    def destinations() -> list[str]:
        found = aws.client("ec2").describe_flow_logs()["FlowLogs"]
        return [one["LogDestination"] for one in found]

    deployed(aws, "flow", one("AWS::EC2::FlowLog", FLOW_LOG, Vpc=VPC))
    assert destinations() == ["arn:aws:s3:::logs"]
    other = {**FLOW_LOG, "LogDestination": "arn:aws:s3:::other"}
    deployed(aws, "flow", one("AWS::EC2::FlowLog", other, Vpc=VPC))
    assert destinations() == ["arn:aws:s3:::other"]
    aws.delete("flow")
    assert destinations() == []


def test_a_target_group_has_the_full_name_that_scaling_by_requests_takes(aws: EmbeddedAws) -> None:
    body = one("AWS::ElasticLoadBalancingV2::TargetGroup", TARGET_GROUP, Vpc=VPC)
    body["Outputs"]["FullName"] = {"Value": {"Fn::GetAtt": ["R", "TargetGroupFullName"]}}
    arn = deployed(aws, "group", body)
    full_name = aws.outputs("group")["FullName"]
    assert full_name.startswith("targetgroup/")
    assert arn.endswith(f":{full_name}")


WEB_ACL = {
    "Type": "AWS::WAFv2::WebACL",
    "Properties": {
        "Name": "acl",
        "Scope": "REGIONAL",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": {
            "SampledRequestsEnabled": True,
            "CloudWatchMetricsEnabled": True,
            "MetricName": "acl",
        },
    },
}


def test_a_web_acl_is_associated_with_its_load_balancer(aws: EmbeddedAws) -> None:
    balancer = {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Subnets": [{"Ref": "Subnet0"}, {"Ref": "Subnet1"}]},
    }
    properties = {"ResourceArn": {"Ref": "Balancer"}, "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]}}
    others = {**NETWORK, "Acl": WEB_ACL, "Balancer": balancer}
    body = one("AWS::WAFv2::WebACLAssociation", properties, **others)
    body["Outputs"]["Ref"]["Value"]["Ref"] = "Balancer"
    arn = deployed(aws, "waf", body)
    found = aws.client("wafv2").get_web_acl_for_resource(ResourceArn=arn)
    assert found["WebACL"]["Name"] == "acl"
    assert aws.delete("waf") == "DELETE_COMPLETE"


def test_the_logging_of_a_web_acl_is_set_changed_and_removed(aws: EmbeddedAws) -> None:
    def logging(group: str, *headers: str) -> dict[str, Any]:
        arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}"
        properties = {
            "ResourceArn": {"Fn::GetAtt": ["Acl", "Arn"]},
            "LogDestinationConfigs": [arn],
            "RedactedFields": [{"SingleHeader": {"Name": header}} for header in headers],
        }
        return one("AWS::WAFv2::LoggingConfiguration", properties, Acl=WEB_ACL)

    def redacted() -> list[str]:
        found = aws.client("wafv2").get_logging_configuration(ResourceArn=acl)
        fields = found["LoggingConfiguration"]["RedactedFields"]
        return [field["SingleHeader"]["Name"] for field in fields]

    acl = deployed(aws, "logged", logging("aws-waf-logs-x", "cookie"))
    assert redacted() == ["cookie"]
    deployed(aws, "logged", logging("aws-waf-logs-x", "cookie", "authorization"))
    assert redacted() == ["cookie", "authorization"]
    assert aws.delete("logged") == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="WAFNonexistentItemException"):
        redacted()
    assert "The ARN isn't valid" in refused(aws, "misnamed", logging("/waf/x"))


WEB = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
OUTWARD = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}
SECURITY_GROUP = {
    "GroupDescription": "web",
    "SecurityGroupIngress": [
        {**WEB, "CidrIp": "0.0.0.0/0", "Description": "anywhere"},
        {"IpProtocol": "-1", "SourceSecurityGroupId": {"Fn::GetAtt": ["Other", "GroupId"]}},
    ],
    "SecurityGroupEgress": [OUTWARD],
}


def test_drift_of_a_security_group_is_detected(aws: EmbeddedAws) -> None:
    ec2 = aws.client("ec2")
    other = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "other"}}
    group = deployed(aws, "web", one("AWS::EC2::SecurityGroup", SECURITY_GROUP, Other=other))
    assert drifts(aws, "web") == [("IN_SYNC", []), ("IN_SYNC", [])]
    added = {**WEB, "FromPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[added])
    assert ("MODIFIED", ["/SecurityGroupIngress/2"]) in drifts(aws, "web")
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[added])
    removed = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "127.0.0.1/32"}]}
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[removed])
    assert ("MODIFIED", ["/SecurityGroupEgress/0"]) in drifts(aws, "web")
    ec2.delete_security_group(GroupId=group)
    assert ("DELETED", []) in drifts(aws, "web")
