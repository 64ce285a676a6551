"""OMS064: a web ACL is such as WAF takes.

Sources:
    https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html
    https://docs.aws.amazon.com/waf/latest/APIReference/API_VisibilityConfig.html
    https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
    https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
"""

from __future__ import annotations

from collections.abc import Iterator

from sentry_oms.checks.by_kind import (
    Found,
    beyond,
    by_kind,
    each,
    given,
    has,
    items,
    one_of,
    repeated,
)
from sentry_oms.checks.project import Project, Resource
from sentry_oms.checks.rule import Fault, Rule, Scope

GROUPS = (
    *("CommonRuleSet", "AdminProtectionRuleSet", "KnownBadInputsRuleSet", "SQLiRuleSet"),
    *("LinuxRuleSet", "UnixRuleSet", "WindowsRuleSet", "PHPRuleSet", "WordPressRuleSet"),
    *("AmazonIpReputationList", "AnonymousIpList", "BotControlRuleSet", "ATPRuleSet"),
    *("ACFPRuleSet", "AntiDDoSRuleSet"),
)
GROUP_STATEMENTS = ("ManagedRuleGroupStatement", "RuleGroupReferenceStatement")
VISIBLE = has(MetricName={"not": {"enum": ["All", "Default_Action"]}})
RULE_SCHEMA = {
    "allOf": [
        has(
            VisibilityConfig=VISIBLE,
            Statement={"maxProperties": 1}
            | has(
                RateBasedStatement=has(
                    Limit={"minimum": 10, "maximum": 2_000_000_000},
                    EvaluationWindowSec=one_of(60, 120, 300, 600),
                ),
                ManagedRuleGroupStatement=given(
                    {"VendorName": {"pattern": "(?i)^aws$"}},
                    has(
                        VendorName=one_of("AWS"),
                        Name=one_of(*(f"AWSManagedRules{name}" for name in GROUPS)),
                    ),
                ),
            ),
        ),
        {
            "if": {
                "required": ["Statement"],
                **has(Statement={"requiredOr": [*GROUP_STATEMENTS]}),
            },
            "then": {"required": ["OverrideAction"], **has(Action=False)},
            "else": {"required": ["Action"], **has(OverrideAction=False)},
        },
    ]
}
LOGS = (
    "^arn:aws[a-z-]*:"
    "(logs:[^:]+:[0-9]{12}:log-group:|firehose:[^:]+:[0-9]{12}:deliverystream/|s3:::)aws-waf-logs-"
)
"""The name of a log's destination begins so; else WAF says that the ARN isn't valid."""
SCHEMAS = {
    "AWS::WAFv2::WebACL": has(
        VisibilityConfig=VISIBLE,
        DefaultAction={"requiredXor": ["Allow", "Block"]},
        Rules=each(RULE_SCHEMA),
    ),
    "AWS::WAFv2::LoggingConfiguration": has(
        LogDestinationConfigs=each({"pattern": LOGS}, maxItems=1),
    ),
    "AWS::WAFv2::WebACLAssociation": has(
        WebACLArn={"pattern": "^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/"},
        ResourceArn={"pattern": "^arn:aws"},
    ),
}


def find(project: Project) -> Iterator[Fault]:
    """What a web ACL and its rules say; an ACL for CloudFront at a load balancer."""
    yield from beyond(project, SCHEMAS)
    yield from by_kind(project, {"AWS::WAFv2::WebACL": _acl})


def _acl(acl: Resource) -> Found:
    rules = items(acl.properties.get("Rules"))
    for name in ("Name", "Priority"):
        for path, message in repeated("Rules", [(at, one.get(name)) for at, one in rules], name):
            yield f"{path}.{name}", message
    kinds = {str(one.get("Type")) for one in acl.file.section("Resources").values()}
    if acl.properties.get("Scope") == "CLOUDFRONT" and "AWS::WAFv2::WebACLAssociation" in kinds:
        yield "Scope", "CLOUDFRONT does not go with an association: that takes REGIONAL"


RULE = Rule(
    code="OMS064",
    title="A web ACL is such as WAF takes",
    cause=(
        "Two rules have one priority or one name, a managed group does not exist or lacks its "
        "OverrideAction, or a rate is out of bounds."
    ),
    remedy="see the API reference of WAF",
    scope=Scope.STACKS,
    find=find,
)
