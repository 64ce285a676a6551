"""OMS063: load balancers, target groups, listeners and rules are such as ELB takes.

Sources:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sentry_oms.checks.by_kind import Found, beyond, by_kind, given, has, is_text, one_of, repeated
from sentry_oms.checks.evaluate import text_of
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.published.validator import faults, listed, number
from sentry_oms.checks.rule import Fault, Rule, Scope
from sentry_oms.checks.stand_ins import Place, of_resource

ELB = "AWS::ElasticLoadBalancingV2"
SWITCH = one_of("true", "false")
ANY: dict[str, Any] = {}


def _seconds(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


BALANCER_ATTRIBUTES: Mapping[str, Any] = {
    "access_logs.s3.bucket": ANY,
    "access_logs.s3.enabled": SWITCH,
    "access_logs.s3.prefix": ANY,
    "client_keep_alive.seconds": _seconds(60, 604800),
    "connection_logs.s3.bucket": ANY,
    "connection_logs.s3.enabled": SWITCH,
    "connection_logs.s3.prefix": ANY,
    "deletion_protection.enabled": SWITCH,
    "health_check_logs.s3.bucket": ANY,
    "health_check_logs.s3.enabled": SWITCH,
    "health_check_logs.s3.prefix": ANY,
    "idle_timeout.timeout_seconds": _seconds(1, 4000),
    "ipv6.deny_all_igw_traffic": SWITCH,
    "load_balancing.cross_zone.enabled": SWITCH,
    "routing.http.desync_mitigation_mode": one_of("monitor", "defensive", "strictest"),
    "routing.http.drop_invalid_header_fields.enabled": SWITCH,
    "routing.http.preserve_host_header.enabled": SWITCH,
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": SWITCH,
    "routing.http.xff_client_port.enabled": SWITCH,
    "routing.http.xff_header_processing.mode": one_of("append", "preserve", "remove"),
    "routing.http2.enabled": SWITCH,
    "waf.fail_open.enabled": SWITCH,
    "zonal_shift.config.enabled": SWITCH,
}
"""Of an application load balancer."""

GROUP_ATTRIBUTES: Mapping[str, Any] = {
    "deregistration_delay.timeout_seconds": _seconds(0, 3600),
    "lambda.multi_value_headers.enabled": SWITCH,
    "load_balancing.algorithm.anomaly_mitigation": one_of("on", "off"),
    "load_balancing.algorithm.type": one_of(
        "round_robin", "least_outstanding_requests", "weighted_random"
    ),
    "load_balancing.cross_zone.enabled": one_of("true", "false", "use_load_balancer_configuration"),
    "slow_start.duration_seconds": {
        "anyOf": [_seconds(30, 900), one_of("0")],
    },
    "stickiness.app_cookie.cookie_name": {"not": {"pattern": "^AWSALB"}},
    "stickiness.app_cookie.duration_seconds": _seconds(1, 604800),
    "stickiness.enabled": SWITCH,
    "stickiness.lb_cookie.duration_seconds": _seconds(1, 604800),
    "stickiness.type": one_of("lb_cookie", "app_cookie"),
    "target_group_health.dns_failover.minimum_healthy_targets.count": ANY,
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": ANY,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": ANY,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": ANY,
}
"""Of a target group of one."""

PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
HTTP_CODES = r"^[2-4]\d\d(-[2-4]\d\d)?(,[2-4]\d\d(-[2-4]\d\d)?)*$"
TLS = (
    r"^ELBSecurityPolicy-(2016-08|TLS-1-0-2015-04|TLS-1-[12]-2017-01|TLS-1-2-Ext-2018-06"
    r"|FS-2018-06|FS-1-[12]-2019-08|FS-1-2-Res-(2019-08|2020-10)"
    r"|TLS13-1-([01]|2(-Res|-Ext[012])?|3)-(2021-06|FIPS-2023-04|(FIPS-)?PQ-2025-09))$"
)
ARN = "^arn:aws[a-z-]*:elasticloadbalancing:[^:]+:[0-9]+:{}/"
GROUP_ARN = {"pattern": ARN.format("targetgroup")}
CERTIFICATE = {"pattern": "^arn:aws[a-z-]*:(acm:[^:]+:[0-9]+:certificate/|iam::[0-9]+:server-)"}
ACTION = {
    "allOf": [
        has(
            TargetGroupArn=GROUP_ARN,
            RedirectConfig=has(
                Protocol={"pattern": "^(HTTPS?|#\\{protocol\\})$"},
                Port={"anyOf": [PORT, one_of("#{port}")]},
            ),
            FixedResponseConfig=has(StatusCode={"pattern": "^[245][0-9][0-9]$"}),
        ),
        given({"Type": one_of("forward")}, {"requiredOr": ["TargetGroupArn", "ForwardConfig"]}),
        given({"Type": one_of("redirect")}, {"required": ["RedirectConfig"]}),
        given({"Type": one_of("fixed-response")}, {"required": ["FixedResponseConfig"]}),
        given(
            {"RedirectConfig": {}},
            has(RedirectConfig={"requiredOr": ["Protocol", "Port", "Host", "Path", "Query"]}),
        ),
    ]
}
FIELDS = {
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "path-pattern": "PathPatternConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
OCTET = r"(25[0-5]|2[0-4]\d|1?\d?\d)"
BLOCK = rf"^({OCTET}(\.{OCTET}){{3}}/(3[0-2]|[12]?\d)|[0-9a-fA-F:]+/\d{{1,3}})$"
CONDITION = {
    "allOf": [
        has(
            Field=one_of(*FIELDS),
            PathPatternConfig=has(Values={"items": {"maxLength": 128}}),
            SourceIpConfig=has(Values={"items": {"pattern": BLOCK}}),
        ),
        *(
            given({"Field": one_of(field)}, {"requiredOr": ["Values", name]})
            for field, name in FIELDS.items()
        ),
    ]
}
SCHEMAS = {
    f"{ELB}::LoadBalancer": has(
        Name={"not": {"pattern": "^internal-"}},
        LoadBalancerAttributes={"uniqueKeys": ["Key"]},
        Subnets={"minItems": 2, "uniqueItems": True},
    ),
    f"{ELB}::TargetGroup": {
        "allOf": [
            has(
                HealthCheckPath={"pattern": "^/"},
                ProtocolVersion=one_of("HTTP1", "HTTP2", "GRPC"),
                HealthCheckPort={"pattern": r"^(traffic-port|\d{1,5})$"},
                Matcher=has(HttpCode={"pattern": HTTP_CODES}),
                Protocol=one_of("HTTP", "HTTPS"),
                HealthCheckProtocol=one_of("HTTP", "HTTPS"),
                TargetGroupAttributes={"uniqueKeys": ["Key"]},
                Port=PORT,
            ),
            {
                "if": {"required": ["TargetType"], **has(TargetType=one_of("lambda"))},
                "else": {"required": ["Port", "Protocol", "VpcId"]},
            },
        ]
    },
    f"{ELB}::Listener": {
        "allOf": [
            has(
                Port=PORT,
                LoadBalancerArn={"pattern": ARN.format("loadbalancer")},
                Certificates={"maxItems": 1, "items": has(CertificateArn=CERTIFICATE)},
                Protocol=one_of("HTTP", "HTTPS"),
                DefaultActions={"minItems": 1, "items": ACTION},
                SslPolicy={"pattern": TLS},
            ),
            given({"Protocol": one_of("HTTPS")}, {"required": ["Certificates"]}),
            given({"Protocol": one_of("HTTP")}, has(SslPolicy=False, Certificates=False)),
        ]
    },
    f"{ELB}::ListenerRule": has(
        ListenerArn={"pattern": ARN.format("listener")},
        Priority={"type": "integer", "minimum": 1, "maximum": 50000},
        Conditions={"minItems": 1, "items": CONDITION},
        Actions={"minItems": 1, "items": ACTION},
    ),
}


def find(project: Project) -> Iterator[Fault]:
    """What each resource says, then what listeners and rules say of each other."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(
        project,
        {
            f"{ELB}::LoadBalancer": _balancer,
            f"{ELB}::TargetGroup": _group,
            f"{ELB}::ListenerRule": _values,
        },
    )
    yield from _twice(project, f"{ELB}::Listener", "LoadBalancerArn", "Port")
    yield from _twice(project, f"{ELB}::ListenerRule", "ListenerArn", "Priority")
    yield from _one_zone(project)


