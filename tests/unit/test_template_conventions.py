"""Conventions of every template and stack file that neither `oms check` nor a linter knows.

`oms check` knows parameters, outputs, imports and tags; cfn-lint and cfn-guard know AWS's types.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from unittest.mock import patch

import pytest

from sentry_oms import names
from sentry_oms.offline.reading import read_environment
from tests.conftest import ROOT, template
from tests.unit.template_parts import of_type, statement, the
from tools.lint.deployed import GROUPS, VARIABLES

TEMPLATES = {
    str(path.relative_to(ROOT / "templates")): path
    for path in sorted(ROOT.glob("templates/*/*.json"))
}
NO_VALUE = {"Ref": "AWS::NoValue"}

each_template = pytest.mark.parametrize("path", TEMPLATES)


@each_template
def test_exports_are_named_by_stack_and_output(path: str) -> None:
    outputs = template(path).get("Outputs", {})
    if "Environment" in template(path).get("Parameters", {}):
        assert outputs["StackName"]["Value"] == {"Ref": "AWS::StackName"}
    for key, output in outputs.items():
        if "Export" in output:
            assert output["Export"]["Name"] == {"Fn::Sub": f"${{AWS::StackName}}-{key}"}


@each_template
def test_every_environments_template_takes_the_environment_without_a_default(path: str) -> None:
    if "cicd/codepipeline" not in path and path.startswith("cicd/"):
        assert "Environment" not in template(path).get("Parameters", {})
        return
    environment = template(path)["Parameters"]["Environment"]
    assert environment["AllowedValues"] == [*names.ENVIRONMENTS]
    assert "Default" not in environment


@each_template
def test_every_file_is_formatted_as_json_dumps_does(path: str) -> None:
    """This also finds a duplicate key, which reading drops."""
    text = TEMPLATES[path].read_text()
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


@each_template
def test_parameters_and_outputs_are_described(path: str) -> None:
    loaded = template(path)
    constraints = {"AllowedPattern", "AllowedValues", "MinValue", "MaxValue"}
    for name, parameter in loaded.get("Parameters", {}).items():
        assert parameter.get("Description"), name
        if constraints & parameter.keys():
            assert parameter.get("ConstraintDescription"), name
    for name, output in loaded.get("Outputs", {}).items():
        assert output.get("Description"), name


@pytest.mark.parametrize("path", [path for path in TEMPLATES if "Parameters" in template(path)])
def test_every_parameter_has_a_label_and_one_group(path: str) -> None:
    loaded = template(path)
    interface = loaded["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(loaded["Parameters"])
    assert interface["ParameterLabels"].keys() == loaded["Parameters"].keys()
    labels = [*interface["ParameterLabels"].values()]
    labels += [group["Label"] for group in interface["ParameterGroups"]]
    assert all(label["default"] for label in labels)


@each_template
def test_every_alarm_is_described_and_notifies_the_topic(path: str) -> None:
    notified = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], NO_VALUE]}
    for name, alarm in of_type(template(path), "AWS::CloudWatch::Alarm").items():
        properties = alarm["Properties"]
        assert properties.get("AlarmDescription"), name
        assert properties.get("TreatMissingData"), name
        assert properties.get("AlarmActions") == properties.get("OKActions") == notified, name


BUCKETS = [(path, key) for path in TEMPLATES for key in of_type(template(path), "AWS::S3::Bucket")]


@pytest.mark.parametrize(("path", "key"), BUCKETS)
def test_every_bucket_is_private_encrypted_and_expires_its_objects(path: str, key: str) -> None:
    """By SSE-S3: load balancers and flow logs can't write to a bucket under a customer's key."""
    loaded = template(path)
    bucket = loaded["Resources"][key]
    properties = bucket["Properties"]
    blocked = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    assert properties["PublicAccessBlockConfiguration"] == dict.fromkeys(blocked, True)
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    rules = properties["LifecycleConfiguration"]["Rules"]
    assert any(r["Status"] == "Enabled" and r["ExpirationInDays"] > 0 for r in rules)
    (policy,) = (
        one
        for one in of_type(loaded, "AWS::S3::BucketPolicy").values()
        if one["Properties"]["Bucket"] == {"Ref": key}
    )
    for attribute in ("Condition", "DeletionPolicy", "UpdateReplacePolicy"):
        assert policy.get(attribute) == bucket.get(attribute)
    assert statement(policy, "DenyInsecureTransport") == {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [{"Fn::GetAtt": [key, "Arn"]}, {"Fn::Sub": f"${{{key}.Arn}}/*"}],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


@pytest.mark.parametrize(
    ("path", "key", "principal"),
    [
        (
            "networking/alb-frontend.json",
            "AccessLogsBucketPolicy",
            "logdelivery.elasticloadbalancing.amazonaws.com",
        ),
        ("networking/vpc-nonprod.json", "FlowLogsBucketPolicy", "delivery.logs.amazonaws.com"),
    ],
)
def test_a_log_bucket_admits_only_the_principal_that_delivers(
    path: str, key: str, principal: str
) -> None:
    document = template(path)["Resources"][key]["Properties"]["PolicyDocument"]
    allowed = [one["Principal"] for one in document["Statement"] if one["Effect"] == "Allow"]
    assert allowed
    assert all(admitted == {"Service": principal} for admitted in allowed)


class TestAddressRange:
    """The VPC's: 172.22.0.0/16 outside prod, 10.x.0.0/16 anywhere."""

    VPC = template("networking/vpc-nonprod.json")

    @pytest.mark.parametrize("cidr", ["", "172.22.0.0/16", "10.0.0.0/16", "10.255.0.0/16"])
    def test_both_forms_and_the_default_are_allowed(self, cidr: str) -> None:
        assert re.search(self.VPC["Parameters"]["VpcCidr"]["AllowedPattern"], cidr)

    @pytest.mark.parametrize(
        "cidr",
        [
            *("172.23.0.0/16", "172.22.1.0/16", "172.22.0.0/17", "172x22x0x0/16", "192.168.0.0/16"),
            *("10.256.0.0/16", "10.01.0.0/16", "10.1.2.0/16", "10.1.0.0/24", "10.1.0.0/16 "),
            "110.1.0.0/16",
        ],
    )
    def test_other_ranges_are_not(self, cidr: str) -> None:
        assert not re.search(self.VPC["Parameters"]["VpcCidr"]["AllowedPattern"], cidr)

    def test_prod_must_have_its_own(self) -> None:
        own = self.VPC["Mappings"]["Network"]
        assert own["dev"]["VpcCidr"] == own["staging"]["VpcCidr"] == "172.22.0.0/16"
        assert re.fullmatch(r"10\.\d+\.0\.0/16", own["prod"]["VpcCidr"])
        rule = self.VPC["Rules"]["ProdHasItsOwnRange"]
        assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}
        (assertion,) = rule["Assertions"]
        assert assertion["Assert"] == {
            "Fn::Not": [{"Fn::Equals": [{"Ref": "VpcCidr"}, "172.22.0.0/16"]}]
        }


