"""Who reaches whom, and that faults are found."""

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
from tools.lint.reachability.network import Network
from tools.lint.reachability.page import section
from tools.lint.reachability.ports import ANY, Ports, common
from tools.lint.reachability.table import findings

HTTPS = Ports("tcp", 443, 443)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_is_as_the_table_says(environment: str) -> None:
    assert list(findings(Network(environment, deployed(environment)))) == []


def group(templates: Any, stack: str, key: str) -> Any:
    return templates[stack]["Resources"][key]["Properties"]


def network_of(templates: Any, stack: str = "task-oms") -> Any:
    service = group(templates, stack, "Service")
    return service["NetworkConfiguration"]["AwsvpcConfiguration"]


def rule(port: int, **other: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **other}


def open_load_balancer(templates: Any) -> None:
    ingress = group(templates, "vpc", "AlbSecurityGroup")["SecurityGroupIngress"]
    ingress.append(rule(22, CidrIp="0.0.0.0/0"))


def load_balancer_over_ipv6(templates: Any) -> None:
    ingress = group(templates, "vpc", "AlbSecurityGroup")["SecurityGroupIngress"]
    ingress.append({"IpProtocol": "-1", "CidrIpv6": "::/0"})


def rule_by_itself(templates: Any) -> None:
    group_id = network_of(templates)["SecurityGroups"][0]
    source = network_of(templates, "task-frontend")["SecurityGroups"][0]
    templates["vpc"]["Resources"]["Alone"] = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": {"GroupId": group_id, **rule(443, SourceSecurityGroupId=source)},
    }


def public_task(templates: Any) -> None:
    network_of(templates)["AssignPublicIp"] = "ENABLED"


def task_in_public_subnet(templates: Any) -> None:
    balancer = group(templates, "alb", "LoadBalancer")
    network_of(templates)["Subnets"] = balancer["Subnets"]


def public_task_that_listens(templates: Any) -> None:
    public_task(templates)
    task_in_public_subnet(templates)
    group(templates, "cluster-oms", "ServiceSecurityGroup")["SecurityGroupIngress"] = [
        rule(9000, CidrIp="0.0.0.0/0")
    ]


def private_route_to_the_internet(templates: Any) -> None:
    public = group(templates, "vpc", "PublicDefaultRoute")
    private = group(templates, "vpc", "PrivateDefaultRoute1")
    del private["NatGatewayId"]
    private["GatewayId"] = public["GatewayId"]


def subnet_without_table(templates: Any) -> None:
    del templates["vpc"]["Resources"]["PrivateSubnet1RouteTableAssociation"]


def addresses_for_all(templates: Any) -> None:
    group(templates, "vpc", "PrivateSubnet1")["MapPublicIpOnLaunch"] = True


def frontend_wears_the_client_group(templates: Any) -> None:
    client = network_of(templates)["SecurityGroups"][1]
    network_of(templates, "task-frontend")["SecurityGroups"].append(client)


def redis_for_the_vpc(templates: Any) -> None:
    ingress = group(templates, "redis", "RedisSecurityGroup")["SecurityGroupIngress"]
    ingress.append(rule(6379, CidrIp="172.22.0.0/16"))


def redis_calls(templates: Any) -> None:
    del group(templates, "redis", "RedisSecurityGroup")["SecurityGroupEgress"]


def load_balancer_to_everywhere(templates: Any) -> None:
    egress = group(templates, "vpc", "AlbSecurityGroup")["SecurityGroupEgress"]
    egress[:] = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]


def load_balancer_to_nobody(templates: Any) -> None:
    group(templates, "cluster-gateway", "ServiceSecurityGroup")["SecurityGroupIngress"] = []


def services_on_one_more_port(templates: Any) -> None:
    ingress = group(templates, "cluster-gateway", "ServiceSecurityGroup")["SecurityGroupIngress"]
    ingress[0]["FromPort"] = 0
    egress = group(templates, "vpc", "AlbSecurityGroup")["SecurityGroupEgress"]
    egress[0]["FromPort"] = 0


def group_without_egress(templates: Any) -> None:
    templates["vpc"]["Resources"]["Group"] = {"Type": "AWS::EC2::SecurityGroup"}


def frontend_calls_oms(templates: Any) -> None:
    groups = network_of(templates, "task-oms")["SecurityGroups"]
    network_of(templates, "task-frontend")["SecurityGroups"] += groups
    ingress = group(templates, "cluster-oms", "ServiceSecurityGroup")
    ingress["SecurityGroupIngress"] = [rule(443, SourceSecurityGroupId=groups[0])]


def something_new(templates: Any) -> None:
    templates["redis"]["Resources"]["Function"] = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"VpcConfig": {"SubnetIds": []}},
    }


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (open_load_balancer, "internet reaches load balancer on tcp 22"),
        (load_balancer_over_ipv6, "internet reaches load balancer on any protocol"),
        (rule_by_itself, "service frontend reaches service oms on tcp 443"),
        (public_task, "service oms asks for a public address"),
        (task_in_public_subnet, "service oms stands in vpc/PublicSubnet1, which has a route"),
        (public_task_that_listens, "internet reaches service oms on tcp 9000"),
        (private_route_to_the_internet, "redis stands in vpc/PrivateSubnet1, which has a route"),
        (subnet_without_table, "redis stands in vpc/PrivateSubnet1, which has a route"),
        (addresses_for_all, "redis stands in vpc/PrivateSubnet1, which gives public addresses"),
        (frontend_wears_the_client_group, "service frontend reaches redis on tcp 6379"),
        (redis_for_the_vpc, "redis lets in 172.22.0.0/16 on tcp 6379"),
        (redis_calls, "redis reaches internet on any protocol"),
        (load_balancer_to_everywhere, "load balancer reaches internet on any protocol"),
        (load_balancer_to_nobody, "load balancer does not reach service frontend"),
        (services_on_one_more_port, "load balancer reaches service frontend on tcp 0-8080"),
        (group_without_egress, "vpc/Group may go everywhere"),
        (frontend_calls_oms, "service frontend reaches service oms on tcp 443"),
        (something_new, "redis/Function (AWS::Lambda::Function) is not known here"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_fault_is_found(change: Callable[[Any], None], found: str) -> None:
    templates = copy.deepcopy(dict(deployed("dev")))
    change(templates)
    faults = list(findings(Network("dev", templates)))
    assert [fault for fault in faults if found in fault], faults


def test_a_task_that_lost_redis_is_found() -> None:
    templates = copy.deepcopy(dict(deployed("dev")))
    network_of(templates)["SecurityGroups"].pop()
    assert any(
        "service oms does not reach redis" in one for one in findings(Network("dev", templates))
    )


class TestPorts:
    def test_what_both_let_through(self) -> None:
        assert common([Ports(ANY)], [HTTPS]) == [HTTPS]
        assert common([HTTPS], [Ports(ANY)]) == [HTTPS]
        assert common([Ports("tcp", 80, 500)], [HTTPS, Ports("udp", 80, 80)]) == [HTTPS]
        assert common([Ports("tcp", 80, 80)], [HTTPS]) == []

    def test_as_people_write_them(self) -> None:
        assert str(HTTPS) == "tcp 443"
        assert str(Ports("tcp", 1, 2)) == "tcp 1-2"
        assert str(Ports("udp")) == "udp"
        assert str(Ports(ANY)) == "any protocol"


def test_the_section_has_every_environment() -> None:
    assert "| internet | load balancer | tcp 80 | tcp 80, tcp 443 | tcp 80, tcp 443 |" in section()


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
