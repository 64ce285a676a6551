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

    def of(self, stack: str, key: str) -> Any:
        """Return the properties of a resource."""
        return self.all[stack]["Resources"][key]["Properties"]

    def add(self, stack: str, type_: str, **properties: Any) -> None:
        self.all[stack]["Resources"]["Added"] = {"Type": type_, "Properties": properties}

    def ingress(self, stack: str, key: str) -> Any:
        return self.of(stack, key)["SecurityGroupIngress"]

    def task(self, name: str) -> Any:
        """Return the network configuration of a service."""
        return self.of(f"task-{name}", "Service")["NetworkConfiguration"]["AwsvpcConfiguration"]


def rule(port: int, **other: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **other}


def open_load_balancer(dev: Templates) -> None:
    dev.ingress("vpc", "AlbSecurityGroup").append(rule(22, CidrIp="0.0.0.0/0"))


def load_balancer_over_ipv6(dev: Templates) -> None:
    everything = {"IpProtocol": "-1", "CidrIpv6": "::/0"}
    dev.ingress("vpc", "AlbSecurityGroup").append(everything)


def separate_rule(dev: Templates) -> None:
    group, source = (dev.task(name)["SecurityGroups"][0] for name in ("oms", "frontend"))
    ingress = rule(443, SourceSecurityGroupId=source)
    dev.add("vpc", "AWS::EC2::SecurityGroupIngress", GroupId=group, **ingress)


def public_task(dev: Templates) -> None:
    dev.task("oms")["AssignPublicIp"] = "ENABLED"


def task_in_public_subnet(dev: Templates) -> None:
    dev.task("oms")["Subnets"] = dev.of("alb", "LoadBalancer")["Subnets"]


def public_task_that_listens(dev: Templates) -> None:
    public_task(dev)
    task_in_public_subnet(dev)
    group = dev.of("cluster-oms", "ServiceSecurityGroup")
    group["SecurityGroupIngress"] = [rule(9000, CidrIp="0.0.0.0/0")]


def private_route_to_the_internet(dev: Templates) -> None:
    private = dev.of("vpc", "PrivateDefaultRoute1")
    del private["NatGatewayId"]
    private["GatewayId"] = dev.of("vpc", "PublicDefaultRoute")["GatewayId"]


def subnet_without_table(dev: Templates) -> None:
    del dev.all["vpc"]["Resources"]["PrivateSubnet1RouteTableAssociation"]


def addresses_for_all(dev: Templates) -> None:
    dev.of("vpc", "PrivateSubnet1")["MapPublicIpOnLaunch"] = True


def frontend_in_the_client_group(dev: Templates) -> None:
    dev.task("frontend")["SecurityGroups"].append(dev.task("oms")["SecurityGroups"][1])


def task_without_the_client_group(dev: Templates) -> None:
    dev.task("oms")["SecurityGroups"].pop()


def redis_for_the_vpc(dev: Templates) -> None:
    dev.ingress("redis", "RedisSecurityGroup").append(rule(6379, CidrIp="172.22.0.0/16"))


def redis_calls(dev: Templates) -> None:
    del dev.of("redis", "RedisSecurityGroup")["SecurityGroupEgress"]


def load_balancer_to_everywhere(dev: Templates) -> None:
    everything = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
    dev.of("vpc", "AlbSecurityGroup")["SecurityGroupEgress"] = [everything]


def load_balancer_to_nothing(dev: Templates) -> None:
    dev.ingress("cluster-gateway", "ServiceSecurityGroup").clear()


def services_on_more_ports(dev: Templates) -> None:
    dev.ingress("cluster-gateway", "ServiceSecurityGroup")[0]["FromPort"] = 0
    dev.of("vpc", "AlbSecurityGroup")["SecurityGroupEgress"][0]["FromPort"] = 0


def group_without_egress(dev: Templates) -> None:
    dev.add("vpc", "AWS::EC2::SecurityGroup")


def frontend_calls_oms(dev: Templates) -> None:
    group = dev.task("oms")["SecurityGroups"][0]
    dev.task("frontend")["SecurityGroups"].append(group)
    ingress = [rule(443, SourceSecurityGroupId=group)]
    dev.of("cluster-oms", "ServiceSecurityGroup")["SecurityGroupIngress"] = ingress


def function_in_the_vpc(dev: Templates) -> None:
    dev.add("redis", "AWS::Lambda::Function", VpcConfig={"SubnetIds": []})


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (open_load_balancer, "internet reaches load balancer on tcp 22"),
        (load_balancer_over_ipv6, "internet reaches load balancer on any protocol"),
        (separate_rule, "service frontend reaches service oms on tcp 443"),
        (public_task, "service oms asks for a public address"),
        (task_in_public_subnet, "service oms is in vpc/PublicSubnet1, which has a route"),
        (public_task_that_listens, "internet reaches service oms on tcp 9000"),
        (private_route_to_the_internet, "redis is in vpc/PrivateSubnet1, which has a route"),
        (subnet_without_table, "redis is in vpc/PrivateSubnet1, which has a route"),
        (addresses_for_all, "redis is in vpc/PrivateSubnet1, which gives public addresses"),
        (frontend_in_the_client_group, "service frontend reaches redis on tcp 6379"),
        (task_without_the_client_group, "service oms does not reach redis"),
        (redis_for_the_vpc, "redis admits 172.22.0.0/16 on tcp 6379"),
        (redis_calls, "redis reaches internet on any protocol"),
        (load_balancer_to_everywhere, "load balancer reaches internet on any protocol"),
        (load_balancer_to_nothing, "load balancer does not reach service frontend"),
        (services_on_more_ports, "load balancer reaches service frontend on tcp 0-8080"),
        (group_without_egress, "vpc/Added allows calls to everywhere"),
        (frontend_calls_oms, "service frontend reaches service oms on tcp 443"),
        (function_in_the_vpc, "redis/Added (AWS::Lambda::Function) is not known here"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_change_is_found(change: Callable[[Templates], None], found: str) -> None:
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