def test_stack_files_follow_the_names_and_use_every_template() -> None:
    """The rendering of the queues is only for the seed's command line."""
    used = set()
    with patch.dict(os.environ, VARIABLES):
        for group in GROUPS:
            for file in read_environment(ROOT, group).stacks:
                name = Path(file.name).name
                assert file.stack.external_name == names.stack_name(name, group)
                assert file.stack.tags["Stack"] == name
                used.add(file.template_source.file.removeprefix("templates/"))
    assert TEMPLATES.keys() - used == {"messaging/sqs-queues.json"}


@pytest.mark.parametrize("service", ["frontend-admin", "websocket"])
def test_an_image_keeps_connections_longer_than_the_load_balancer(service: str) -> None:
    """A task that closes an idle connection first makes the load balancer answer 502.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    """
    balancer = the(
        template("networking/alb-frontend.json"), "AWS::ElasticLoadBalancingV2::LoadBalancer"
    )
    attributes = {
        one["Key"]: one["Value"] for one in balancer["LoadBalancerAttributes"] if "Key" in one
    }
    idle = int(attributes["idle_timeout.timeout_seconds"])
    task = template(f"compute/task-definition-{service}.json")
    contract = task["Resources"]["TaskDefinition"]["Metadata"]["Comment"]
    told = re.findall(
        r"open for (\d+) seconds, since the load balancer's idle timeout is (\d+)", contract
    )
    ((kept, stated),) = told
    assert int(stated) == idle < int(kept)
    page = (ROOT / "docs/DEPLOY.md").read_text()
    assert f"| HTTP keep-alive | {kept} s | | {kept} s |" in page
    assert f"keeps an idle connection for {idle} s." in page
    if service == "websocket":
        (ping,) = re.findall(r"ping to every client at least every (\d+) seconds", contract)
        assert int(ping) < idle
        assert f"| WebSocket ping | | | at least every {ping} s |" in page