def _balancer(balancer: Resource) -> Found:
    attributes = _attributes(balancer, "LoadBalancerAttributes")
    yield from _judged("LoadBalancerAttributes", attributes, BALANCER_ATTRIBUTES)
    given_ = {key: value for _, key, value in attributes}
    for logs in ("access_logs", "connection_logs"):
        enabled = text_of(given_.get(f"{logs}.s3.enabled", "false")) == "true"
        if enabled and f"{logs}.s3.bucket" not in given_:
            yield "LoadBalancerAttributes", f"{logs}.s3.enabled needs {logs}.s3.bucket"


def _group(group: Resource) -> Found:
    attributes = _attributes(group, "TargetGroupAttributes")
    yield from _judged("TargetGroupAttributes", attributes, GROUP_ATTRIBUTES)
    given_ = {key: value for _, key, value in attributes}
    name = "stickiness.app_cookie.cookie_name"
    if given_.get("stickiness.type") == "app_cookie" and name not in given_:
        yield "TargetGroupAttributes", f"stickiness.type app_cookie needs {name}"
    interval = number(group.properties.get("HealthCheckIntervalSeconds", 30))
    timeout = number(group.properties.get("HealthCheckTimeoutSeconds", 5))
    if interval is not None and timeout is not None and timeout >= interval:
        message = f"{timeout:.0f} is not less than the interval, {interval:.0f}"
        yield "HealthCheckTimeoutSeconds", message


