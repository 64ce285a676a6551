"""The network allows the connections of the table, and a change of either is found."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from sentry_oms.names import ENVIRONMENTS
from sentry_oms.offline.reading import read_environment
from tests.conftest import Project
from tools.lint.deployed import VARIABLES, deployed
from tools.lint.reachability.network import ANY, Network, Ports, common
from tools.lint.reachability.table import findings

HTTPS = Ports("tcp", 443, 443)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_agrees_with_the_table(environment: str) -> None:
    assert list(findings(Network(environment, deployed(environment)))) == []


class Templates:
    """The templates of dev, to change."""

    def __init__(self) -> None:
        self.all: Any = copy.deepcopy(dict(deployed("dev")))
        self.balancer = self.of("vpc", "AlbSecurityGroup")
        self.gateway = self.of("cluster-gateway", "ServiceSecurityGroup")
        self.redis = self.of("redis", "RedisSecurityGroup")
        self.subnet = self.of("vpc", "PrivateSubnet1")
        self.oms = self.task("oms")
        self.frontend = self.task("frontend")

    def of(self, stack: str, key: str) -> Any:
        """Return the properties of a resource."""
        return self.all[stack]["Resources"][key]["Properties"]

    def task(self, name: str) -> Any:
        """Return the network configuration of a service."""
        return self.of(f"task-{name}", "Service")["NetworkConfiguration"]["AwsvpcConfiguration"]

    def admit(self, group: Any, port: int, **source: Any) -> None:
        group.setdefault("SecurityGroupIngress", []).append(rule(port, **source))

    def add(self, stack: str, type_: str, **properties: Any) -> None:
        self.all[stack]["Resources"]["Added"] = {"Type": type_, "Properties": properties}


def rule(port: int, **other: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **other}


ALL = {"CidrIp": "0.0.0.0/0"}
ANY_IPV6 = {"IpProtocol": "-1", "CidrIpv6": "::/0"}


def separate_rule(dev: Templates) -> None:
    ingress = rule(443, SourceSecurityGroupId=dev.frontend["SecurityGroups"][0])
    group = dev.oms["SecurityGroups"][0]
    dev.add("vpc", "AWS::EC2::SecurityGroupIngress", GroupId=group, **ingress)


def task_in_public_subnet(dev: Templates) -> None:
    dev.oms["Subnets"] = dev.of("alb", "LoadBalancer")["Subnets"]


def public_task_that_listens(dev: Templates) -> None:
    dev.oms["AssignPublicIp"] = "ENABLED"
    task_in_public_subnet(dev)
    dev.admit(dev.of("cluster-oms", "ServiceSecurityGroup"), 9000, **ALL)


def route_to_the_internet(dev: Templates) -> None:
    private = dev.of("vpc", "PrivateDefaultRoute1")
    del private["NatGatewayId"]
    private["GatewayId"] = dev.of("vpc", "PublicDefaultRoute")["GatewayId"]


def subnet_without_table(dev: Templates) -> None:
    del dev.all["vpc"]["Resources"]["PrivateSubnet1RouteTableAssociation"]


def frontend_in_the_client_group(dev: Templates) -> None:
    dev.frontend["SecurityGroups"].append(dev.oms["SecurityGroups"][1])


def function_in_the_vpc(dev: Templates) -> None:
    dev.add("redis", "AWS::Lambda::Function", VpcConfig={"SubnetIds": dev.oms["Subnets"]})


def services_on_more_ports(dev: Templates) -> None:
    dev.gateway["SecurityGroupIngress"][0]["FromPort"] = 0
    dev.balancer["SecurityGroupEgress"][0]["FromPort"] = 0


@pytest.mark.parametrize(
    ("found", "change"),
    [
        ("internet reaches load balancer on tcp 22", lambda d: d.admit(d.balancer, 22, **ALL)),
        ("internet reaches load balancer on any", lambda d: d.admit(d.balancer, 0, **ANY_IPV6)),
        ("internet reaches service oms on tcp 9000", public_task_that_listens),
        ("service oms asks for a public", lambda d: d.oms.update(AssignPublicIp="ENABLED")),
        ("oms is in vpc/PublicSubnet1, which has a route", task_in_public_subnet),
        ("redis is in vpc/PrivateSubnet1, which has a route", route_to_the_internet),
        ("redis is in vpc/PrivateSubnet1, which has a route", subnet_without_table),
        ("PrivateSubnet1, which gives", lambda d: d.subnet.update(MapPublicIpOnLaunch=True)),
        ("frontend reaches redis on tcp 6379", frontend_in_the_client_group),
        ("service frontend reaches service oms on tcp 443", separate_rule),
        ("service oms does not reach redis", lambda d: d.oms["SecurityGroups"].pop()),
        ("redis admits 172.22.0.0/16", lambda d: d.admit(d.redis, 6379, CidrIp="172.22.0.0/16")),
        ("redis reaches internet on any protocol", lambda d: d.redis.pop("SecurityGroupEgress")),
        ("load balancer reaches internet on any", lambda d: d.balancer.pop("SecurityGroupEgress")),
        ("does not reach service frontend", lambda d: d.gateway.pop("SecurityGroupIngress")),
        ("load balancer reaches service frontend on tcp 0-8080", services_on_more_ports),
        ("vpc/Added allows calls to everywhere", lambda d: d.add("vpc", "AWS::EC2::SecurityGroup")),
        ("redis/Added (AWS::Lambda::Function) is not known here", function_in_the_vpc),
    ],
)
def test_a_change_is_found(found: str, change: Callable[[Templates], Any]) -> None:
    dev = Templates()
    change(dev)
    faults = list(findings(Network("dev", dev.all)))
    assert [fault for fault in faults if found in fault], faults


def test_common_ports() -> None:
    assert common([Ports(ANY)], [HTTPS]) == [HTTPS]
    assert common([HTTPS], [Ports(ANY)]) == [HTTPS]
    assert common([Ports("tcp", 80, 500)], [HTTPS, Ports("udp", 80, 80)]) == [HTTPS]
    assert common([Ports("tcp", 80, 80)], [HTTPS]) == []


@pytest.mark.parametrize("switch", ["interface_endpoints", "multi_az"])
def test_a_switch_of_config_opens_nothing(switch: str, tmp_path: Path) -> None:
    project = Project(tmp_path, {})
    project.edit("config/config.yaml", f"{switch}: false", f"{switch}: true")
    with patch.dict(os.environ, VARIABLES):
        templates = read_environment(tmp_path, "dev").deployed
    network = Network("dev", {name.removeprefix("dev/"): one for name, one in templates.items()})
    assert list(findings(network)) == []
    endpoints = [node for node in network.nodes if node.name.startswith("endpoint")]
    assert bool(endpoints) == (switch == "interface_endpoints")