def test_a_websocket_client_may_come_to_any_task() -> None:
    group = template("networking/alb-frontend.json")["Resources"]["WebSocketTargetGroup"]
    attributes = {one["Key"]: one["Value"] for one in group["Properties"]["TargetGroupAttributes"]}
    assert attributes["stickiness.enabled"] == "false"
    assert attributes["load_balancing.algorithm.type"] == "least_outstanding_requests"


def test_the_firewall_logs_wherever_it_stands_and_redacts_credentials() -> None:
    """WAF takes a log group only by a name that begins with aws-waf-logs-.

    Source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
    """
    resources = template("networking/alb-frontend.json")["Resources"]
    parts_of_it = ("WebAcl", "WebAclAssociation", "WebAclLogGroup", "WebAclLogging")
    assert {resources[one]["Condition"] for one in parts_of_it} == {"HasFirewall"}
    name = resources["WebAclLogGroup"]["Properties"]["LogGroupName"]
    assert name["Fn::Sub"] == "aws-waf-logs-sentry-${Environment}"
    logging = resources["WebAclLogging"]["Properties"]
    (destination,) = logging["LogDestinationConfigs"]
    assert destination["Fn::Sub"].endswith(":log-group:${WebAclLogGroup}")
    redacted = [field.get("SingleHeader", {}).get("Name") for field in logging["RedactedFields"]]
    assert {"authorization", "cookie"} <= {*redacted}


@pytest.mark.parametrize("name", ["gateway", "oms"])
def test_a_cluster_has_no_capacity_provider_that_nobody_uses(name: str) -> None:
    cluster = the(template(f"compute/ecs-cluster-{name}.json"), "AWS::ECS::Cluster")
    used = [one["CapacityProvider"] for one in cluster["DefaultCapacityProviderStrategy"]]
    assert cluster["CapacityProviders"] == used


@each_template
def test_a_dependency_exists_wherever_its_dependent_does(path: str) -> None:
    """AWS does not create a resource if one that it depends on is not created.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-condition.html
    """
    resources = template(path)["Resources"]
    for name, resource in resources.items():
        named = resource.get("DependsOn", [])
        for first in [named] if isinstance(named, str) else named:
            assert resources[first].get("Condition") in (None, resource.get("Condition")), name


def test_the_policy_of_the_access_logs_comes_before_the_load_balancer() -> None:
    """A Ref in Metadata orders like any other, and Fn::If leaves it out with the policy.

    Source: https://cloudonaut.io/optional-dependson-with-cloudformation-metadata-to-the-rescue
    """
    resources = template("networking/alb-frontend.json")["Resources"]
    policy = "AccessLogsBucketPolicy"
    assert resources["LoadBalancer"]["Metadata"]["After"] == {
        "Fn::If": [resources[policy]["Condition"], {"Ref": policy}, ""]
    }