def _attributes(resource: Resource, name: str) -> list[tuple[int, str, Any]]:
    return [
        (at, str(one["Key"]), one.get("Value"))
        for at, one in enumerate(resource.properties.get(name, []))
        if isinstance(one, dict) and is_text(one.get("Key"))
    ]


def _judged(path: str, attributes: list[tuple[int, str, Any]], known: Mapping[str, Any]) -> Found:
    for at, key, value in attributes:
        if key not in known:
            yield f"{path}.{at}.Key", f"there is no attribute '{key}'"
            continue
        for fault in faults(value, known[key], {}):
            yield f"{path}.{at}.Value", f"{key}: {fault.message}"


def _values(rule: Resource) -> Found:
    count = 0
    for condition in rule.properties.get("Conditions", []):
        for config in [condition, *condition.values()]:
            if isinstance(config, dict):
                count += len(listed(config.get("Values", [])))
    if count > 5:
        yield "Conditions", f"has {count} values, and a rule takes 5"


def _twice(project: Project, kind: str, place: str, name: str) -> Iterator[Fault]:
    for balancer in {str(one.properties.get(place)) for one in project.of_kind(kind)}:
        ours = [one for one in project.of_kind(kind) if str(one.properties.get(place)) == balancer]
        keys = [(at, one.properties.get(name)) for at, one in enumerate(ours)]
        for path, message in repeated("", keys, name.lower()):
            yield ours[int(path[1:])].fault(name, message)


def _one_zone(project: Project) -> Iterator[Fault]:
    """A load balancer whose subnets are all in one zone, as far as they are of this project."""
    zones = {
        of_resource(
            Place(one.file.stack.external_name, one.file.stack.region, one.key), one.kind, {}, ""
        ): one.properties.get("AvailabilityZone")
        for one in project.of_kind("AWS::EC2::Subnet")
    }
    for balancer in project.of_kind(f"{ELB}::LoadBalancer"):
        subnets = listed(balancer.properties.get("Subnets", []))
        found = [zones[one] for one in subnets if isinstance(one, str) and one in zones]
        if len(found) == len(subnets) > len({*map(str, found)}):
            yield balancer.fault("Subnets", "two of them are in one zone")
        elif any(isinstance(one, str) and not re.match("subnet-", one) for one in subnets):
            yield balancer.fault("Subnets", "one of them is no subnet")


RULE = Rule(
    code="OMS063",
    title="A load balancer is such as ELB takes",
    cause=(
        "An attribute does not exist or is out of bounds, a health check lasts longer than its "
        "interval, two listeners have one port or two rules one priority, the subnets are in one "
        "zone, or a TLS policy does not exist."
    ),
    remedy="see the API reference of Elastic Load Balancing",
    scope=Scope.STACKS,
    find=find,
)
